import { int, oneIn, pct, reason } from '../detect/detector.ts';
import type { Leak, LeakOutcome, LeakSearch, LeakWindow } from '../model/leak.ts';
import type { Bilingual, Reason, RecordId } from '../model/reason.ts';
import { LEAST_ODDS, UNRECORDED, type Judged } from './sources.ts';

/** The day before an exclusive end, as people write it: the last day that still counts. */
const lastDay = (end: number, zone: string): string => day(end - 1, zone);
const day = (at: number, zone: string): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' }).format(at);
const times = (x: number): string => x.toFixed(x < 10 ? 1 : 0);

export interface Stages {
  talked: number;
  joined: number | null;
  reported: number;
}

/** Why an organisation is taken for the source, for a shadow of one, or for neither. */
export function reasonsFor(
  j: Judged,
  before: readonly string[],
  stages: Stages,
  zone: string,
  records: RecordId[],
): Reason[] {
  const name = j.organisation;
  const chance = oneIn(j.pValue);
  if (j.verdict === 'none') {
    return [
      reason('leak_customers', j.victims, 'people', Math.ceil(j.expected), {
        zh: `被叫者中 ${int(j.victims)} 人是「${name}」的客户，相似的人中应有 ${int(j.expected)} 人：不超出偶然`,
        en: `${int(j.victims)} of the people called are customers of “${name}”; like people would give ${int(j.expected)}: no more than chance`,
      }),
    ];
  }
  if (j.verdict === 'shadow') {
    return [
      reason('leak_customers', j.victims, 'people', Math.ceil(j.expected), {
        zh: `单看被叫者中有 ${int(j.victims)} 人是「${name}」的客户（应有 ${int(j.alone.expected)} 人），但这些人多半也是「${j.explainedBy}」的客户；除去这一重叠（并容许其 ${pct(UNRECORDED)} 的客户不在记录中），不超出偶然`,
        en: `On their own, ${int(j.victims)} called customers of “${name}” look like too many (expected ${int(j.alone.expected)}), but most are customers of “${j.explainedBy}” too; given that overlap, and allowing for ${pct(UNRECORDED)} of its customers not being recorded, they are no more than chance`,
      }),
    ];
  }
  const given: Bilingual =
    before.length === 0
      ? { zh: '', en: '' }
      : {
          zh: `；与${before.map((b) => `「${b}」`).join('、')}的客户重叠已排除`,
          en: `; overlap with customers of ${before.map((b) => `“${b}”`).join(', ')} is taken out`,
        };
  return [
    {
      ...reason(
        'leak_customers',
        j.victims,
        'people',
        Math.ceil(j.expected),
        {
          zh: `被叫者中 ${int(j.victims)} 人此前是「${name}」的客户；同地区、同样活跃的人中只应有 ${int(j.expected)} 人（${times(j.victims / j.expected)} 倍，偶然概率 ${chance}${given.zh}）`,
          en: `${int(j.victims)} of the people called were customers of “${name}” before; people of the same region, as active, would give ${int(j.expected)} (${times(j.victims / j.expected)} times as many, by chance ${chance}${given.en})`,
        },
        {
          zh: '机构自己或其外包外呼中心也会只呼叫本机构客户',
          en: 'the organisation itself or its call centre also calls only its own customers',
        },
      ),
      records,
    },
    ...(j.oddsRatio === null
      ? []
      : [
          reason('leak_odds', Math.round(j.oddsRatio * 100) / 100, 'times', LEAST_ODDS, {
            zh: `「${name}」的客户被呼叫的可能性（赔率）是相似的人的 ${times(j.oddsRatio)} 倍`,
            en: `the odds of being called are ${times(j.oddsRatio)} times those of like people who are not its customers`,
          }),
        ]),
    windowReason(j.window!, zone),
    reason('leak_reported', stages.reported, 'people', null, {
      zh: `这些客户中 ${int(stages.talked)} 人接通，${stages.joined === null ? '入群情况未见' : `${int(stages.joined)} 人进群`}，${int(stages.reported)} 人报案`,
      en: `of these customers ${int(stages.talked)} answered, ${stages.joined === null ? 'joining groups was not seen' : `${int(stages.joined)} joined a group`}, ${int(stages.reported)} reported a crime`,
    }),
  ];
}

