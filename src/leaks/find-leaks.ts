import type { Home } from '../model/home.ts';
import type { Leak, LeakOutcome, LeakSearch } from '../model/leak.ts';
import type { ProgressSink } from '../model/progress.ts';
import type { FactsStore } from '../store/facts.ts';
import { sql } from '../store/sql.ts';
import { compareRing, prepareFrame, type RingFrame } from './comparison.ts';
import { findSources, type Judged } from './sources.ts';
import { innocentFor, reasonsFor, searchText } from './words.ts';

/** What the search for list sources needs to know of a ring. */
export interface CallingRing {
  id: string;
  /** Chat groups it leads people into. */
  groups: readonly string[];
}

export interface LeaksFound {
  searches: LeakSearch[];
  leaks: Leak[];
}

/** With fewer called people of whom a dealing is known, nothing could be told from chance. */
const LEAST_KNOWN = 10;
/** Organisations kept for each ring beside sources and their shadows: those that came nearest. */
const KEPT = 40;

/**
 * Whose customers each ring calls: the people called (table `ring_numbers`) against comparable people with known dealings who were not called, organisation
 * by organisation. Every ring gets a search with its outcome, also when there is no evidence or nothing to compare.
 */
export async function findLeaks(
  facts: FactsStore,
  rings: readonly CallingRing[],
  home: Home,
  progress: ProgressSink,
): Promise<LeaksFound> {
  const out: LeaksFound = { searches: [], leaks: [] };
  if (rings.length === 0) return out;
  const tick = (done: number): void =>
    progress({
      step: 'leaks',
      text: { zh: '比对名单来源', en: 'Comparing customer lists' },
      done,
      total: rings.length,
      unit: 'steps',
    });
  tick(0);
  const frame = await prepareFrame(
    facts,
    home,
    rings.flatMap((r) => r.groups.map((group) => ({ ring: r.id, group }))),
  );
  const groupsSeen = (await facts.query(sql`SELECT 1 FROM memberships LIMIT 1`)).length > 0;
  const tests = rings.length * frame.organisations.length;
  for (const [i, ring] of rings.entries()) {
    // A table for each ring only where there is something to put into it.
    const compared = frame.organisations.length === 0 ? null : await compareRing(facts, home, frame, ring.id);
    const nothing = emptyOutcome(frame.organisations.length, compared?.known ?? 0);
    const judged = compared !== null && nothing === null ? await findSources(compared, tests) : [];
    const leaks =
      compared === null ? [] : await describe(facts, ring.id, judged, compared, frame.organisations, groupsSeen, home);
    const sources = leaks.filter((l) => l.verdict === 'source');
    const search = {
      ring: ring.id,
      outcome: nothing ?? (sources.length > 0 ? ('found' as const) : ('none' as const)),
      called: frame.called.get(ring.id)?.people ?? 0,
      known: compared?.known ?? 0,
      people: compared?.people ?? 0,
      organisations: frame.organisations.length,
    };
    out.searches.push({ ...search, text: searchText(search, sources) });
    out.leaks.push(...leaks);
    tick(i + 1);
  }
  return out;
}

function emptyOutcome(organisations: number, known: number): LeakOutcome | null {
  if (organisations === 0) return 'no-dealings';
  if (known < LEAST_KNOWN) return 'too-few';
  return organisations === 1 ? 'no-comparison' : null;
}

async function describe(
  facts: FactsStore,
  ring: string,
  judged: readonly Judged[],
  compared: RingFrame,
  organisations: readonly { name: string; sector: string }[],
  groupsSeen: boolean,
  home: Home,
): Promise<Leak[]> {
  const sectorOf = new Map(organisations.map((o) => [o.name, o.sector]));
  const registered = await registeredNumbers(facts, ring);
  const sources = judged.filter((j) => j.verdict === 'source').map((j) => j.organisation);
  const named = judged.filter((j) => j.verdict !== 'none').length;
  const stagesOf = judged.length === 0 ? new Map<string, never>() : await compared.stages();
  const out: Leak[] = [];
  for (const j of judged.slice(0, named + KEPT)) {
    const isSource = j.verdict === 'source';
    const { customers, ...stages } = stagesOf.get(j.organisation)!;
    const seen = { ...stages, joined: groupsSeen ? stages.joined : null };
    const before = isSource ? sources.slice(0, sources.indexOf(j.organisation)) : [];
    const records = isSource ? await compared.records(j.organisation) : [];
    out.push({
      ring,
      organisation: j.organisation,
      sector: sectorOf.get(j.organisation) ?? '',
      verdict: j.verdict,
      victims: j.victims,
      expected: Math.round(j.expected * 1000) / 1000,
      lift: Math.round((j.victims / j.expected) * 1000) / 1000,
      oddsRatio: j.oddsRatio,
      pValue: significant(j.pValue),
      qValue: significant(j.qValue),
      customers,
      ...seen,
      window: j.window,
      explainedBy: j.explainedBy,
      alternatives: j.alternatives,
      reasons: reasonsFor(j, before, seen, home.zone, records),
      innocent: innocentFor(j, registered.get(j.organisation) ?? 0),
    });
  }
  return out;
}

/** Digits beyond the sixth depend on the order of additions. */
const significant = (p: number): number => Number(p.toPrecision(6));

/** Organisation -> numbers the ring calls under that are registered to it. */
async function registeredNumbers(facts: FactsStore, ring: string): Promise<Map<string, number>> {
  const rows = await facts.query<{ organisation: string; n: number }>(sql`
    SELECT organisation, uniqExact(number) AS n FROM registry
    WHERE number IN (SELECT number FROM ring_numbers WHERE work = 1 AND ring = ${ring}) GROUP BY organisation`);
  return new Map(rows.map((r) => [r.organisation, r.n]));
}
