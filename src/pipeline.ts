import { createHash } from 'node:crypto';
import { attachRecords } from './detect/attach-records.ts';
import { combine, logistic, PRIOR, round } from './detect/combine.ts';
import { keepCandidates, lawfulEvidenceWhere } from './detect/lawful-traits.ts';
import { writeFindings, writeScores, type NumberScore } from './detect/results.ts';
import { ASSOCIATION, ringMemberFinding, type Belonging } from './detect/ring-member.ts';
import { explainSteps, runDetectors } from './detect/run-detectors.ts';
import { settingsInForce, type ThresholdSettings } from './detect/settings.ts';
import { modelInUse } from './detect/trained/kept.ts';
import { modelOpinions } from './detect/trained/opinion.ts';
import { computeMeasures } from './features/steps.ts';
import { findLeaks } from './leaks/find-leaks.ts';
import { writeLeaks } from './leaks/results.ts';
import type { Home } from './model/home.ts';
import { silent, type ProgressSink } from './model/progress.ts';
import type { Bilingual, Finding } from './model/reason.ts';
import type { RunDetail } from './model/run.ts';
import type { LawfulEvidence, ModelOpinion } from './model/weighing.ts';
import { collectiveFindings } from './rings/collective.ts';
import { describeRings } from './rings/describe.ts';
import { findRings, type RingSearch } from './rings/find-rings.ts';
import { key } from './rings/identity.ts';
import { besideRandomGroups } from './rings/matched-groups.ts';
import { ringTurns } from './rings/over-time.ts';
import { writeRings } from './rings/results.ts';
import { findSuccession } from './rings/succession.ts';
import type { FactsStore } from './store/facts.ts';
import type { RecordsStore } from './store/records.ts';
import { raw, sql } from './store/sql.ts';
import type { StepReport } from './store/step.ts';

export interface AnalyseWorld {
  home: Home;
  /** Epoch milliseconds. */
  clock: () => number;
  codeVersion: string;
  /** Show each named step's first rows. */
  explain?: (step: StepReport) => void;
}

const RESULT_TABLES = [
  'findings',
  'scores',
  'rings',
  'ring_members',
  'ring_edges',
  'succession',
  'leaks',
  'leak_searches',
] as const;
const FACT_TABLES = [
  'calls',
  'logins',
  'cases',
  'payments',
  'seats',
  'reviews',
  'memberships',
  'dealings',
  'texts',
  'registry',
];
const NO_OPINION: ReadonlyMap<string, ModelOpinion> = new Map();
/** Below this log-odds a number is nobody's suspect. */
const SUSPECT_AT = -3;

/**
 * The batch flow, top to bottom: measures -> findings -> scores -> rings, roles, reporting lines -> what it all says of each number -> whose customers they call. Publishes the
 * result as one run; readers see the run before it until then. The same facts, code and parameters give the same result hash.
 */