/** Until when the organisation's customers are on the list. */
function windowReason(w: LeakWindow, zone: string): Reason {
  if (w.state === 'unknown') {
    return reason('leak_window', w.dated, 'people', null, {
      zh: `有日期的客户只有 ${int(w.dated)} 人，无法判断名单截至何时`,
      en: `only ${int(w.dated)} customers with a date: until when the list reaches cannot be told`,
    });
  }
  const since: Bilingual =
    w.since === null
      ? { zh: '', en: '' }
      : { zh: `自 ${day(w.since, zone)} 起、`, en: `who came since ${day(w.since, zone)} and ` };
  const within = w.calledWithin ?? 0;
  if (w.until === null) {
    return reason('leak_window', within, 'share', w.calledOutside, {
      zh: `${since.zh}直到开始呼叫，先后往来的客户同样被呼叫（${pct(within)}）：未见名单的截止日，可能直到那时还在外流`,
      en: `customers ${since.en}up to the first calls are called alike (${pct(within)}): no end of the list is seen, it may have gone on leaking until then`,
    });
  }
  const [low, high] = [lastDay(w.untilLow!, zone), lastDay(w.untilHigh!, zone)];
  const interval = low === high ? low : `${low} – ${high}`;
  return reason('leak_window', within, 'share', w.calledOutside, {
    zh: `${since.zh}${lastDay(w.until, zone)} 及以前往来的客户 ${pct(within)} 被呼叫，其余 ${pct(w.calledOutside ?? 0)}：名单截至该日（95 % 区间 ${interval}）`,
    en: `of customers ${since.en}up to ${lastDay(w.until, zone)} ${pct(within)} were called, of the others ${pct(w.calledOutside ?? 0)}: the list ends there (95 % interval ${interval})`,
  });
}

/** What else a source could be. `registered`: numbers of the ring that are registered to the organisation itself. */
export function innocentFor(j: Judged, registered: number): Bilingual[] {
  if (j.verdict !== 'source') return [];
  const name = j.organisation;
  return [
    registered > 0
      ? {
          zh: `主叫中有 ${int(registered)} 个号码登记在「${name}」名下：很可能是该机构自己的外呼`,
          en: `${int(registered)} of the calling numbers are registered to “${name}”: most likely its own calls`,
        }
      : {
          zh: `可能是「${name}」自己或其合法外包外呼中心在联系客户：请向该机构核实这些主叫号码`,
          en: `it may be “${name}” itself or its lawful call centre: ask it about the calling numbers`,
        },
    {
      zh: `名单也可能来自与「${name}」共享客户的中间商（支付、物流、同一集团、名单贩子），而非该机构内部：请核对谁能接触这批客户`,
      en: `the list may come from somebody who shares its customers (payment, delivery, the same group, a broker) and not from inside “${name}”: find out who had access`,
    },
    ...(j.alternatives.length === 0
      ? []
      : [
          {
            zh: `${j.alternatives.map((a) => `「${a}」`).join('、')}的客户几乎同样吻合，现有记录分不清是哪一家`,
            en: `customers of ${j.alternatives.map((a) => `“${a}”`).join(', ')} fit nearly as well: the records cannot tell which of them it was`,
          },
        ]),
  ];
}

const OUTCOME: Record<LeakOutcome, (s: Omit<LeakSearch, 'text'>, names: string) => Bilingual> = {
  found: (s, names) => ({
    zh: `名单来源：${names}。比较了 ${int(s.organisations)} 家机构的客户`,
    en: `The list comes from ${names}. Customers of ${int(s.organisations)} organisations were compared`,
  }),
  none: (s) => ({
    zh: `没有证据：被叫的 ${int(s.called)} 人中 ${int(s.known)} 人有已知往来，与 ${int(s.people)} 名相似的人相比，${int(s.organisations)} 家机构中没有一家的客户被多呼叫`,
    en: `No evidence: of ${int(s.called)} people called ${int(s.known)} have known dealings; against ${int(s.people)} people like them, customers of none of ${int(s.organisations)} organisations are called more`,
  }),
  'no-dealings': () => ({
    zh: '未见：没有导入任何往来记录（dealings），无从比较',
    en: 'Not seen: no past dealings were imported, so there is nothing to compare',
  }),
  'too-few': (s) => ({
    zh: `未能判断：被叫的 ${int(s.called)} 人中只有 ${int(s.known)} 人有已知往来`,
    en: `Cannot be told: only ${int(s.known)} of ${int(s.called)} people called have a known dealing`,
  }),
  'no-comparison': (s) => ({
    zh: `未能判断：只有一家机构的客户名单（${int(s.people)} 人），没有可比较的人`,
    en: `Cannot be told: customers of one organisation only are known (${int(s.people)} people), so there is nobody to compare with`,
  }),
};

/** One sentence on how the search for a ring ended. */
export const searchText = (s: Omit<LeakSearch, 'text'>, found: readonly Pick<Leak, 'organisation'>[]): Bilingual => {
  const zh = found.map((l) => `「${l.organisation}」`).join('、');
  const en = found.map((l) => `“${l.organisation}”`).join(', ');
  const say = OUTCOME[s.outcome];
  return { zh: say(s, zh).zh, en: say(s, en).en };
};
