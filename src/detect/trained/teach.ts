import { int } from '../detector.ts';
import type { Bilingual } from '../../model/reason.ts';

/** A number nobody has judged yet, or somebody has: what a choice is made by. */
export interface Teachable {
  number: string;
  /** Of the published run, 0..1. */
  score: number;
  detectors: readonly string[];
  ring: string;
  /** Held to be lawful, with a reason. */
  lawful: boolean;
  people: number;
}

export interface Lesson {
  number: string;
  why: Bilingual;
}

/** Judgements of a class below which its likely members are worth asking for: a model needs both. */
export const ENOUGH_JUDGED = 10;
/** How much a kind of number nobody has judged yet is worth beside doubt, and a class that is short. */
const NOVELTY = 0.6;
const SHORT = 0.5;

/**
 * The numbers whose judgement would teach most: those the weighing is least sure of (uncertainty sampling, Lewis & Gale, SIGIR 1994), unlike each other and unlike what was judged already
 * (diversity, Brinker, ICML 2003), and, while one class is short of judgements, those likely to be of it. Chosen one after the other, each changing what is new.
 *
 * @param candidates without those already judged
 * @param judged with the class they were given
 */
export function lessons(
  candidates: readonly Teachable[],
  judged: readonly { of: Teachable; ring: boolean }[],
  most: number,
): Lesson[] {
  // Judgements that each class still lacks, less those likely to come of what was chosen so far.
  const lacking = {
    ring: ENOUGH_JUDGED - judged.filter((j) => j.ring).length,
    lawful: ENOUGH_JUDGED - judged.filter((j) => !j.ring).length,
  };
  const known = judged.map((j) => j.of);
  const seen = candidates.map((c) => Math.max(0, ...known.map((k) => likeness(c, k))));
  const chosen: Lesson[] = [];
  const left = new Set(candidates.keys());
  while (chosen.length < most && left.size > 0) {
    const short = { ring: lacking.ring > 0, lawful: lacking.lawful > 0 };
    let [best, at] = [-Infinity, -1];
    for (const i of left) {
      const worth = worthOf(candidates[i]!, seen[i]!, short);
      if (worth > best || (worth === best && candidates[i]!.number < candidates[at]!.number)) [best, at] = [worth, i];
    }
    const taken = candidates[at]!;
    left.delete(at);
    if (likelyRing(taken)) lacking.ring--;
    else if (likelyLawful(taken)) lacking.lawful--;
    chosen.push({ number: taken.number, why: whyOf(taken, seen[at]!, short) });
    for (const i of left) seen[i] = Math.max(seen[i]!, likeness(candidates[i]!, taken));
  }
  return chosen;
}

const likelyRing = (c: Teachable): boolean => c.score >= 0.5;
const likelyLawful = (c: Teachable): boolean => c.lawful || c.score < 0.2;
const doubt = (c: Teachable): number => 1 - Math.abs(2 * c.score - 1);

function worthOf(c: Teachable, seen: number, short: { ring: boolean; lawful: boolean }): number {
  const wanted = (short.ring && likelyRing(c)) || (short.lawful && likelyLawful(c));
  return doubt(c) + NOVELTY * (1 - seen) + (wanted ? SHORT : 0);
}

/** 0..1: the same findings, the same ring, the same size. */
function likeness(a: Teachable, b: Teachable): number {
  if (a.ring !== '' && a.ring === b.ring) return 1;
  const both = a.detectors.filter((d) => b.detectors.includes(d)).length;
  const either = a.detectors.length + b.detectors.length - both;
  const findings = either === 0 ? 1 : both / either;
  const size = Math.abs(Math.log2(1 + a.people) - Math.log2(1 + b.people));
  return (a.lawful === b.lawful ? 1 : 0.5) * findings * Math.max(0, 1 - size / 6);
}

function whyOf(c: Teachable, seen: number, short: { ring: boolean; lawful: boolean }): Bilingual {
  if (doubt(c) >= 0.5)
    return { zh: `得分 ${c.score.toFixed(2)}，介于两可之间`, en: `score ${c.score.toFixed(2)}: could be either` };
  if (short.lawful && likelyLawful(c)) {
    return c.lawful
      ? {
          zh: `很可能合法（呼叫 ${int(c.people)} 人）：合法一类的判断还不够`,
          en: `probably lawful (called ${int(c.people)} people): too few lawful numbers were judged so far`,
        }
      : {
          zh: `得分低（呼叫 ${int(c.people)} 人）：合法一类的判断还不够`,
          en: `low score (called ${int(c.people)} people): too few lawful numbers were judged so far`,
        };
  }
  if (short.ring && likelyRing(c))
    return { zh: '很可能属于团伙：团伙一类的判断还不够', en: 'probably a ring’s: too few of those were judged so far' };
  if (seen < 0.5) return { zh: '与已判断过的都不相像', en: 'unlike any that was judged' };
  return { zh: '与已判断的相近，可印证', en: 'like some that were judged: confirms them' };
}