export async function analyse(
  facts: FactsStore,
  records: RecordsStore | null,
  world: AnalyseWorld,
  progress: ProgressSink = silent,
): Promise<RunDetail> {
  const { home, clock } = world;
  const startedAt = clock();
  const inputHash = await hashOfInputs(facts);
  const id = `${inputHash.slice(0, 8)}-${startedAt.toString(36)}`;
  const thresholds = records === null ? {} : await settingsInForce(records);
  const learnt = records === null ? null : await modelInUse(records);
  const parameters = {
    home,
    thresholds,
    ...(learnt === null ? {} : { model: { id: learnt.id, sha256: learnt.sha256 } }),
  };
  const steps: RunDetail['steps'] = [];
  const timed = async <T>(name: string, rows: (result: T) => number | null, work: () => Promise<T>): Promise<T> => {
    const began = clock();
    const result = await work();
    steps.push({ name, ms: clock() - began, rows: rows(result) });
    return result;
  };
  await began(records, id, startedAt, world.codeVersion, inputHash, parameters);
  try {
    // 1. Every number measured.
    for (const s of await computeMeasures(facts, home, progress, { explain: world.explain !== undefined })) {
      world.explain?.(s);
      steps.push({ name: s.name, ms: s.ms, rows: s.rows });
    }

    // 2. What each detector sees.
    const present = await tablesWithRows(facts);
    const runs = await runDetectors(facts, { home, present, settings: thresholds, clock }, progress);
    if (world.explain !== undefined) await explainDetectors(facts, home, thresholds, world.explain);
    for (const r of runs) steps.push({ name: `detect.${r.detector.id}`, ms: r.ms, rows: r.findings.length });
    const bare =
      !['logins', 'seats', 'memberships', 'payments'].some((t) => present.has(t)) && !(await anyAccountOrDevice(facts));
    const blocks = await timed(
      'detect.collective-calling',
      (f) => f.length,
      async () => (bare ? collectiveFindings(facts) : []),
    );
    const findings = groupByNumber([...runs.flatMap((r) => r.findings), ...blocks]);

    // 3. What the findings amount to, against what speaks for the number.
    const lawful = await timed(
      'lawful',
      (m) => m.size,
      async () => {
        await keepCandidates(facts, [...findings.keys()]);
        return lawfulEvidenceWhere(facts, sql`m.number IN (SELECT number FROM candidates)`);
      },
    );
    const opinions = await timed(
      'model',
      (o) => o.size,
      () =>
        learnt === null
          ? Promise.resolve(NO_OPINION)
          : modelOpinions(facts, learnt.id, learnt.model, [...findings.keys()]),
    );
    const own = new Map(
      [...findings].map(([n, f]) => [n, combine(f, lawful.get(n) ?? [], 0, opinions.get(n) ?? null)] as const),
    );
    const suspicion = {
      flagged: new Set([...own].filter(([, c]) => c.flagged).map(([n]) => n)),
      suspects: new Set([...own].filter(([, c]) => c.logOdds >= SUSPECT_AT).map(([n]) => n)),
      almost: new Set([...own].filter(([, c]) => !c.flagged && c.logOdds >= -ASSOCIATION.bills).map(([n]) => n)),
      cleared: new Set([...own].filter(([n, c]) => !c.flagged && weightOf(lawful.get(n)) >= 3).map(([n]) => n)),
    };

    // 4. Who belongs together, and in which place.
    const search = await timed(
      'rings',
      (s) => s.rings.length,
      () =>
        findRings(
          facts,
          suspicion,
          runs.flatMap((r) => r.follows),
          home,
          progress,
        ),
    );
    const handovers = await timed(
      'succession',
      (h) => h.length,
      async () => findSuccession(facts, await lastInstant(facts), home.zone),
    );
    const scores = scoreNumbers(findings, lawful, opinions, search);
    const chance = await timed(
      'beyond-chance',
      (c) => c.size,
      () =>
        besideRandomGroups(facts, new Map(search.rings.map((r) => [r.id, r.members.flatMap((m) => m.workNumbers)]))),
    );
    const turns = await timed(
      'rings-over-time',
      (t) => t.size,
      () => ringTurns(facts, search.rings, search.layers, home.zone),
    );
    const believed = new Map(scores.map((s) => [s.number, s.score]));
    const described = await timed(
      'describe',
      (d) => d.length,
      () => describeRings(facts, search.rings, search.layers, believed, chance, turns, home),
    );

    // 5. Whose customers they call.
    const leaks = await timed(
      'leaks',
      (l) => l.leaks.length,
      () => findLeaks(facts, search.rings, home, progress),
    );

    // 6. Stored, hashed, published.
    progress({ step: 'store', text: { zh: '保存结果', en: 'Storing the result' }, done: 0, total: 1, unit: 'steps' });
    const allFindings = [...findings.values()].flat();
    await timed(
      'store',
      () => scores.length,
      async () => {
        await attachRecords(
          facts,
          allFindings,
          runs.map((r) => r.detector),
          home,
        );
        await writeFindings(facts, id, allFindings);
        await writeScores(facts, id, scores);
        await writeRings(facts, id, search.rings, described, handovers);
        await writeLeaks(facts, id, leaks);
      },
    );
    const hash = createHash('sha256').update(await hashOfMeasures(facts));
    // Piece by piece: of a country's findings no single text would fit.
    for (const part of [allFindings, scores, described, handovers, [leaks]]) {
      for (const piece of part) hash.update(JSON.stringify(piece));
      hash.update('\n');
    }
    const resultHash = hash.digest('hex');
    await publish(facts, id, clock());
    const detail: RunDetail = {
      id,
      startedAt,
      endedAt: clock(),
      state: 'done',
      resultHash,
      numbers: await countOf(facts, 'measures'),
      flagged: scores.filter((s) => s.flagged).length,
      rings: described.length,
      codeVersion: world.codeVersion,
      inputHash,
      parameters,
      steps,
      error: '',
    };
    await ended(records, detail);
    return detail;
  } catch (error) {
    await failed(records, id, clock(), error);
    throw error;
  }
}

