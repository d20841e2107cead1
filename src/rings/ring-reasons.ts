/** The reasons of a ring in words. */
import { int } from '../detect/detector.ts';
import type { Bilingual, Reason } from '../model/reason.ts';
import { headcount, type BeyondChance, type ChanceTrait, type Funnel, type RingMember } from '../model/ring.ts';
import { strongLayers, type FoundRing } from './find-rings.ts';

/** A ring's calls in figures. */
export interface RingStats {
  ring: string;
  called: number;
  talked: number;
  calls: number;
  first: number;
  last: number;
  numbers: number;
  abroad: number;
}

/** An exact decimal with its thousands apart; it may be larger than a number holds. */
const wholeYuan = (amount: string): string => amount.replace(/\B(?=(?:\d{3})+(?!\d))(?<!\.\d*)/g, ',');

const LAYER_TEXT: Readonly<Record<string, Bilingual>> = {
  account: { zh: '共用号码或账号', en: 'shared numbers or accounts' },
  device: { zh: '共用手机', en: 'shared handsets' },
  group: { zh: '同在群组', en: 'common chat groups' },
  pay: { zh: '互相付款', en: 'payments between them' },
  review: { zh: '调听录音', en: 'listening to recordings' },
  seat: { zh: '同一外呼系统班组', en: 'teams of one dialler' },
};

const CHANCE_TEXT: Readonly<Record<ChanceTrait['trait'], Bilingual & { unit: string }>> = {
  shared_people: {
    zh: '被两个以上成员号码呼叫的人',
    en: 'people called from two or more of its numbers',
    unit: 'people',
  },
  victims_reached: { zh: '呼叫过的报案人', en: 'people reached who reported a fraud', unit: 'people' },
  numbers_on_shared_lines: {
    zh: '与其他成员共用账号、设备或地址的号码',
    en: 'numbers that share an account, device or address with another',
    unit: 'numbers',
  },
};

/** What stands out against random groups, one reason for each trait that no median group comes near. */
/** What the ring has in common beyond the most that any random group has. */
export const chanceReasons = (c: BeyondChance): Reason[] =>
  c.traits
    .map((x) => ({ ...x, median: x.groups[3]!, most: x.groups[6]! }))
    .filter((x) => x.value > x.most)
    .map((x) => ({
      measure: x.trait,
      value: x.value,
      unit: CHANCE_TEXT[x.trait].unit,
      threshold: x.most,
      text: {
        zh: `${CHANCE_TEXT[x.trait].zh}：${int(x.value)}；${c.groups} 组呼叫人数相当的随机号码（各 ${c.numbers} 个）中位数 ${int(x.median)}，最多 ${int(x.most)}`,
        en: `${CHANCE_TEXT[x.trait].en}: ${int(x.value)}; ${c.groups} random groups of ${c.numbers} callers who reach as many people have ${int(x.median)} at the median, ${int(x.most)} at most`,
      },
    }));

/** People, and the accounts and numbers whose users nobody knows, counted apart. */
function membersInWords(members: readonly Pick<RingMember, 'kind'>[]): Bilingual {
  const { people, accounts, numbers } = headcount(members);
  const said: Bilingual[] = [];
  if (people.length > 0) said.push({ zh: `${int(people.length)} 名成员`, en: `${int(people.length)} members` });
  if (accounts.length > 0)
    said.push({
      zh: `${int(accounts.length)} 个使用人未明的账号`,
      en: `${int(accounts.length)} accounts whose users are not known`,
    });
  if (numbers.length > 0)
    said.push({
      zh: `${int(numbers.length)} 个使用人未明的号码`,
      en: `${int(numbers.length)} numbers whose users are not known`,
    });
  return { zh: said.map((x) => x.zh).join('与 '), en: said.map((x) => x.en).join(' and ') };
}

/** Why it is held to be a ring, strongest first: who reported, what ties its members, whom it reached, who got into its groups. */
export function ringReasons(ring: FoundRing, t: RingStats | undefined, reach: Funnel): Reason[] {
  const reasons: Reason[] = [];
  const layers = strongLayers(ring);
  const who = membersInWords(ring.members);
  if (layers.length > 0) {
    reasons.push({
      measure: 'tied_layers',
      value: layers.length,
      unit: 'layers',
      threshold: 1,
      text: {
        zh: `${who.zh}由 ${layers.length} 个层面相连：${layers.map((l) => LAYER_TEXT[l]?.zh ?? l).join('、')}`,
        en: `${who.en} are tied in ${layers.length} layers: ${layers.map((l) => LAYER_TEXT[l]?.en ?? l).join(', ')}`,
      },
    });
  }
  if (t !== undefined) {
    reasons.push({
      measure: 'reached',
      value: reach.called,
      unit: 'people',
      threshold: null,
      text: {
        zh: `用 ${int(t.numbers)} 个号码呼叫 ${int(reach.called)} 人，其中 ${int(t.abroad)} 个显示境外`,
        en: `called ${int(reach.called)} people from ${int(t.numbers)} numbers, ${int(t.abroad)} of them shown as foreign`,
      },
    });
  }
  if (reach.lost > 0) {
    // Reports often come without an amount: that is no loss of nothing.
    const loss = Number(reach.lossAmount) > 0 ? wholeYuan(reach.lossAmount) : null;
    reasons.unshift({
      measure: 'victims',
      value: reach.lost,
      unit: 'people',
      threshold: 1,
      text: {
        zh: `被其呼叫的人中 ${int(reach.lost)} 人已报案${loss === null ? '' : `，损失 ¥${loss}`}`,
        en: `${int(reach.lost)} of the people it called reported a fraud${loss === null ? '' : `, losing ¥${loss}`}`,
      },
    });
  }
  if (reach.joined !== null && reach.joined > 0) {
    reasons.push({
      measure: 'joined',
      value: reach.joined,
      unit: 'people',
      threshold: 1,
      text: {
        zh: `${int(reach.joined)} 名被叫进入其群组`,
        en: `${int(reach.joined)} of the people called got into its chat groups`,
      },
    });
  }
  return reasons;
}
