import { Tooltip } from 'antd';
import { Link } from 'react-router';
import { sayNumber } from '../format.ts';
import { useWords } from '../i18n/index.ts';
import { MARKS, SHAPE_PATH, isOutline, type Kind } from '../roles.ts';
import { useDark } from '../theme.ts';

/** The shape and colour of a role; decorative beside its word. */
export function Mark({ kind, size = 12 }: { kind: Kind; size?: number }) {
  const dark = useDark();
  const mark = MARKS[kind];
  const ink = dark ? mark.dark : mark.light;
  const outline = isOutline(mark.shape);
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      <path
        d={SHAPE_PATH[mark.shape]}
        fill={outline ? 'none' : ink}
        stroke={outline ? ink : 'none'}
        strokeWidth={outline ? 2.4 : 0}
      />
    </svg>
  );
}

export function RoleName({ kind }: { kind: Kind }) {
  const { t } = useWords();
  return (
    <span className="role">
      <Mark kind={kind} /> {t(`role.${kind}`)}
    </span>
  );
}

/** A number as people say it; a link unless told otherwise. The country follows when it is known and asked for. */
export function NumberName({
  id,
  country,
  province,
  link = true,
}: {
  id: string;
  country?: string;
  province?: string;
  link?: boolean;
}) {
  const { f } = useWords();
  const place = [country ? f.country(country) : '', province ? f.province(province) : '']
    .filter((s) => s !== '')
    .join(' · ');
  const text = (
    <>
      <span className="nowrap">{sayNumber(id)}</span>
      {place !== '' && <span className="soft"> · {place}</span>}
    </>
  );
  if (!link) return <span>{text}</span>;
  return (
    <Link to={`/numbers/${encodeURIComponent(id)}`} title={id}>
      {text}
    </Link>
  );
}

/** A bar and a figure out of 100, with the words that keep it from standing alone. */
export function Score({ value, title }: { value: number; title?: string }) {
  const { t } = useWords();
  const points = Math.round(value * 100);
  return (
    <Tooltip title={title ?? t('reason.score', { score: points })}>
      <span className="score">
        <i>
          <b style={{ width: `${points}%` }} />
        </i>
        {points}
      </span>
    </Tooltip>
  );
}

/** Activity over the data's days, as bars; the tallest stand out. */
export function Strip({
  values,
  width = 96,
  height = 18,
  label,
}: {
  values: readonly number[];
  width?: number;
  height?: number;
  label: string;
}) {
  const top = Math.max(1, ...values);
  const step = width / Math.max(1, values.length);
  const high = [...values].sort((a, b) => a - b)[Math.floor(values.length * 0.9)] ?? 0;
  return (
    <svg
      className="strip"
      width={width}
      height={height}
      role="img"
      aria-label={label}
      preserveAspectRatio="none"
      viewBox={`0 0 ${width} ${height}`}
    >
      {values.map((v, i) =>
        v > 0 ? (
          <rect
            key={i}
            className={v >= high ? 'top' : ''}
            x={i * step}
            width={Math.max(0.8, step - 0.6)}
            y={height - Math.max(1.5, (v / top) * height)}
            height={Math.max(1.5, (v / top) * height)}
          />
        ) : null,
      )}
    </svg>
  );
}
