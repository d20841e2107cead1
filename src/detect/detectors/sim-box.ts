import { detector, int, pct, reason, strength } from '../detector.ts';
import { sql } from '../../store/sql.ts';

/**
 * SIM box (多卡设备、GOIP): domestic SIM cards in a box that never moves.
 *
 * Sees: a mobile number that calls strangers and never picks up, always from the same cells, in a handset that other numbers used too (or that changes its IMEI).
 * Looks the same: fixed wireless phones, alarm and payment terminals, an elderly person's phone at home.
 * Tells them apart: those call few people, or the same ones, and are answered; a box calls strangers and lets it ring.
 * Source: 反电信网络诈骗法 art. 14; Murynets et al. 2014 (SIM-box fraud: static cells, IMEI sharing, no incoming calls); Reaves et al. 2015.
 */
export const simBox = detector<
  'answeredIn' | 'people' | 'sharing' | 'cells',
  {
    number: string;
    answered_in: number | null;
    calls_in: number;
    cells: number;
    people: number;
    per_imei: number | null;
    imeis: number | null;
    strangers: number;
  }
>({
  id: 'sim-box',
  title: { zh: '多卡设备特征', en: 'SIM-box traits' },
  family: 'identity',
  sees: {
    zh: '呼叫陌生人、从不接听、从不移动，与其他号码共用设备或频繁更换串号',
    en: 'calls strangers, never picks up, never moves, and shares its device with other numbers or changes IMEI',
  },
  looksTheSame: {
    zh: '固定无线电话、终端设备、居家老人的手机',
    en: 'fixed wireless phones, terminals, an elderly person’s phone',
  },
  tellsApart: { zh: '它们联系的人少且固定', en: 'those call few people, and the same ones' },
  source: '反电信网络诈骗法 14; Murynets et al. 2014',
  needs: ['calls'],
  weight: 3.5,
  thresholds: {
    answeredIn: { value: 0.05, unit: 'share of calls received that were answered', min: 0, max: 1 },
    people: { value: 20, unit: 'people called', min: 5, max: 1000 },
    cells: { value: 3, unit: 'cells it was ever seen in', min: 1, max: 50 },
    sharing: { value: 3, unit: 'numbers in one handset, or handsets of one number', min: 2, max: 100 },
  },
  steps: (t) => [
    {
      name: 'never_moves',
      sql: sql`SELECT number, answered_in_share AS answered_in, calls_in, number_of_antennas AS cells, out_degree AS people,
        numbers_per_imei AS per_imei, imeis_per_number AS imeis, strangers_share AS strangers
      FROM measures
      WHERE ifNull(answered_in_share, 0) <= ${t.answeredIn} AND number_of_antennas <= ${t.cells} AND displayed_abroad = 0 AND sms_share < 0.5
        AND strangers_share >= 0.6 AND out_degree >= ${t.people / 2}`,
    },
    {
      name: 'shares_devices',
      sql: sql`SELECT * FROM never_moves WHERE greatest(ifNull(per_imei, 0), ifNull(imeis, 0)) >= 2`,
    },
  ],
  score: (r, t) =>
    strength(r.people, t.people / 2, t.people, t.people * 5) ** 0.5 *
    strength(Math.max(r.per_imei ?? 0, r.imeis ?? 0), 1, t.sharing, t.sharing * 3) ** 0.5,
  reasons: (r, t) => [
    reason('answered_in_share', r.answered_in ?? 0, 'share', t.answeredIn, {
      zh: `只呼出：呼叫 ${int(r.people)} 人；${int(r.calls_in)} 次来电接听 ${pct(r.answered_in ?? 0)}`,
      en: `outgoing only: called ${int(r.people)} people; answered ${pct(r.answered_in ?? 0)} of ${int(r.calls_in)} calls received`,
    }),
    reason(
      'number_of_antennas',
      r.cells,
      'cells',
      t.cells,
      {
        zh: `从不移动：只出现在 ${int(r.cells)} 个基站`,
        en: `never moves: seen in ${int(r.cells)} cell${r.cells === 1 ? '' : 's'} only`,
      },
      { zh: '固定无线电话也不移动', en: 'a fixed wireless phone never moves either' },
    ),
    ...((r.per_imei ?? 0) < 2
      ? []
      : [
          reason('numbers_per_imei', r.per_imei!, 'numbers', t.sharing, {
            zh: `同一设备插过 ${int(r.per_imei!)} 个号码`,
            en: `its handset held ${int(r.per_imei!)} numbers`,
          }),
        ]),
    ...((r.imeis ?? 0) < 2
      ? []
      : [
          reason('imeis_per_number', r.imeis!, 'handsets', t.sharing, {
            zh: `串号多变：本号用过 ${int(r.imeis!)} 个串号`,
            en: `IMEI churn: it was used with ${int(r.imeis!)} IMEIs`,
          }),
        ]),
  ],
  innocent: () => null,
});
