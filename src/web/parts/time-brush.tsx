import { Segmented, Tooltip } from 'antd';
import { useWords } from '../i18n/index.ts';
import { PRESETS, type Preset, type TimeBrush } from '../time-range.ts';

/** `2023-05-12` of an instant in the home zone, as a date field wants it, and back. */
const dayOf = (at: number, zone: string): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(at);

function midnight(day: string, zone: string): number | null {
  const utc = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(utc)) return null;
  const there = new Date(new Date(utc).toLocaleString('en-US', { timeZone: zone })).getTime();
  const here = new Date(new Date(utc).toLocaleString('en-US', { timeZone: 'UTC' })).getTime();
  return utc - (there - here);
}

export function TimeBrushBar({ brush }: { brush: TimeBrush }) {
  const { t, f } = useWords();
  const { chosen, range, data, choose } = brush;
  const shown = range ?? data;
  const field = (which: 'from' | 'to') => (
    <input
      type="date"
      className="datefield"
      aria-label={`${t('time.custom')} ${which}`}
      value={shown ? dayOf(which === 'from' ? shown.from : shown.to, f.zone) : ''}
      onChange={(e) => {
        const at = midnight(e.target.value, f.zone);
        if (at === null || !shown) return;
        const next =
          which === 'from'
            ? { from: at, to: Math.max(shown.to, at + 86_400_000) }
            : { from: Math.min(shown.from, at), to: at + 86_400_000 - 1 };
        choose(next);
      }}
    />
  );
  return (
    <div className="row wrap" role="group" aria-label={t('time.label')}>
      <Tooltip title={t('time.since')}>
        <Segmented
          size="small"
          value={chosen}
          onChange={(v) => choose(v as Preset)}
          options={[
            ...PRESETS.map((p) => ({ value: p as string, label: t(`time.${p}`) })),
            ...(chosen === 'custom' ? [{ value: 'custom', label: t('time.custom') }] : []),
          ]}
        />
      </Tooltip>
      <span className="row only-wide" style={{ gap: 4 }}>
        {field('from')}–{field('to')}
      </span>
    </div>
  );
}
