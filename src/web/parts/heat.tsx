import type { DayCount } from '../../server/contract.ts';
import { useWords } from '../i18n/index.ts';

const DAYS = ['d0', 'd1', 'd2', 'd3', 'd4', 'd5', 'd6'] as const;

const shade = (n: number, top: number): number => 0.12 + 0.88 * Math.sqrt(n / top);

/** Weekday x hour, row 0 = Monday. */
export function HourHeat({ hours }: { hours: readonly (readonly number[])[] }) {
  const { t, f } = useWords();
  const top = Math.max(1, ...hours.flat());
  return (
    <svg className="heat" viewBox="0 0 420 128" role="img" aria-label={t('number.hours')}>
      {DAYS.map((d, y) => (
        <text key={d} x="0" y={16 + y * 15}>
          {t(`number.weekday.${d}`)}
        </text>
      ))}
      {hours.map((line, y) =>
        line.map((n, x) => (
          <rect
            key={`${y}-${x}`}
            className={n > 0 ? 'some' : 'none'}
            opacity={n > 0 ? shade(n, top) : 1}
            x={24 + x * 16.4}
            y={5 + y * 15}
            width="15.2"
            height="13.8"
            rx="2"
          >
            <title>{`${t(`number.weekday.${DAYS[y] ?? 'd0'}`)} ${x}:00 · ${f.count(n)}`}</title>
          </rect>
        )),
      )}
      {[0, 6, 12, 18, 23].map((h) => (
        <text key={h} x={24 + h * 16.4} y="122" textAnchor={h === 23 ? 'middle' : 'start'}>
          {h}:00
        </text>
      ))}
    </svg>
  );
}

const DAY = 86_400_000;

/** One square a day, a column a week: when it was at work and when it fell silent. */
export function Calendar({ days, zone }: { days: readonly DayCount[]; zone: string }) {
  const { t, f } = useWords();
  if (days.length === 0) return <p className="soft">{t('state.none')}</p>;
  const weekday = (at: number): number => {
    const name = new Intl.DateTimeFormat('en-US', { timeZone: zone, weekday: 'short' }).format(at);
    return ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].indexOf(name);
  };
  const of = new Map(days.map((d) => [d.day, d.n]));
  const first = Math.min(...days.map((d) => d.day));
  const last = Math.max(...days.map((d) => d.day));
  const top = Math.max(1, ...days.map((d) => d.n));
  const offset = weekday(first);
  const n = Math.round((last - first) / DAY) + 1;
  const weeks = Math.ceil((n + offset) / 7);
  const size = Math.min(22, Math.max(9, 396 / Math.max(weeks, 12)));
  const squares = Array.from({ length: n }, (_, i) => {
    const day = first + i * DAY;
    const at = i + offset;
    const value = of.get(day) ?? 0;
    return (
      <rect
        key={i}
        className={value > 0 ? 'some' : 'none'}
        opacity={value > 0 ? shade(value, top) : 1}
        x={24 + Math.floor(at / 7) * size}
        y={4 + (at % 7) * size}
        width={size - 1.4}
        height={size - 1.4}
        rx="2"
      >
        <title>{`${f.day(day)} · ${f.count(value)}`}</title>
      </rect>
    );
  });
  return (
    <svg className="heat" viewBox={`0 0 420 ${7 * size + 20}`} role="img" aria-label={t('number.calendar')}>
      {[0, 2, 4, 6].map((y) => (
        <text key={y} x="0" y={4 + y * size + size * 0.7}>
          {t(`number.weekday.${DAYS[y] ?? 'd0'}`)}
        </text>
      ))}
      {squares}
      <text x="24" y={7 * size + 16}>
        {f.shortDay(first)}
      </text>
      <text
        x={Math.min(370, 24 + weeks * size - 30)}
        y={7 * size + 16}
        textAnchor={weeks * size > 120 ? 'start' : 'start'}
      >
        {weeks > 4 ? f.shortDay(last) : ''}
      </text>
    </svg>
  );
}
