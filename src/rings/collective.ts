import type { Bilingual, Finding } from '../model/reason.ts';
import type { Identifier } from '../model/identifier.ts';
import { COLLECTIVE_CALLING } from '../detect/collective-calling.ts';
import { oneIn, reason } from '../detect/detector.ts';
import type { FactsStore } from '../store/facts.ts';
import { sql } from '../store/sql.ts';
import { callBlocks } from './burst-block.ts';

/** The search compares whole graphs with redrawn ones; beyond this many calls it takes longer than the rest of an analysis. */
const MOST_CALLS = 300_000;

/**
 * Findings from the bare call graph: who calls the same people collectively (burst-block.ts). Meant for data that hold nothing but calls;
 * where accounts, handsets or groups are known, those say more and cost less.
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
  const threshold = COLLECTIVE_CALLING.thresholds['chance']!.value;
  return callBlocks(names.length, { caller, callee, at, durationMs }, { alpha: threshold }).flatMap((b) => {
    if (b.calledBack > 0.3) return [];
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
