import { detector, int, pct, reason, strength } from '../detector.ts';
import { sql } from '../../store/sql.ts';

/**
 * Many faces (一人千面): many displayed numbers behind one account, device or address.
 *
 * Sees: numbers whose account, handset or address shows several other numbers too, none of which lasts.
 * Looks the same: a call centre's trunk with a block of lines; people changing SIM cards; shared public addresses.
 * Tells them apart: a firm's lines are domestic, kept for months, and registered.
 * Source: 反电信网络诈骗法 art. 14; the base case (虚拟话务软件, 主叫分组).
 */
export const manyFaces = detector<
  'numbers' | 'lifeDays',
  {
    number: string;
    faces: number;
    per_account: number | null;
    per_imei: number | null;
    life_days: number;
    strangers: number | null;
    called_back: number | null;
    answered_in: number | null;
  }
>({
  id: 'many-faces',
  title: { zh: '一机多号、频繁换号', en: 'Many faces' },
  family: 'identity',
  sees: {
    zh: '同一账号或设备先后显示多个号码，每个都不长久',
    en: 'one account or handset shows several numbers, none of which lasts',
  },
  looksTheSame: { zh: '外呼中心的中继号段、换卡的人', en: 'a call centre’s block of lines, people changing SIM cards' },
  tellsApart: { zh: '企业号码为境内登记号且长期使用', en: 'a firm’s lines are domestic, registered and last' },
  source: '反电信网络诈骗法 14',
  needs: ['calls'],
  weight: 2.5,
  thresholds: {
    numbers: { value: 3, unit: 'numbers per account or handset', min: 2, max: 100 },
    lifeDays: { value: 10, unit: 'days from first to last call', min: 1, max: 365 },
  },
  steps: (t) => [
    {
      name: 'many_faces',
      sql: sql`SELECT number, greatest(ifNull(numbers_per_account, 0), ifNull(numbers_per_imei, 0)) AS faces,
        numbers_per_account AS per_account, numbers_per_imei AS per_imei, active_span_days AS life_days,
        strangers_share AS strangers, call_back_ratio AS called_back, answered_in_share AS answered_in
      FROM measures
      WHERE greatest(ifNull(numbers_per_account, 0), ifNull(numbers_per_imei, 0)) >= ${t.numbers}
        AND active_span_days <= ${t.lifeDays} AND out_degree >= 3`,
    },
  ],
  score: (r, t) =>
    strength(r.faces, t.numbers - 1, t.numbers, t.numbers * 3) *
    ((r.strangers ?? 0) >= 0.6 ? 1 : 0.2) *
    ((r.called_back ?? 0) > 0.1 && (r.answered_in ?? 0) > 0.1 ? 0.3 : 1),
  reasons: (r, t) => [
    reason('numbers_per_account', r.faces, 'numbers', t.numbers, {
      zh: `同一${r.faces === r.per_account ? '账号' : '手机'}显示过 ${int(r.faces)} 个号码，本号只用了 ${r.life_days.toFixed(1)} 天`,
      en: `the same ${r.faces === r.per_account ? 'account' : 'handset'} showed ${int(r.faces)} numbers; this one lived ${r.life_days.toFixed(1)} days`,
    }),
  ],
  innocent: (r) =>
    (r.called_back ?? 0) > 0.1 && (r.answered_in ?? 0) > 0.1
      ? { zh: `${pct(r.called_back ?? 0)} 的人会回拨`, en: `${pct(r.called_back ?? 0)} of the people call it back` }
      : null,
});
