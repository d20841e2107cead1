import type { Feature } from './feature.ts';
import { WHOLE, ratio } from './feature.ts';
import { DAY } from './wall-clock.ts';

/**
 * What only the rest of the country can tell of a number: the lines and devices it was used on, who was reported a victim, what the people
 * it reached had in common. Batch only: a stream of its own calls does not hold this.
 */
const ours = (feature: Omit<Feature, 'source' | 'windows' | 'meaning'> & { zh: string; en: string }): Feature => {
  const { zh, en, ...rest } = feature;
  return { ...rest, windows: WHOLE, source: 'ringbreak', meaning: { zh, en } };
};

/** Victims counted for a number: reached by it within this time before they reported. */
export const VICTIM_DAYS = 30;
const ACCOUNT = 1;
const DEVICE = 2;
const ADDRESS = 3;
const whereAny = (table: string): string => `if((SELECT count() FROM ${table}) = 0, NULL, 0)`;
const most = (column: string, kind: number): string =>
  `if(countIf(kind = ${kind}) = 0, NULL, maxIf(${column}, kind = ${kind}))`;
const reachedBeforeReport = `arrayExists(r -> t <= r AND t >= r - ${VICTIM_DAYS * DAY}, reported)`;

export const AROUND = (homeCountry: string): readonly Feature[] => [
  ours({
    name: 'displayed_abroad',
    unit: '0 or 1',
    zh: '显示为境外号码',
    en: 'the number is shown with a foreign country code',
    relation: 'identity',
    sql: `if(any(country) = '', NULL, toUInt8(any(country) != '${homeCountry}'))`,
  }),
  ours({
    name: 'origin_home_share',
    unit: 'share',
    zh: '显示为境外、实际从境内发起的比例（已知发起国家的呼出）',
    en: 'shown abroad: share of outgoing calls of known origin that entered the network at home',
    relation: 'derived',
    sql: 'if(displayed_abroad = 1, origin_home, NULL)',
  }),
  ours({
    name: 'origin_abroad_share',
    unit: 'share',
    zh: '显示为境内、实际从境外发起的比例（已知发起国家的呼出）',
    en: 'shown at home: share of outgoing calls of known origin that entered the network abroad',
    relation: 'derived',
    sql: 'if(displayed_abroad = 0, 1 - origin_home, NULL)',
  }),
  ours({
    name: 'home_login_share',
    unit: 'share',
    zh: '其账号登录中在境内的比例',
    en: 'share of log-ins to its accounts that came from inside the country',
    relation: 'logins',
    sql: ratio('sum(at_home)', 'sum(known)'),
  }),
  ours({
    name: 'logins_known',
    unit: 'logins',
    zh: '其账号已知国家的登录次数',
    en: 'log-ins to its accounts whose country is known',
    relation: 'logins',
    sql: 'sum(known)',
  }),
  ours({
    name: 'accounts_per_number',
    unit: 'accounts',
    zh: '使用该号码的账号数',
    en: 'accounts that placed calls under this number',
    relation: 'lines',
    sql: `nullIf(countIf(kind = ${ACCOUNT}), 0)`,
  }),
  ours({
    name: 'imeis_per_number',
    unit: 'devices',
    zh: '使用该号码的设备数',
    en: 'devices this number (or its account) was used on',
    relation: 'lines',
    sql: `nullIf(countIf(kind = ${DEVICE}), 0)`,
  }),
  ours({
    name: 'ips_per_number',
    unit: 'addresses',
    zh: '使用该号码的网络地址数',
    en: 'network addresses this number (or its account) was used from',
    relation: 'lines',
    sql: `nullIf(countIf(kind = ${ADDRESS}), 0)`,
  }),
  ours({
    name: 'numbers_per_account',
    unit: 'numbers',
    zh: '同一账号下的号码数（取最大）',
    en: 'numbers shown by its account (the largest of its accounts)',
    relation: 'lines',
    sql: most('numbers', ACCOUNT),
  }),
  ours({
    name: 'numbers_per_imei',
    unit: 'numbers',
    zh: '同一设备上的号码数（取最大）',
    en: 'numbers used on its device (the largest of its devices)',
    relation: 'lines',
    sql: most('numbers', DEVICE),
  }),
  ours({
    name: 'numbers_per_ip',
    unit: 'numbers',
    zh: '同一网络地址上的号码数（取最大）',
    en: 'numbers used from its network address (the largest of its addresses)',
    relation: 'lines',
    sql: most('numbers', ADDRESS),
  }),
  ours({
    name: 'foreign_numbers_per_account',
    unit: 'numbers',
    zh: '同一账号下的境外号码数（取最大）',
    en: 'foreign numbers shown by its account (the largest of its accounts)',
    relation: 'lines',
    sql: most('foreign_numbers', ACCOUNT),
  }),
  ours({
    name: 'foreign_numbers_per_imei',
    unit: 'numbers',
    zh: '同一设备上的境外号码数（取最大）',
    en: 'foreign numbers used on its device (the largest of its devices)',
    relation: 'lines',
    sql: most('foreign_numbers', DEVICE),
  }),
  ours({
    name: 'foreign_numbers_per_ip',
    unit: 'numbers',
    zh: '同一网络地址上的境外号码数（取最大）',
    en: 'foreign numbers used from its network address (the largest of its addresses)',
    relation: 'lines',
    sql: most('foreign_numbers', ADDRESS),
  }),
  ours({
    name: 'cells_per_imei',
    unit: 'cells',
    zh: '其设备用过的基站数（取最大）',
    en: 'cells its device was used at (the largest of its devices)',
    relation: 'lines',
    sql: `nullIf(${most('cells', DEVICE)}, 0)`,
  }),
  ours({
    name: 'imei_churn',
    unit: 'devices/day',
    zh: '每个活跃日更换的设备数',
    en: 'devices per active day',
    relation: 'derived',
    sql: ratio('imeis_per_number', 'active_days'),
  }),
  ours({
    name: 'numbers_before',
    unit: 'numbers',
    zh: '同账号下在其启用前已沉默的号码数',
    en: 'numbers of the same account that had fallen silent before this one began',
    relation: 'lines',
    sql: `if(countIf(kind = ${ACCOUNT}) = 0, NULL, any(before))`,
  }),
  ours({
    name: 'numbers_after',
    unit: 'numbers',
    zh: '同账号下在其沉默后才启用的号码数',
    en: 'numbers of the same account that began after this one fell silent',
    relation: 'lines',
    sql: `if(countIf(kind = ${ACCOUNT}) = 0, NULL, any(after))`,
  }),
  ours({
    name: 'victim_contacts',
    unit: 'victims',
    zh: '报案前 30 天内被其联系过的报案人数',
    en: 'reported victims it reached within the 30 days before they reported',
    relation: 'victims',
    sql: `uniqExactIf(victim, ${reachedBeforeReport})`,
    absent: whereAny('cases'),
  }),
  ours({
    name: 'victim_share',
    unit: 'share',
    zh: '联系过的人中报案人的比例',
    en: 'share of reported victims among the people it reached',
    relation: 'derived',
    sql: ratio('victim_contacts', 'out_degree'),
  }),
  ours({
    name: 'victim_lift',
    unit: 'times expected',
    zh: '联系报案人数与按其热门程度预期的倍数',
    en: 'reported victims reached, against what their popularity would give a caller of as many people',
    relation: 'derived',
    sql: `if(out_degree = 0 OR VICTIM_BASE = 0, NULL, victim_contacts / (out_degree * VICTIM_BASE))`,
  }),
  ours({
    name: 'named_in_cases',
    unit: 'cases',
    zh: '被指为涉案号码的案件数',
    en: 'cases that name this number as a suspect',
    relation: 'identity',
    sql: 'if((SELECT count() FROM cases) = 0, NULL, any(cases))',
  }),
  ours({
    name: 'registered',
    unit: '0 or 1',
    zh: '在合法机构号码登记中',
    en: 'listed in the registry of lawful organisations',
    relation: 'identity',
    sql: 'if((SELECT count() FROM registry) = 0, NULL, any(registered))',
  }),
  ours({
    name: 'dealings_seen',
    unit: 'contacts',
    zh: '联系过的人中已知曾与机构有业务的人数',
    en: 'people reached of whom a past dealing with some organisation is known',
    relation: 'dealings',
    sql: 'any(total)',
    absent: whereAny('dealings'),
  }),
  ours({
    name: 'dealing_concentration',
    unit: 'share',
    zh: '其中同一机构客户的最大比例',
    en: 'largest share of one organisation’s customers among them',
    relation: 'dealings',
    sql: 'max(people) / any(total)',
  }),
  ours({
    name: 'dealing_lift',
    unit: 'times expected',
    zh: '该机构比例与全体客户中比例的倍数',
    en: 'that share against the organisation’s share among everybody’s known dealings',
    relation: 'dealings',
    sql: 'argMax(lift, (people, organisation))',
  }),
];
