import { int } from '../detect/detector.ts';
import type { Bilingual } from '../model/reason.ts';
import type { LinkLayer } from './communities.ts';

/** What of a ring speaks for or against its being something else. */
export interface RingTraits {
  /** Layers in which members are tied. */
  layers: ReadonlySet<LinkLayer>;
  agents: number;
  numbers: number;
  /** Numbers shown as foreign. */
  abroad: number;
  /** People called; of them those who reported a loss. */
  called: number;
  lost: number;
}

/** One innocent reading: how well the records go with it (more is better), and the sentence that says what goes with it and what does not. */
interface Reading {
  weight: number;
  text: Bilingual;
}

/** Shown of a ring: more would be a list nobody reads. */
const SHOWN = 3;

/**
 * The strongest other explanations, best first. Each is weighed by what the records of this ring say for and against it, in steps of one: a sign that is usual under the explanation
 * and rare in a ring counts for it, and the other way round. The weights order explanations among each other; they are no probabilities.
 */
export function alternativesOf(r: RingTraits): Bilingual[] {
  return [callCentre(r), sameList(r), foreignFirm(r), commonProvider(r), forgedNumbers(r), sharedPlace(r), lured(r)]
    .sort((a, b) => b.weight - a.weight)
    .slice(0, SHOWN)
    .map((x) => x.text);
}

const abroadShare = (r: RingTraits): number => (r.numbers === 0 ? 0 : r.abroad / r.numbers);
const lossRate = (r: RingTraits): number => (r.called === 0 ? 0 : r.lost / r.called);
/** Of the people a lawful business calls, hardly any report a fraud: one in a thousand is far above. */
const MANY_LOSSES = 0.001;
const losing = (r: RingTraits): number => (lossRate(r) >= MANY_LOSSES ? 1 : 0);
const has = (r: RingTraits, ...layers: LinkLayer[]): boolean => layers.some((l) => r.layers.has(l));
const lost = (r: RingTraits): Bilingual =>
  r.lost === 0
    ? { zh: '被叫中尚无人报案', en: 'nobody it called has reported a loss' }
    : { zh: `被叫中 ${int(r.lost)} 人报案受损`, en: `${int(r.lost)} of the people it called reported a loss` };

function callCentre(r: RingTraits): Reading {
  const organised = has(r, 'seat', 'review');
  const domestic = abroadShare(r) < 0.5;
  return {
    weight: (organised ? 1 : -0.5) + (domestic ? 1 : -1) - losing(r),
    text: {
      zh: `合法外包外呼中心：${organised ? '同样有班组和质检' : '未见班组和质检'}；但其号码应为境内登记号且有人回拨，此处 ${int(r.abroad)} / ${int(r.numbers)} 个显示境外，${lost(r).zh}`,
      en: `a lawful outsourced call centre: ${organised ? 'it has teams and inspectors too' : 'though no teams or inspectors were seen'}; but its numbers would be domestic, registered and called back; here ${int(r.abroad)} of ${int(r.numbers)} are shown as foreign, and ${lost(r).en}`,
    },
  };
}

function sameList(r: RingTraits): Reading {
  const strong = has(r, 'seat', 'review', 'pay', 'group', 'device', 'account');
  return {
    weight: (strong ? -1 : 1.5) + (has(r, 'victims') ? 0.5 : -0.5) - losing(r) * 0.5,
    text: {
      zh: `互不相识的营销者使用同一份名单：被叫人重合可由此解释；${strong ? '但共用账号、设备、班组、群组或付款不能' : '此处也未见共用账号、设备、班组、群组或付款'}`,
      en: `marketers who do not know each other use the same list: that would explain the people they have in common; ${strong ? 'it would not explain shared accounts, handsets, teams, groups or payments' : 'and no shared accounts, handsets, teams, groups or payments were seen here'}`,
    },
  };
}

function foreignFirm(r: RingTraits): Reading {
  return {
    weight: (abroadShare(r) >= 0.5 ? 1 : -2) - losing(r) - (has(r, 'group') ? 0.5 : 0),
    text: {
      zh: `境外企业在境内的客服：号码显示境外（${int(r.abroad)} / ${int(r.numbers)}）与此相符；须核实主体与授权，${lost(r).zh}`,
      en: `customer service of a foreign firm with an office here: foreign numbers (${int(r.abroad)} of ${int(r.numbers)}) go with it; check who they are and who authorised them; ${lost(r).en}`,
    },
  };
}

function commonProvider(r: RingTraits): Reading {
  const lines = has(r, 'line', 'account', 'address');
  const people = has(r, 'pay', 'group', 'review', 'seat');
  return {
    weight: (lines ? 1 : -2) - (people ? 1 : 0),
    text: {
      zh: `只是同一线路或号码商的客户：共用中继、账号或地址可由此解释；${people ? '但彼此付款、同群、班组或调听不能' : '此处未见彼此付款、同群、班组或调听'}`,
      en: `customers of one provider of lines or numbers: shared trunks, accounts or addresses would follow; ${people ? 'payments, groups, teams or listening among them would not' : 'no payments, groups, teams or listening among them were seen'}`,
    },
  };
}

function forgedNumbers(r: RingTraits): Reading {
  return {
    weight: (abroadShare(r) >= 0.5 ? 0.5 : -0.5) - (has(r, 'account', 'device', 'seat') ? 1 : 0),
    text: {
      zh: '所显示号码系冒用：号码登记人与呼叫者可能不是同一人，追查须从账号、中继和设备入手，不以显示号码认人',
      en: 'the numbers shown are forged: their holders need not be the callers; follow accounts, trunks and handsets, and do not take the number shown for the person',
    },
  };
}

function sharedPlace(r: RingTraits): Reading {
  const place = has(r, 'device', 'address');
  const work = has(r, 'pay', 'seat', 'review', 'group');
  return {
    weight: (place ? 0.5 : -2) - (work ? 1 : 0),
    text: {
      zh: `同住一处或转手的手机：宿舍、网吧、二手机也会共用网络地址和设备；${work ? '但付款、班组、群组另有所指' : '此处并无付款、班组、群组佐证'}`,
      en: `one household, or handsets that changed hands: dormitories, internet cafés and second-hand phones share addresses and devices too; ${work ? 'but payments, teams or groups say more' : 'and no payments, teams or groups say otherwise here'}`,
    },
  };
}

function lured(r: RingTraits): Reading {
  const callers =
    r.agents === 0 ? { zh: '', en: '' } : { zh: `（话务员 ${int(r.agents)} 人）`, en: ` (${int(r.agents)} callers)` };
  return {
    // It is true of most rings and undoes none: it stands behind what would.
    weight: -0.75,
    text: {
      zh: `部分成员${callers.zh}可能受招聘广告诱骗，不知工作性质：这不否定团伙，但关系到个人责任`,
      en: `some members${callers.en} may have been lured by job adverts and not have known what the work was: that does not undo the ring, but bears on what each answers for`,
    },
  };
}
