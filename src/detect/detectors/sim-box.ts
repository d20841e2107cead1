import { detector, int, pct, reason, shareStrength, strength } from '../detector.ts';
import { sql } from '../../store/sql.ts';

/**
 * SIM box (多卡设备、GOIP): domestic SIM cards in a box that never moves.
 *
 * Sees: a mobile number that only calls out, always from one cell, in a handset that other numbers used too (or that changes its IMEI), and calls strangers.
 * Looks the same: fixed wireless phones, alarm and payment terminals, an elderly person's phone at home.
 * Tells them apart: those call few people, or the same ones; a box calls strangers and is never called.
 * Source: 反电信网络诈骗法 art. 14; Murynets et al. 2014 (SIM-box fraud: static cells, IMEI sharing, outgoing only); Reaves et al. 2015.
 */
export const simBox = detector<
  'outOnly' | 'peoplePerCell' | 'sharing',
  {
    number: string;
    out_only: number;
    cells: number;
    people: number;
    per_imei: number | null;
    imeis: number | null;
    strangers: number;
    per_cell: number | null;
  }
>({
  id: 'sim-box',
  title: { zh: '多卡设备特征', en: 'SIM-box traits' },
  family: 'identity',
  sees: {
    zh: '号码只呼出、从不移动，与其他号码共用设备或频繁更换串号，且呼叫陌生人',
    en: 'calls out only, never moves, shares its device with other numbers or changes IMEI, and calls strangers',
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
    outOnly: { value: 0.95, unit: 'share of interactions that are outgoing', min: 0.5, max: 1 },
    peoplePerCell: { value: 20, unit: 'people called from one cell', min: 5, max: 1000 },
    sharing: { value: 3, unit: 'numbers in one handset, or handsets of one number', min: 2, max: 100 },
  },
  steps: (t) => [
    {
      name: 'never_moves',
      sql: sql`SELECT number, out_only_share AS out_only, number_of_antennas AS cells, out_degree AS people, numbers_per_imei AS per_imei,
        imeis_per_number AS imeis, strangers_share AS strangers
      FROM measures
      WHERE out_only_share >= ${t.outOnly} AND number_of_antennas IS NOT NULL AND number_of_antennas <= 2 AND strangers_share >= 0.6
        AND out_degree >= ${t.peoplePerCell / 2}`,
    },
    {
      name: 'shares_devices',
      sql: sql`SELECT *, NULL AS per_cell FROM never_moves WHERE greatest(ifNull(per_imei, 0), ifNull(imeis, 0)) >= 2`,
    },
  ],
  score: (r, t) =>
    strength(r.people, t.peoplePerCell / 2, t.peoplePerCell, t.peoplePerCell * 5) *
    strength(Math.max(r.per_imei ?? 0, r.imeis ?? 0), 1, t.sharing, t.sharing * 3) ** 0.5 *
    (0.6 + 0.4 * shareStrength(r.out_only, t.outOnly)),
  reasons: (r, t) => [
    reason('out_only_share', r.out_only, 'share', t.outOnly, {
      zh: `${pct(r.out_only)} 为呼出，只出现在 ${int(r.cells)} 个基站，却呼叫了 ${int(r.people)} 人`,
      en: `${pct(r.out_only)} outgoing, seen in ${int(r.cells)} cell${r.cells === 1 ? '' : 's'} only, yet called ${int(r.people)} people`,
    }),
    reason('numbers_per_imei', Math.max(r.per_imei ?? 0, r.imeis ?? 0), 'numbers or handsets', t.sharing, {
      zh: `同一设备插过 ${int(r.per_imei ?? 1)} 个号码；本号用过 ${int(r.imeis ?? 1)} 个串号`,
      en: `its handset held ${int(r.per_imei ?? 1)} numbers; it was used with ${int(r.imeis ?? 1)} IMEIs`,
    }),
  ],
  innocent: () => null,
});
