import type { Reason } from '../model/reason.ts';
import { int, pct, reason, shareStrength, strength } from './detector.ts';

/** What speaks for a number being an ordinary, lawful one. */
export interface LawfulTraits {
  kind: string;
  organisation: string | null;
  callBackShare: number | null;
  /** Share of calls it received that were answered; null when it received none. */
  answeredInShare: number | null;
  /** Distinct people who called it, and whom it called. */
  callersIn: number | null;
  people: number | null;
  strangersShare: number | null;
}

export interface LawfulEvidence {
  /** Log-odds taken off the suspicion. */
  weight: number;
  reason: Reason;
}

/**
 * Why a heavy caller may be lawful: registered, called back, called by others, a service code, mostly acquaintances. Each is a number and
 * a reason, like a finding the other way round, so that a cleared caller has an explicit "why not".
 */
export function lawfulEvidence(t: LawfulTraits): LawfulEvidence[] {
  const out: LawfulEvidence[] = [];
  if (t.organisation !== null) {
    out.push({
      weight: 6,
      reason: reason('registered', 1, 'registry entry', null, {
        zh: `已登记为「${t.organisation}」的号码`,
        en: `registered to “${t.organisation}”`,
      }),
    });
  }
  if (t.kind === 'service') {
    out.push({
      weight: 3,
      reason: reason('service_code', 1, 'service code', null, {
        zh: '服务短号，须经核准分配',
        en: 'a service code, which is assigned on application',
      }),
    });
  }
  const back = t.callBackShare ?? 0;
  // A missed call is returned whoever made it. Only a number that picks up is somebody's to be reached at.
  const picksUp = Math.min(1, (t.answeredInShare ?? 0) / 0.3);
  const backed = strength(back, 0.01, 0.04, 0.15) * picksUp;
  if (backed > 0) {
    out.push({
      weight: 4 * backed,
      reason: reason('call_back_ratio', back, 'share', 0.04, {
        zh: `${pct(back)} 的被叫会回拨，且 ${pct(t.answeredInShare ?? 0)} 有人接听`,
        en: `${pct(back)} of the people it called call back, and ${pct(t.answeredInShare ?? 0)} are answered`,
      }),
    });
  }
  const inbound = t.callersIn === null || t.people === null || t.people === 0 ? 0 : t.callersIn / t.people;
  const called = shareStrength(inbound, 0.15, 0.6) * picksUp;
  if (called > 0) {
    out.push({
      weight: 3 * called,
      reason: reason('callers_in', t.callersIn ?? 0, 'people', null, {
        zh: `有 ${int(t.callersIn ?? 0)} 人主动呼入`,
        en: `${int(t.callersIn ?? 0)} people call it of their own accord`,
      }),
    });
  }
  if (t.strangersShare !== null && t.strangersShare < 0.5) {
    out.push({
      weight: (2.5 * (1 - t.strangersShare / 0.5) + 0.5) * (t.answeredInShare === null ? 1 : picksUp),
      reason: reason('strangers_share', t.strangersShare, 'share', 0.5, {
        zh: `多数联系人与其有往来（陌生人仅 ${pct(t.strangersShare)}）`,
        en: `most of its contacts know it (strangers only ${pct(t.strangersShare)})`,
      }),
    });
  }
  return out;
}
