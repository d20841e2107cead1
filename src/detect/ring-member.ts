import type { Bilingual, Finding, Reason } from '../model/reason.ts';
import type { Identifier } from '../model/identifier.ts';
import { reason, type DetectorInfo } from './detector.ts';

/**
 * Belongs to a ring (团伙关联号码): not a detector of its own but what the ring stage says of a number: it was shown by an account, or sits in the
 * handset, of somebody whose place in a ring other evidence shows. Listed in the catalogue so that pages can name it.
 */
export const RING_MEMBER: DetectorInfo = {
  id: 'ring-member',
  title: { zh: '团伙成员号码', en: 'Number of a ring member' },
  sees: {
    zh: '由团伙成员的账号显示，或在其手机中使用',
    en: 'shown by the account, or used in the handset, of a member of a ring',
  },
  looksTheSame: {
    zh: '借用他人手机、转让的号码、被冒用的号码',
    en: 'a borrowed handset, a number passed on, a number forged by others',
  },
  tellsApart: {
    zh: '使用时段与班次是否一致；机主与成员是否同一人',
    en: 'whether the times fit the shifts, and whether the owner is the member',
  },
  source: 'the base case',
  // Counted as association, not as an observation of its own.
  family: 'identity',
  weight: 0,
  thresholds: {},
};

/** How a number belongs to a ring. */
export type Belonging = 'account' | 'device' | 'trunk' | 'address' | 'chain' | 'bills' | 'handset' | 'contacts';

/**
 * Log-odds that belonging to a ring adds to a number. An account is somebody's own. A box, a trunk or an address may carry others' calls too, however few: alone they
 * flag nobody, but what is left to prove of a number that dials strangers from there is little; and so it is of one that took over from the ring's numbers. Whose victims it called says less: whoever called
 * a year's victims for other reasons stands in the same bills. A member's own handset tells who the member is, and overlapping
 * contacts have been counted by their own detectors.
 */
export const ASSOCIATION: Readonly<Record<Belonging, number>> = {
  account: 7,
  device: 4,
  trunk: 3,
  address: 3,
  chain: 3,
  bills: 2,
  handset: 0,
  contacts: 0,
};

const SHOWN_BY: Readonly<Record<'device' | 'trunk' | 'address', Bilingual>> = {
  device: { zh: '设备', en: 'device' },
  trunk: { zh: '中继', en: 'trunk' },
  address: { zh: '网络地址', en: 'address' },
};

/** Why a number is held to be the ring's. */
function words(how: Belonging, ring: string, member: string): Bilingual {
  switch (how) {
    case 'handset':
      return {
        zh: `该号码所在手机登录过成员 ${member} 的外呼账号（团伙 ${ring}）：应为其本人号码`,
        en: `the handset of this number logged into the dialler account of member ${member} (ring ${ring}): probably their own number`,
      };
    case 'account':
      return {
        zh: `由成员 ${member} 的账号拨出并显示（团伙 ${ring}）`,
        en: `placed and shown by the account of member ${member} (ring ${ring})`,
      };
    case 'chain':
      return {
        zh: `与团伙 ${ring} 的号码前后相继，接着联系同样的人`,
        en: `one of a chain of numbers of ring ${ring}, each going on with the people of the one before`,
      };
    case 'bills':
      return {
        zh: `仅见于团伙 ${ring} 被害人的话单`,
        en: `stands in the bills of victims of ring ${ring} and hardly any others`,
      };
    case 'contacts':
      return {
        zh: `被叫与团伙 ${ring} 的号码高度重合`,
        en: `the people it calls overlap with those of ring ${ring} beyond chance`,
      };
    default:
      return {
        zh: `与团伙 ${ring} 的号码从同一${SHOWN_BY[how].zh}拨出，该${SHOWN_BY[how].zh}几乎只供该团伙使用`,
        en: `placed through the same ${SHOWN_BY[how].en} as the numbers of ring ${ring}, which carries hardly any others`,
      };
  }
}

/** What looks the same as belonging by the bills of victims: nobody was lent anything there. */
const CALLS_THEM_TOO: Bilingual = {
  zh: '客户里恰有数名被害人的企业、快递、调查来电',
  en: 'a firm, courier or survey whose people happen to include several victims',
};

/** The finding for one number of a member. */
export function ringMemberFinding(
  number: string,
  ring: string,
  member: string,
  how: Belonging,
  score: number,
): Finding {
  const text = words(how, ring, member);
  const innocent = how === 'bills' ? CALLS_THEM_TOO : RING_MEMBER.looksTheSame;
  const why: Reason = reason('ring_member', 1, 'link', null, text, innocent);
  return {
    detector: RING_MEMBER.id,
    number: number as Identifier,
    score,
    reasons: [why],
    innocent,
    records: [],
  };
}
