import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { useOverview } from './api.ts';

export const PRESETS = ['24h', '7d', '30d', 'all'] as const;
export type Preset = (typeof PRESETS)[number];

const LENGTH: Readonly<Record<Preset, number>> = {
  '24h': 86_400_000,
  '7d': 604_800_000,
  '30d': 2_592_000_000,
  all: Infinity,
};

export interface TimeBrush {
  /** A preset, or `custom` for two instants in the address. */
  chosen: Preset | 'custom';
  /** Null for all of the data. */
  range: { from: number; to: number } | null;
  /** What the data covers; null while unknown or empty. */
  data: { from: number; to: number } | null;
  choose: (next: Preset | { from: number; to: number }) => void;
}

/**
 * The one brush of a page, kept in the address as `t=7d` or `t=<from>-<to>`. Presets count back from the last record, not from now:
 * records are often weeks old when they arrive.
 */
export function useTimeBrush(): TimeBrush {
  const [params, setParams] = useSearchParams();
  const data = useOverview({}).data?.range ?? null;
  const t = params.get('t') ?? 'all';
  const choose = useCallback(
    (next: Preset | { from: number; to: number }) => {
      setParams(
        (old) => {
          const q = new URLSearchParams(old);
          if (next === 'all') q.delete('t');
          else q.set('t', typeof next === 'string' ? next : `${Math.round(next.from)}-${Math.round(next.to)}`);
          return q;
        },
        { replace: true },
      );
    },
    [setParams],
  );
  return useMemo(() => {
    const own = /^(\d+)-(\d+)$/.exec(t);
    if (own) return { chosen: 'custom', range: { from: Number(own[1]), to: Number(own[2]) }, data, choose };
    const chosen = PRESETS.find((p) => p === t) ?? 'all';
    const range = chosen === 'all' || data === null ? null : { from: data.to - LENGTH[chosen], to: data.to };
    return { chosen, range, data, choose };
  }, [t, data, choose]);
}
