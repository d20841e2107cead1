import { binomialTail } from '../features/exact-tests.ts';
import type { LawfulEvidence } from '../model/weighing.ts';
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
  /** Share of what it placed that went to people it kept calling for two weeks or longer. */
  lastingShare: number | null;
  /** Shares of calls placed Monday to Friday 09:00-18:00, and at weekends; days with calls placed. */
  officeHoursShare: number | null;
  weekendShare: number | null;
  outDays: number | null;
  /** Days from its first to its last appearance. */
  lifeDays: number | null;
  /** Accounts, devices and addresses it was used on; null where records carry none. */
  accounts: number | null;
  devices: number | null;
  addresses: number | null;
  /** Numbers of the same account before and after this one. */
  turns: number | null;
  /** Reported victims among the people it called, and cases naming it; null without reports. And as many as anybody who calls as many people meets. */
  complaints: number | null;
  complaintsExpected: number | null;
}

/** Log-odds that standing takes off at most: registered to an organisation, called back and answered, a service code. */
export const STANDING_WEIGHT = { registered: 6, calledBack: 4, service: 3 } as const;
/** Days with calls from which habits show: two weeks of work. A number that a ring uses up does not live as long. */
const HABIT_DAYS = 10;
/** Days from which a number that stays the same is somebody's; half of it says half as much. */
const STABLE_DAYS = 60;

/**
 * Why a heavy caller may be lawful: registered, called back, called by others, a service code, mostly acquaintances; and, as support only: a stable identity, few
 * complaints, business hours. Each is a number and a reason, like a finding the other way round, so that a cleared caller has an explicit "why not".
 *
 * The three supports together stay under 3, from which a number counts as cleared: a patient ring keeps office hours too, and not every victim reports.
 */
export function lawfulEvidence(t: LawfulTraits): LawfulEvidence[] {
  return [...standing(t), ...supports(t)];
}

function standing(t: LawfulTraits): LawfulEvidence[] {
  const out: LawfulEvidence[] = [];
  if (t.organisation !== null) {
    out.push({
      weight: STANDING_WEIGHT.registered,
      reason: reason('registered', 1, 'registry entry', null, {
        zh: `已登记为「${t.organisation}」的号码`,
        en: `registered to “${t.organisation}”`,
      }),
    });
  }
  if (t.kind === 'service') {
    out.push({
      weight: STANDING_WEIGHT.service,
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
      weight: STANDING_WEIGHT.calledBack * backed,
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
  // Debtors, patients, clients: whoever is rung for weeks is known to the caller. A lead is worked for days, and a ring's number lives no longer.
  const lasting = shareStrength(t.lastingShare ?? 0, 0.25, 0.7);
  if (lasting > 0) {
    out.push({
      weight: 2.5 * lasting,
      reason: reason('lasting_share', t.lastingShare ?? 0, 'share', 0.25, {
        zh: `${pct(t.lastingShare ?? 0)} 的呼叫打给它联系了两周以上的人`,
        en: `${pct(t.lastingShare ?? 0)} of its calls go to people it has kept calling for two weeks or longer`,
      }),
    });
  }
  return out;
}

function supports(t: LawfulTraits): LawfulEvidence[] {
  const out: LawfulEvidence[] = [];
  const days = t.outDays ?? 0;
  // One account, one handset, few addresses, as far as they were seen; at least one of them must have been.
  const seen = [t.accounts, t.devices, t.addresses].filter((n) => n !== null);
  const one = (t.accounts ?? 1) <= 1 && (t.devices ?? 1) <= 1 && (t.addresses ?? 1) <= 3 && (t.turns ?? 0) === 0;
  const life = t.lifeDays ?? 0;
  if (seen.length > 0 && one && days >= HABIT_DAYS && life >= 2 * HABIT_DAYS) {
    out.push({
      weight: 1.2 * Math.min(1, life / STABLE_DAYS),
      reason: reason('active_span_days', life, 'days', 2 * HABIT_DAYS, {
        zh: `身份稳定：${int(life)} 天里始终同一${t.accounts === null ? (t.devices === null ? '地址' : '手机') : '账号'}，未轮换号码`,
        en: `a stable identity: ${int(life)} days on the same ${t.accounts === null ? (t.devices === null ? 'address' : 'handset') : 'account'}, no number before or after it`,
      }),
    });
  }
  // Sure of not even twice the usual rate: as few complaints or fewer would be rare at that rate.
  if (t.complaints !== null && t.complaintsExpected !== null && t.people !== null && t.people > 0) {
    const rate = Math.min(1, (2 * t.complaintsExpected) / t.people);
    const asFew = 1 - binomialTail(t.complaints + 1, t.people, rate);
    if (rate > 0 && asFew < 0.05) {
      out.push({
        weight: 0.8,
        reason: reason('victim_contacts', t.complaints, 'people', null, {
          zh: `呼叫 ${int(t.people)} 人，报案或指认仅 ${int(t.complaints)} 起（常人约 ${t.complaintsExpected.toFixed(1)} 起）`,
          en: `of ${int(t.people)} people it called ${int(t.complaints)} complained (about ${t.complaintsExpected.toFixed(1)} would of anybody’s)`,
        }),
      });
    }
  }
  if (
    days >= HABIT_DAYS &&
    t.officeHoursShare !== null &&
    t.officeHoursShare >= 0.85 &&
    (t.weekendShare ?? 1) <= 0.02
  ) {
    out.push({
      weight: 0.5,
      reason: reason('office_hours_share', t.officeHoursShare, 'share', 0.85, {
        zh: `${pct(t.officeHoursShare)} 的呼叫在工作日 9–18 点，周末休息`,
        en: `${pct(t.officeHoursShare)} of its calls fall on working days from 9 to 18, and weekends are off`,
      }),
    });
  }
  return out;
}
