import { int } from '../detect/detector.ts';
import type { Reason } from '../model/reason.ts';
import type { FactsStore } from '../store/facts.ts';
import { assign } from './graph/assignment.ts';
import { comparedOf, DAY, OVERLAP, samePerson, weigh, WINDOW, type Evidence } from './handover-evidence.ts';
import { readLives, type Life } from './lives.ts';
import { livesOfHolders } from './same-holder.ts';

/** A number that fell silent, and the one that took over; `to` empty: nobody did, or it cannot be told, and the reason says which. */
export interface Handover {
  from: string;
  to: string;
  /** First call of the successor; of a number without one its own last call. Epoch ms. */
  at: number;
  score: number;
  reasons: Reason[];
}

/** Silent for less than this at the end of the records: it may only be between two shifts. */
const STILL_IN_USE = DAY;
/** With fewer calls nothing can be said of a number's habits. */
const LEAST_CALLS = 3;
/** A pair less likely than this to be a succession is not named. */
const LEAST_SCORE = 0.3;
/** Share of the numbers that fall silent for good, before anything else is known. */
const NO_SUCCESSOR = 0.3;

/**
 * Number rotation (换号): for each ring at once, which numbers took over from those that fell silent. Every pair that fits in time is weighed by what speaks for it (log-likelihood
 * ratios after Fellegi & Sunter, J. Am. Stat. Assoc. 64, 1969; how rare a shared line is comes from the ring itself), and pairs are chosen together so that each number has one predecessor
 * and one successor at most. A number that went silent at the end of the records may still be in use; nobody is named for it.
 *
 * Looks the same: a seat handed on (one number with two people: no succession), a pool of numbers used side by side (they overlap in time).
 */
export async function findSuccession(facts: FactsStore, end: number, zone: string): Promise<Handover[]> {
  const out: Handover[] = [];
  for (const lives of await readLives(facts, zone)) out.push(...ofRing(lives, end));
  return out.sort((x, y) => (x.from < y.from ? -1 : x.from > y.from ? 1 : x.to < y.to ? -1 : 1));
}

/**
 * The hand-overs among one ring's numbers; a number whose stretches had two holders can be handed on twice. Exported for tests: pure.
 *
 * @param stretches those of one number one after another
 */
export function ofRing(stretches: readonly Life[], end: number): Handover[] {
  const lives = livesOfHolders(stretches, resumed(stretches, end));
  const candidates = candidatesOf(lives, end);
  const chosen = choose(candidates);
  const out: Handover[] = [];
  lives.forEach((a, row) => {
    const own = candidates[row]!;
    const pick = own.find((c) => c.column === chosen[row]);
    const score =
      pick === undefined
        ? 0
        : likelihood(
            pick.weight,
            own.map((c) => c.weight),
          );
    if (pick !== undefined && score >= LEAST_SCORE) {
      const b = lives[pick.column]!;
      const reasons = pick.evidence
        .filter((e) => e.weight > 0 && e.reason !== null)
        .sort((x, y) => y.weight - x.weight)
        .map((e) => e.reason!());
      out.push({
        from: a.number,
        to: b.number,
        at: b.first,
        score: Math.round(1e6 * Math.min(0.999, score)) / 1e6,
        reasons,
      });
    } else
      out.push({
        from: a.number,
        to: '',
        at: a.last,
        score: 0,
        reasons: [whyNone(a, end, a.calls >= LEAST_CALLS, own.length)],
      });
  });
  return out;
}

/**
 * Stretches whose number went on under the same holder. Whoever picked a number up again is one of those who could have taken over from it, and it one of those that could have gone on as another:
 * all are weighed together.
 */
function resumed(stretches: readonly Life[], end: number): Set<number> {
  const next = (i: number): boolean => stretches[i + 1]?.number === stretches[i]!.number;
  const out = new Set<number>();
  if (!stretches.some((_, i) => next(i))) return out;
  const candidates = candidatesOf(stretches, end, next);
  choose(candidates).forEach((column, row) => {
    if (column === row + 1 && next(row)) out.add(row);
  });
  // Too little was seen of it to say anything else.
  stretches.forEach((s, i) => {
    if (next(i) && (s.calls < LEAST_CALLS || stretches[i + 1]!.calls < LEAST_CALLS)) out.add(i);
  });
  return out;
}

interface Candidate {
  column: number;
  weight: number;
  evidence: Evidence[];
}

/** By number that fell silent: those that could have taken over; with `next`, also its own next stretch. */
function candidatesOf(
  lives: readonly Life[],
  end: number,
  next: (row: number) => boolean = () => false,
): Candidate[][] {
  const compared = comparedOf(lives);
  const known = lives.map((l) => l.calls >= LEAST_CALLS);
  return lives.map((a, row) => {
    const own: Candidate[] = [];
    if (!known[row] || a.last > end - STILL_IN_USE) return own;
    lives.forEach((b, column) => {
      const gap = b.first - a.last;
      if (row === column || !known[column] || gap > WINDOW || gap < -OVERLAP || b.first <= a.first) return;
      if (a.number === b.number) return;
      const evidence = weigh(lives, row, column, compared);
      own.push({ column, weight: evidence.reduce((s, e) => s + e.weight, 0), evidence });
    });
    // Before anything is known, each of those that began about then is as likely as another, if there is a successor at all.
    const prior = Math.log((1 - NO_SUCCESSOR) / NO_SUCCESSOR / Math.max(1, own.length));
    for (const c of own) c.weight += prior;
    if (next(row) && known[row + 1])
      own.push({ column: row + 1, weight: samePerson(lives, row, row + 1, compared), evidence: [] });
    return own;
  });
}

const choose = (candidates: readonly (readonly Candidate[])[]): Int32Array =>
  assign(
    candidates.length,
    candidates.length,
    candidates.flatMap((own, row) => own.map((c) => ({ row, column: c.column, worth: c.weight }))),
  );

/** Chance of one of several hypotheses with these log-odds, "nobody" (0) among them. */
function likelihood(weight: number, all: readonly number[]): number {
  const top = Math.max(0, ...all);
  return Math.exp(weight - top) / all.reduce((s, w) => s + Math.exp(w - top), Math.exp(-top));
}

function whyNone(a: Life, end: number, known: boolean, candidates: number): Reason {
  const [measure, text] = !known
    ? ([
        'too_few_calls',
        {
          zh: `只见到 ${int(a.calls)} 次呼叫，无法判断`,
          en: `only ${int(a.calls)} calls were seen: it cannot be told`,
        },
      ] as const)
    : a.last > end - STILL_IN_USE
      ? (['still_in_use', { zh: '直到记录末尾仍在使用', en: 'in use until the end of the records' }] as const)
      : candidates === 0
        ? ([
            'nobody_began',
            { zh: '停用后七天内没有新号码启用', en: 'no number began within a week after it fell silent' },
          ] as const)
        : ([
            'nobody_took_over',
            {
              zh: '停用后启用的号码中没有可信的接替者',
              en: 'of the numbers that began afterwards none is a credible successor',
            },
          ] as const);
  return { measure, value: a.calls, unit: 'calls', threshold: null, text };
}
