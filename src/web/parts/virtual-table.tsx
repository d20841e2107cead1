import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, type ReactNode } from 'react';
import { useKeys } from '../keys.ts';

export interface Column<T> {
  id: string;
  title: ReactNode;
  /** A CSS grid track. */
  width: string;
  numeric?: boolean;
  cell: (row: T) => ReactNode;
  /** Hidden on narrow screens. */
  wide?: boolean;
}

interface Props<T> {
  label: string;
  columns: readonly Column<T>[];
  /** Rows by index; undefined where a page has not arrived yet. */
  row: (index: number) => T | undefined;
  total: number;
  keyOf: (row: T) => string;
  at: number;
  onAt: (index: number) => void;
  onOpen: (row: T) => void;
  onRange: (first: number, last: number) => void;
  rowHeight?: number;
  minWidth?: number;
}

/** A table of any length: only the rows in view exist. j / k or arrows move, Enter opens. */
export function VirtualTable<T>(p: Props<T>) {
  const scroll = useRef<HTMLDivElement>(null);
  const height = p.rowHeight ?? 28;

  const virtual = useVirtualizer({
    count: p.total,
    getScrollElement: () => scroll.current,
    estimateSize: () => height,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  const { onRange } = p;
  useEffect(() => onRange(first, last), [first, last, onRange]);

  const move = (by: number): void => {
    const next = Math.min(p.total - 1, Math.max(0, p.at + by));
    p.onAt(next);
    virtual.scrollToIndex(next);
  };
  const open = (): void => {
    const row = p.row(p.at);
    if (row !== undefined) p.onOpen(row);
  };
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    PageDown: () => move(30),
    PageUp: () => move(-30),
    Home: () => move(-p.total),
    End: () => move(p.total),
    Enter: open,
  });
  const template = p.columns.map((c) => c.width).join(' ');
  return (
    <div className="vt" style={{ height: '100%' }}>
      <div
        className="vt-scroll"
        ref={scroll}
        tabIndex={0}
        role="grid"
        aria-label={p.label}
        aria-rowcount={p.total + 1}
        aria-activedescendant={p.at >= 0 ? `row-${p.at}` : undefined}
      >
        <div style={{ minWidth: p.minWidth }}>
          <div className="vt-head" role="row" style={{ gridTemplateColumns: template }}>
            {p.columns.map((c) => (
              <div key={c.id} role="columnheader" className={`cell${c.numeric ? ' num' : ''}`}>
                {c.title}
              </div>
            ))}
          </div>
          <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
            {items.map((item) => {
              const row = p.row(item.index);
              return (
                <div
                  key={item.key}
                  id={`row-${item.index}`}
                  role="row"
                  aria-rowindex={item.index + 2}
                  aria-selected={item.index === p.at}
                  className={`vt-row${item.index === p.at ? ' at' : ''}`}
                  style={{
                    height,
                    width: '100%',
                    transform: `translateY(${item.start}px)`,
                    gridTemplateColumns: template,
                  }}
                  onClick={(e) => {
                    // A link within the row goes where it says.
                    if (!(e.target as HTMLElement).closest('a,button')) p.onAt(item.index);
                  }}
                  onDoubleClick={() => row !== undefined && p.onOpen(row)}
                >
                  {row === undefined ? (
                    <div className="cell faint">…</div>
                  ) : (
                    p.columns.map((c) => (
                      <div key={c.id} role="gridcell" className={`cell${c.numeric ? ' num' : ''}`}>
                        {c.cell(row)}
                      </div>
                    ))
                  )}
                </div>
              );
            })}
          </div>
        </div>
      </div>
    </div>
  );
}
