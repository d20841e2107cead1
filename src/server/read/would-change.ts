import { findingKind } from '../../detect/catalogue.ts';
import { FAMILY_CAP, FLAG_AT } from '../../detect/combine.ts';
import { STANDING_WEIGHT } from '../../detect/lawful.ts';
import type { Family } from '../../detect/detector.ts';
import type { Bilingual } from '../../model/reason.ts';
import type { Weighing } from '../../model/weighing.ts';

/** Log-odds from which a number can be flagged. */
const FLAG = Math.log(FLAG_AT / (1 - FLAG_AT));

interface Piece {
  name: Bilingual;
  logOdds: number;
  /** Null: belonging to a ring, or the model. */
  family: string | null;
}

/**
 * What would change the verdict on a number, read off its sum by taking pieces away or putting some in: for a flagged one what would have to be untrue, or what would have to be shown for it; for
 * one that is not flagged what would have to fall away, or to come in. Each sentence holds by itself; they go from the smallest change up.
 */
export function wouldChange(w: Weighing, flagged: boolean): Bilingual[] {
  const pieces = piecesOf(w);
  return pieces.length === 0 ? [] : flagged ? againstFlag(w, pieces) : towardsFlag(w, pieces);
}

function piecesOf(w: Weighing): Piece[] {
  const pieces: Piece[] = w.families.map((f) => ({
    name: listed(f.detectors.map((id) => findingKind(id)?.title ?? { zh: id, en: id })),
    logOdds: f.logOdds,
    family: f.family,
  }));
  if (w.association > 0)
    pieces.push({ name: { zh: '属于团伙', en: 'belonging to a ring' }, logOdds: w.association, family: null });
  return pieces.sort((a, b) => b.logOdds - a.logOdds);
}

const flags = (logOdds: number, pieces: readonly Piece[]): boolean =>
  logOdds >= FLAG &&
  (pieces.filter((p) => p.family !== null).length >= 2 ||
    pieces.some((p) => p.family === null || p.family === 'block'));

function againstFlag(w: Weighing, pieces: readonly Piece[]): Bilingual[] {
  const out: Bilingual[] = [];
  const alone = pieces.filter(
    (p) =>
      !flags(
        w.logOdds - p.logOdds,
        pieces.filter((x) => x !== p),
      ),
  );
  for (const p of alone) {
    out.push({
      zh: `若「${p.name.zh}」不成立，即不再标记`,
      en: `If “${p.name.en}” proves untrue, it is no longer flagged`,
    });
  }
  if (alone.length === 0 && pieces.length > 1) {
    const gone: Piece[] = [];
    let [left, logOdds] = [[...pieces], w.logOdds];
    while (left.length > 0 && flags(logOdds, left)) {
      const [first, ...others] = left;
      gone.push(first!);
      logOdds -= first!.logOdds;
      left = others;
    }
    const names = listed(gone.map((p) => p.name));
    out.push({
      zh: `任何一项不成立都不足以改变判断；须「${names.zh}」都不成立`,
      en: `No single piece changes it: “${names.en}” would all have to be untrue`,
    });
  }
  const margin = w.logOdds - FLAG;
  const speaksFor = new Set(w.lawful.map((l) => l.reason.measure));
  if (!speaksFor.has('registered') && margin < STANDING_WEIGHT.registered) {
    out.push({
      zh: '若查明为机构登记的号码，即不再标记',
      en: 'If it turns out to be registered to an organisation, it is no longer flagged',
    });
  }
  if (!speaksFor.has('call_back_ratio') && margin < STANDING_WEIGHT.calledBack) {
    out.push({
      zh: '若更完整的话单显示被叫会回拨且有人接听，即不再标记',
      en: 'If fuller records show that people call back and are answered, it is no longer flagged',
    });
  }
  return out;
}

function towardsFlag(w: Weighing, pieces: readonly Piece[]): Bilingual[] {
  const out: Bilingual[] = [];
  for (const l of w.lawful) {
    if (flags(w.logOdds + l.weight, pieces))
      out.push({
        zh: `若不属实，即会标记：${l.reason.text.zh}`,
        en: `If this were untrue it would be flagged: ${l.reason.text.en}`,
      });
  }
  const has = new Set(pieces.map((p) => p.family));
  for (const { family, text } of COMING) {
    if (has.has(family)) continue;
    const more = [...pieces, { name: text, logOdds: FAMILY_CAP[family], family }];
    if (flags(w.logOdds + FAMILY_CAP[family], more))
      out.push({ zh: `若出现${text.zh}，可能被标记`, en: `It may be flagged if there is ${text.en}` });
  }
  return out;
}

/** What may come in later, by family, at its most. */
const COMING: readonly { family: Family; text: Bilingual }[] = [
  {
    family: 'harm',
    text: {
      zh: '被害人报案指认或其被叫中多人报案',
      en: 'a victim naming it, or several of the people it called reporting a fraud',
    },
  },
  {
    family: 'identity',
    text: {
      zh: '与他号共用账号、设备或频繁换号的记录',
      en: 'a record of accounts or handsets shared with other numbers, or of numbers used in turn',
    },
  },
];

const listed = (texts: readonly Bilingual[]): Bilingual => ({
  zh: texts.map((x) => x.zh).join('、'),
  en: texts.map((x) => x.en).join(', '),
});