const weightOf = (l: readonly LawfulEvidence[] | undefined): number => (l ?? []).reduce((s, x) => s + x.weight, 0);

function groupByNumber(findings: readonly Finding[]): Map<string, Finding[]> {
  const out = new Map<string, Finding[]>();
  for (const f of [...findings].sort((a, b) => (a.number < b.number ? -1 : a.number > b.number ? 1 : 0))) {
    const list = out.get(f.number);
    if (list === undefined) out.set(f.number, [f]);
    else list.push(f);
  }
  return out;
}

/** Every number somebody spoke of, or that a ring's member uses: combined score, place, why, and why perhaps not. Adds ring-member findings. */
function scoreNumbers(
  findings: Map<string, Finding[]>,
  lawful: ReadonlyMap<string, LawfulEvidence[]>,
  opinions: ReadonlyMap<string, ModelOpinion>,
  search: RingSearch,
): NumberScore[] {
  const byLine = (number: string): Belonging => {
    const via = search.association.via.get(key('number', number));
    return via === 'device' || via === 'trunk' || via === 'address' || via === 'chain' || via === 'bills'
      ? via
      : 'contacts';
  };
  const place = new Map<string, { ring: string; member: string; role: string; roleScore: number; how: Belonging }>();
  for (const ring of search.rings) {
    for (const m of ring.members) {
      const at = { ring: ring.id, member: m.id, role: m.guess.role, roleScore: m.guess.scores[m.guess.role] };
      for (const n of m.privateNumbers) if (!place.has(n)) place.set(n, { ...at, how: 'handset' });
      for (const n of m.workNumbers) place.set(n, { ...at, how: m.accounts.length > 0 ? 'account' : byLine(n) });
    }
  }
  for (const [number, p] of place) {
    if (p.how === 'contacts') continue;
    const list = findings.get(number) ?? [];
    list.push(ringMemberFinding(number, p.ring, p.member, p.how, 0.9));
    findings.set(number, list);
  }
  return [...findings.keys()].sort().map((number): NumberScore => {
    const list = findings.get(number)!;
    const p = place.get(number);
    const speaksFor = lawful.get(number) ?? [];
    // A member's own handset tells who the member is; it is not flagged for that. Only what it dialled itself can flag it.
    const c = combine(list, speaksFor, p === undefined ? 0 : ASSOCIATION[p.how], opinions.get(number) ?? null);
    const innocent: Bilingual[] = list.flatMap((f) => (f.innocent === null ? [] : [f.innocent]));
    for (const l of speaksFor) innocent.push(l.reason.text);
    const best = [...list].sort((a, b) => b.score - a.score || (a.detector < b.detector ? -1 : 1))[0];
    const cleared = !c.flagged && weightOf(speaksFor) >= 3;
    return {
      number,
      score: round(c.score),
      flagged: c.flagged,
      detectors: [...new Set(list.map((f) => f.detector))].sort(),
      topReason: best?.reasons[0] ?? null,
      innocent: dedupe(innocent),
      lawful: cleared ? JSON.stringify([...speaksFor].sort((a, b) => b.weight - a.weight)[0]!.reason.text) : '',
      ring: p?.ring ?? '',
      member: p?.member ?? '',
      role: p?.role ?? '',
      roleScore: p?.roleScore ?? 0,
      weighing: c.weighing,
    };
  });
}

/** Score of a number nobody has a finding about. */
export const BASE_SCORE = round(logistic(PRIOR));

