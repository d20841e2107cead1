import { combine, round } from '../../detect/combine.ts';
import { lawfulEvidenceWhere } from '../../detect/lawful-traits.ts';
import { runDetector } from '../../detect/run-detectors.ts';
import type { NamedThreshold, ThresholdSettings } from '../../detect/settings.ts';
import { FACT_KIND_NAMES, FACT_KINDS } from '../../model/fact-kinds.ts';
import type { Home } from '../../model/home.ts';
import type { Finding } from '../../model/reason.ts';
import type { Weighing } from '../../model/weighing.ts';
import type { FactsStore } from '../../store/facts.ts';
import { sql } from '../../store/sql.ts';
import type { PreviewedNumber, ThresholdPreview } from '../contract.ts';
import { countFacts } from './facts-count.ts';
import { parsedOrNull, publishedRun } from './results.ts';

/** Numbers asked for in one statement. */
const AT_ONCE = 5000;
/** Numbers named on each side; the counts are of all. */
const NAMED = 200;

/**
 * What another value of one threshold would change: the detector is run again with it over the present measures, and what it then says is added up with the
 * other findings of the published run. Nothing is stored or published. Rings are not searched again: a number's belonging stays as it was.
 * null when nothing was ever analysed. Must not run beside an analysis, which replaces the measures.
 *
 * @param settings thresholds in force, as people set them
 */
export async function previewThreshold(
  facts: FactsStore,
  home: Home,
  { id, detector, name, threshold }: NamedThreshold,
  value: number,
  settings: ThresholdSettings,
): Promise<ThresholdPreview | null> {
  const run = await publishedRun(facts);
  if (run === null) return null;
  const counts = await countFacts(facts);
  const present = new Set(FACT_KIND_NAMES.filter((k) => counts[k] > 0).map((k) => FACT_KINDS[k].table));
  const again = await runDetector(facts, detector, {
    home,
    present,
    settings: { ...settings, [id]: value },
    clock: () => 0,
  });
  const now = new Map(again.findings.map((f) => [f.number as string, f]));
  const before = new Map(
    (
      await facts.query<{ number: string; score: number }>(
        sql`SELECT number, score FROM findings WHERE run = ${run} AND detector = ${detector.id}`,
      )
    ).map((r) => [r.number, r.score]),
  );
  const touched = [...new Set([...now.keys(), ...before.keys()])]
    .filter((n) => now.get(n)?.score !== before.get(n))
    .sort();
  const changed: Changed[] = [];
  for (let i = 0; i < touched.length; i += AT_ONCE) {
    const part = touched.slice(i, i + AT_ONCE);
    const [others, scores] = [await otherFindings(facts, run, detector.id, part), await scoresOf(facts, run, part)];
    const unknown = part.filter((n) => scores.get(n)?.weighing == null);
    const lawful = unknown.length === 0 ? null : await lawfulEvidenceWhere(facts, sql`m.number IN ${unknown}`);
    for (const number of part) {
      const finding = now.get(number);
      const was = scores.get(number);
      const found = [...(others.get(number) ?? []), ...(finding === undefined ? [] : [finding])];
      const speaksFor = was?.weighing?.lawful ?? lawful?.get(number) ?? [];
      const opinion = was?.weighing?.model ?? null;
      const c = combine(found, speaksFor, was?.weighing?.association ?? 0, opinion);
      const own = (said: readonly Said[]): boolean => combine(said, speaksFor, 0, opinion).flagged;
      const saidBefore = before.get(number);
      const foundBefore = [
        ...(others.get(number) ?? []),
        ...(saidBefore === undefined ? [] : [{ detector: detector.id, score: saidBefore }]),
      ];
      changed.push({
        number,
        score: round(c.score),
        was: was?.score ?? null,
        strength: finding?.score ?? null,
        reason: finding?.reasons[0] ?? null,
        flagged: c.flagged,
        wasFlagged: was?.flagged ?? false,
        onRing: c.flagged && own(foundBefore) && !own(found),
      });
    }
  }
  const byScore = (a: { score: number; number: string }, b: { score: number; number: string }): number =>
    b.score - a.score || (a.number < b.number ? -1 : 1);
  const added = changed.filter((c) => c.flagged && !c.wasFlagged).sort(byScore);
  const removed = changed.filter((c) => !c.flagged && c.wasFlagged).sort(byScore);
  const onRing = changed.filter((c) => c.onRing).sort(byScore);
  const shown = (list: readonly Changed[]): PreviewedNumber[] =>
    list.slice(0, NAMED).map(({ flagged: _flagged, wasFlagged: _wasFlagged, onRing: _onRing, ...rest }) => rest);
  return {
    id,
    detector: detector.id,
    name,
    value,
    now: settings[id] ?? threshold.value,
    notSeen: FACT_KIND_NAMES.filter((k) => again.notSeen.includes(FACT_KINDS[k].table)),
    findings: { before: before.size, after: now.size },
    more: added.length,
    fewer: removed.length,
    added: shown(added),
    removed: shown(removed),
    restOnRing: onRing.length,
    onRing: shown(onRing),
  };
}

interface Changed extends PreviewedNumber {
  flagged: boolean;
  wasFlagged: boolean;
  onRing: boolean;
}

type Said = Pick<Finding, 'detector' | 'score'>;

async function otherFindings(
  facts: FactsStore,
  run: string,
  detector: string,
  numbers: readonly string[],
): Promise<Map<string, Said[]>> {
  const rows = await facts.query<Said & { number: string }>(sql`
    SELECT number, detector, score FROM findings WHERE run = ${run} AND detector != ${detector} AND number IN ${numbers} ORDER BY number, detector`);
  const of = new Map<string, Said[]>();
  for (const { number, ...said } of rows) of.set(number, [...(of.get(number) ?? []), said]);
  return of;
}

async function scoresOf(
  facts: FactsStore,
  run: string,
  numbers: readonly string[],
): Promise<Map<string, { score: number; flagged: boolean; weighing: Weighing | null }>> {
  const rows = await facts.query<{ number: string; score: number; flagged: number; weighing: string }>(sql`
    SELECT number, score, flagged, weighing FROM scores WHERE run = ${run} AND number IN ${numbers}`);
  return new Map(
    rows.map((r) => [
      r.number,
      { score: r.score, flagged: r.flagged === 1, weighing: parsedOrNull<Weighing>(r.weighing) },
    ]),
  );
}
