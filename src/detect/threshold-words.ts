import type { Bilingual } from '../model/reason.ts';

/** Units of thresholds as a Chinese reader says them; English shows the unit itself. A test holds this to the catalogue. */
const UNITS_ZH: Readonly<Record<string, string>> = {
  'new people a day': '每日新接触人数',
  'share of strangers among the people reached': '联系过的人中陌生人的比例',
  'share of people called who call back': '被叫中回拨者的比例',
  'seconds of ringing before the caller hung up': '主叫挂断前的响铃秒数',
  'people rung': '被响铃的人数',
  'share of calls of known ringing time': '占已知响铃时长呼叫的比例',
  'share of calls or logins': '占呼叫或登录的比例',
  'calls or logins with a known origin': '来源已知的呼叫或登录次数',
  'numbers per account or handset': '同一账号或手机的号码数',
  'days from first to last call': '首次到末次呼叫的天数',
  'numbers one after another, this one included': '接连使用的号码数（含本号）',
  'days from first to last use': '首次到末次使用的天数',
  'share of the line’s other numbers not in use at the same time': '同一账号或手机的其他号码中不同时在用的比例',
  'days between the last call of one and the first of the other': '前号末次与后号首次呼叫相隔的天数',
  'people called by both': '两号都联系过的人数',
  'share of calls received that were answered': '来电被接听的比例',
  'people called': '呼叫的人数',
  'cells it was ever seen in': '出现过的基站数',
  'numbers in one handset, or handsets of one number': '一机多号数，或一号多机数',
  'probability of as many by chance': '偶然达到的概率',
  victims: '被害人数',
  cases: '案件数',
  'people in the same group': '同一群中的人数',
  'customers of one organisation': '同一机构的客户数',
  'hours in a row': '连续小时数',
  'calls per active hour': '每个活跃小时的呼叫数',
  'numbers that say the same, this one included': '说同样话的号码数（含本号）',
  'share of shingles in common': '文字重合的比例',
};

/** What a threshold's unit is called; the unit itself where nobody has said it in Chinese yet. */
export const unitWords = (unit: string): Bilingual => ({ zh: UNITS_ZH[unit] ?? unit, en: unit });