const dedupe = (list: readonly Bilingual[]): Bilingual[] => [...new Map(list.map((b) => [b.zh, b])).values()];

async function explainDetectors(
  facts: FactsStore,
  home: Home,
  thresholds: ThresholdSettings,
  show: (s: StepReport) => void,
): Promise<void> {
  for (const s of explainSteps(home, thresholds)) {
    const began = Date.now();
    const sample = await facts.query(sql`SELECT * FROM (${s.sql}) LIMIT 10`);
    show({ name: s.name, ms: Date.now() - began, rows: null, sample });
  }
}

async function tablesWithRows(facts: FactsStore): Promise<Set<string>> {
  const out = new Set<string>();
  for (const t of FACT_TABLES) if ((await countOf(facts, t)) > 0) out.add(t);
  return out;
}

const anyAccountOrDevice = async (facts: FactsStore): Promise<boolean> =>
  (await facts.query(sql`SELECT 1 FROM calls WHERE account != '' OR imei != '' LIMIT 1`)).length > 0;

const countOf = async (facts: FactsStore, table: string): Promise<number> =>
  (await facts.query<{ n: number }>(sql`SELECT count() AS n FROM ${raw(table)}`))[0]?.n ?? 0;

const lastInstant = async (facts: FactsStore): Promise<number> =>
  (await facts.query<{ t: number }>(sql`SELECT toUnixTimestamp64Milli(max(started_at)) AS t FROM calls`))[0]?.t ?? 0;

/** Hash of what went in: content of every table by the facts' own keys, whatever files they came in. */
async function hashOfInputs(facts: FactsStore): Promise<string> {
  const h = createHash('sha256');
  for (const t of FACT_TABLES) {
    const [row] = await facts.query<{ n: number; x: string }>(
      sql`SELECT count() AS n, toString(groupBitXor(key)) AS x FROM ${raw(t)}`,
    );
    h.update(`${t}:${row?.n}:${row?.x};`);
  }
  return h.digest('hex');
}

const hashOfMeasures = async (facts: FactsStore): Promise<string> =>
  (await facts.query<{ x: string }>(sql`SELECT toString(groupBitXor(sipHash64(*))) AS x FROM measures`))[0]?.x ?? '';

/** Names the run that readers see, then drops the runs before it. */
async function publish(facts: FactsStore, run: string, at: number): Promise<void> {
  await facts.insert('published', [{ run, at: new Date(at).toISOString().replace('T', ' ').replace('Z', '') }]);
  for (const t of RESULT_TABLES) {
    const old = await facts.query<{ run: string }>(
      sql`SELECT DISTINCT toString(run) AS run FROM ${raw(t)} WHERE run != ${run}`,
    );
    for (const o of old) {
      // The engine takes no bound value here; ids are ours, and held to their alphabet all the same.
      if (!/^[0-9a-z-]+$/.test(o.run))
        throw new Error(`The run id "${o.run}" in table ${t} is not one of this program's.`);
      await facts.command(sql`ALTER TABLE ${raw(t)} DROP PARTITION ${raw(`'${o.run}'`)}`);
    }
  }
}

async function began(
  records: RecordsStore | null,
  id: string,
  at: number,
  code: string,
  input: string,
  parameters: object,
): Promise<void> {
  await records?.query(
    `INSERT INTO runs (id, started_at, state, code_version, input_hash, parameters) VALUES ($1, to_timestamp($2 / 1000.0), 'running', $3, $4, $5)`,
    [id, at, code, input, JSON.stringify(parameters)],
  );
}

async function ended(records: RecordsStore | null, run: RunDetail): Promise<void> {
  await records?.query(
    `UPDATE runs SET ended_at = to_timestamp($2 / 1000.0), state = 'done', result_hash = $3, steps = $4 WHERE id = $1`,
    [run.id, run.endedAt, run.resultHash, JSON.stringify(run.steps)],
  );
}

async function failed(records: RecordsStore | null, id: string, at: number, error: unknown): Promise<void> {
  await records?.query(
    `UPDATE runs SET ended_at = to_timestamp($2 / 1000.0), state = 'failed', error = $3 WHERE id = $1`,
    [id, at, error instanceof Error ? error.message : String(error)],
  );
}
