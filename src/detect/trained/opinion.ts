import type { ModelOpinion } from '../../model/weighing.ts';
import { FEATURES } from '../../features/catalogue.ts';
import type { FactsStore } from '../../store/facts.ts';
import { raw, sql } from '../../store/sql.ts';
import { round } from '../combine.ts';
import { reasonsOf } from './explain.ts';
import { scoreTable, type Model } from './model.ts';

/** Numbers scored at once. */
const BATCH = 20_000;
/**
 * Log-odds a model can add or take at most. It judges by measures that the detectors read too, so it must not say their evidence a second time; it can settle what they leave open. It flags
 * nobody by itself: a flag needs two families of findings.
 */
export const MODEL_CAP = 3;

/**
 * What a model trained on judgements says of each number: its calibrated probability, and what that adds to the number's log-odds: how far the probability is from the share of rings among the
 * judged (a likelihood ratio), within MODEL_CAP.
 */
export async function modelOpinions(
  facts: FactsStore,
  id: number,
  model: Model,
  numbers: readonly string[],
): Promise<Map<string, ModelOpinion>> {
  const known = new Set(FEATURES.map((f) => f.name));
  const names = model.features.map((f) => f.name).filter((n) => known.has(n));
  const header = ['number', ...names];
  const share = (model.data.classes[model.classes[1]!] ?? 0) / model.data.rows;
  const out = new Map<string, ModelOpinion>();
  for (let i = 0; i < numbers.length; i += BATCH) {
    const rows = await facts.query<Record<string, string | number | null>>(sql`
      SELECT ${raw(header.join(', '))} FROM measures WHERE number IN ${numbers.slice(i, i + BATCH)} ORDER BY number`);
    const cells = rows.map((r) => header.map((h) => (r[h] === null || r[h] === undefined ? '' : String(r[h]))));
    const scored = scoreTable(model, { header, rows: cells, sha256: '' }, 0);
    scored.ids.forEach((number, row) => {
      const probability = round(scored.scores[row]!);
      const ratio = logit(probability) - logit(share);
      out.set(number, {
        model: id,
        probability,
        logOdds: round(Math.max(-MODEL_CAP, Math.min(MODEL_CAP, ratio))),
        reasons: reasonsOf(model, scored, row).slice(0, 2),
      });
    });
  }
  return out;
}

const logit = (p: number): number => {
  const within = Math.min(1 - 1e-6, Math.max(1e-6, p));
  return Math.log(within / (1 - within));
};
