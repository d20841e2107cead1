import { useMemo } from 'react';
import type { PlaceCount } from '../../server/contract.ts';
import { useWords } from '../i18n/index.ts';
import { GRID, PROVINCES } from '../places.ts';

/** Five steps, on a square-root scale; the steps keep the figure on the tile readable (4.5:1) at each of them. */
const shadeOf = (share: number): number =>
  share === 0 ? 0 : ([0.1, 0.2, 0.34, 0.5, 0.95][Math.min(4, Math.floor(Math.sqrt(share) * 5))] ?? 0.95);

/**
 * Provinces as tiles, shaded by a figure on a square-root scale (one province with everything must not hide the rest). A click
 * filters by the province.
 */
export function TileMap({
  counts,
  picked,
  onPick,
  small,
}: {
  counts: readonly PlaceCount[];
  picked?: string | null;
  onPick?: (province: string) => void;
  small?: boolean;
}) {
  const { f, t } = useWords();
  const of = useMemo(() => new Map(counts.map((c) => [c.province, c.n])), [counts]);
  const top = Math.max(1, ...counts.filter((c) => c.province in PROVINCES).map((c) => c.n));
  const unknown = counts.filter((c) => !(c.province in PROVINCES)).reduce((n, c) => n + c.n, 0);
  const cells = Object.entries(PROVINCES).map(([name, [column, row, , code]]) => {
    const n = of.get(name) ?? 0;
    const shade = shadeOf(n / top);
    const style = {
      gridColumn: column + 1,
      gridRow: row + 1,
      ...(n > 0 ? { background: `rgba(var(--tile), ${shade.toFixed(2)})` } : {}),
    };
    const className = `tile${shade > 0.9 ? ' deep' : shade > 0 ? ' some' : ''}${picked === name ? ' picked' : ''}`;
    const title = `${f.province(name)} ${f.count(n)}`;
    if (small === true) return <div key={name} className={className} style={style} title={title} />;
    const inside = (
      <>
        <span>{f.language === 'zh' ? name : code}</span>
        {n > 0 && <b>{f.short(n)}</b>}
      </>
    );
    return onPick && n > 0 ? (
      <button
        key={name}
        type="button"
        className={className}
        style={style}
        title={title}
        aria-label={title}
        aria-pressed={picked === name}
        onClick={() => onPick(name)}
      >
        {inside}
      </button>
    ) : (
      <div key={name} className={className} style={style} title={title}>
        {inside}
      </div>
    );
  });
  return (
    <div>
      <div
        className={`tiles${small === true ? ' small' : ''}`}
        style={{ gridTemplateRows: `repeat(${GRID.rows}, auto)` }}
        {...(small === true ? { role: 'img', 'aria-label': t('overview.map') } : {})}
      >
        {cells}
      </div>
      {unknown > 0 && small !== true && (
        <p className="faint small" style={{ marginTop: 4 }}>
          {t('state.unknown')} {f.count(unknown)}
        </p>
      )}
    </div>
  );
}
