import type { Bilingual, Finding } from '../model/reason.ts';
import type { Identifier } from '../model/identifier.ts';
import { COLLECTIVE_CALLING } from '../detect/collective-calling.ts';
import { oneIn, reason } from '../detect/detector.ts';
import type { FactsStore } from '../store/facts.ts';
import { sql } from '../store/sql.ts';
import { binomialTail } from '../features/exact-tests.ts';
import { callBlocks, type CallColumns } from './burst-block.ts';

/** The search compares whole graphs with redrawn ones; beyond this many calls it takes longer than the rest of an analysis. */
const MOST_CALLS = 300_000;

/** From so many people on, a caller that is called back is an organisation's line, and is left out of the search: it would only hide smaller blocks. */
const HEAVY_CALLER = 100;
/** Most of the blocks found are circles of people who call one another. */
const MOST_BLOCKS = 24;
/** More than accident. */
const SURE = 0.01;

/**
 * Findings from the bare call graph: who calls the same people collectively (burst-block.ts). Meant for data that hold nothing but calls;
 * where accounts, handsets or groups are known, those say more and cost less. Call centres, couriers and campaigns share callees as rings do; people
 * call them back and get through, and that is what tells them apart here.
 *
 * @returns one finding a caller of a block; none above 300,000 calls (the run's steps say so)
 */
export async function collectiveFindings(facts: FactsStore): Promise<Finding[]> {
  const [size] = await facts.query<{ n: number }>(sql`SELECT count() AS n FROM calls`);
  if ((size?.n ?? 0) > MOST_CALLS) return [];
  const c = await facts.columns(sql`
    SELECT caller, callee, toUnixTimestamp64Milli(started_at) AS at, duration_ms AS duration FROM calls WHERE kind = 'voice'
    ORDER BY started_at, caller, callee, file_sha256, row`);
  const index = new Map<string, number>();
  const number = (name: string): number => {
    let i = index.get(name);
    if (i === undefined) index.set(name, (i = index.size));
    return i;
  };
  const caller = Uint32Array.from(c['caller'] as string[], number);
  const callee = Uint32Array.from(c['callee'] as string[], number);
  const at = Float64Array.from(c['at'] as ArrayLike<number | bigint>, Number);
  const durationMs = Uint32Array.from(c['duration'] as ArrayLike<number | bigint>, Number);
  const names = [...index.keys()];
  const { chance, calledBack } = COLLECTIVE_CALLING.thresholds;
  const backed = (returned: number, of: number): boolean => binomialTail(returned, of, calledBack!.value) < SURE;
  const searched = withoutReachable(names.length, { caller, callee, at, durationMs }, backed);
  return callBlocks(names.length, searched, { alpha: chance!.value, maxBlocks: MOST_BLOCKS }).flatMap((b) => {
    if (backed(Math.round(b.calledBack * b.pairs), b.pairs)) return [];
    const text: Bilingual = {
      zh: `与另外 ${b.callers.length - 1} 个号码共同呼叫同样的 ${b.callees.length} 人：${b.pairs} 对、${b.calls} 次（一般仅 ${b.expectedPairs.toFixed(1)} 对；偶然概率 ${oneIn(b.pValue)}）`,
      en: `with ${b.callers.length - 1} other numbers called the same ${b.callees.length} people: ${b.pairs} pairs, ${b.calls} calls (usual: ${b.expectedPairs.toFixed(1)} pairs; by chance ${oneIn(b.pValue)})`,
    };
    return Array.from(b.callers, (i): Finding => ({
      detector: COLLECTIVE_CALLING.id,
      number: names[i] as Identifier,
      score: 1,
      reasons: [
        reason('collective_pairs', b.pairs, 'pairs', Math.ceil(b.expectedPairs), text, {
          zh: `单位、家庭也会形成这样的圈子；其中 ${Math.round(100 * b.calledBack)} % 有回拨`,
          en: `an office or a family forms such a circle too; ${Math.round(100 * b.calledBack)} % of the pairs call back`,
        }),
      ],
      innocent: COLLECTIVE_CALLING.looksTheSame,
      records: [],
    }));
  });
}

/** The calls but those of heavy callers whom people call back and reach, and the calls to them: customers of one courier form a block of callers. */
function withoutReachable(
  n: number,
  calls: CallColumns,
  backed: (returned: number, of: number) => boolean,
): CallColumns {
  const { caller, callee, at, durationMs } = calls;
  const pair = (from: number, to: number): number => from * n + to;
  const reached = new Set<number>();
  const gotThrough = new Set<number>();
  for (let i = 0; i < caller.length; i++) {
    reached.add(pair(caller[i]!, callee[i]!));
    if (durationMs[i]! > 0) gotThrough.add(pair(caller[i]!, callee[i]!));
  }
  const people = new Uint32Array(n);
  const returned = new Uint32Array(n);
  for (const p of reached) {
    const [from, to] = [Math.floor(p / n), p % n];
    people[from]!++;
    if (gotThrough.has(pair(to, from))) returned[from]!++;
  }
  const ofPeople = Array.from(people, (reaches, a) => reaches < HEAVY_CALLER || !backed(returned[a]!, reaches));
  const keep: number[] = [];
  for (let i = 0; i < caller.length; i++) {
    if (ofPeople[caller[i]!] && ofPeople[callee[i]!]) keep.push(i);
  }
  return {
    caller: Uint32Array.from(keep, (i) => caller[i]!),
    callee: Uint32Array.from(keep, (i) => callee[i]!),
    at: Float64Array.from(keep, (i) => at[i]!),
    durationMs: Uint32Array.from(keep, (i) => durationMs[i]!),
  };
}
