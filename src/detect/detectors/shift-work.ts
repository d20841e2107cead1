import { detector, int, reason, shareStrength } from '../detector.ts';
import { sql } from '../../store/sql.ts';

/**
 * Shift work (班次式外呼): calls come in long unbroken runs of hours, one after the other, like a paid shift.
 *
 * Looks the same: every lawful call centre, and couriers on their round. So it weighs little, and only beside other families.
 * Source: the base case (每日 8-10 小时通话时长, 日结).
 */
export const shiftWork = detector<'run' | 'perHour', { number: string; run: number; per_hour: number; people: number }>(
  {
    id: 'shift-work',
    title: { zh: '班次式外呼', en: 'Shift work' },
    family: 'schedule',
    sees: { zh: '呼叫成班次：连续数小时密集外呼', en: 'calls in long unbroken runs of hours, like a paid shift' },
    looksTheSame: { zh: '合法外呼中心、派送中的快递', en: 'lawful call centres, couriers on their round' },
    tellsApart: { zh: '仅作佐证，须有其他类别的依据', en: 'only supports other kinds of evidence' },
    source: 'the base case',
    needs: ['calls'],
    weight: 0.8,
    thresholds: {
      run: { value: 3, unit: 'hours in a row', min: 1, max: 24 },
      perHour: { value: 5, unit: 'calls per active hour', min: 1, max: 500 },
    },
    steps: (t) => [
      {
        name: 'shifts',
        sql: sql`SELECT number, longest_run_hours AS run, calls_per_active_hour AS per_hour, out_degree AS people FROM measures
        WHERE longest_run_hours >= ${t.run} AND calls_per_active_hour >= ${t.perHour} AND out_degree >= 10`,
      },
    ],
    score: (r, t) => shareStrength(r.run, t.run, t.run * 2),
    reasons: (r, t) => [
      reason('longest_run_hours', r.run, 'hours', t.run, {
        zh: `最长连续 ${int(r.run)} 小时外呼，平均每小时 ${r.per_hour.toFixed(1)} 次`,
        en: `called for ${int(r.run)} hours on end, ${r.per_hour.toFixed(1)} calls an hour`,
      }),
    ],
    innocent: () => null,
  },
);
