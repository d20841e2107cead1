import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router';

export const FACETS = ['detector', 'country', 'ring', 'province', 'judged'] as const;
export type FacetName = (typeof FACETS)[number];

export type NumbersQuery = Record<string, string>;

/** The address as a question to the server; flagged numbers, worst first, unless it says otherwise. */
export function questionOf(params: URLSearchParams): NumbersQuery {
  const q: NumbersQuery = {};
  for (const [k, v] of params) if (k !== 'scope' && k !== 'open') q[k] = v;
  if (params.get('scope') === 'all') q['all'] = '1';
  else q['flagged'] = '1';
  q['sort'] ??= '-score';
  return q;
}

export interface NumbersView {
  params: URLSearchParams;
  question: NumbersQuery;
  /** Number shown in the preview. */
  open: string | null;
  /** How many conditions are set. */
  conditions: number;
  change: (next: Readonly<Record<string, string | null>>) => void;
  replaceAll: (query: Readonly<Record<string, string>>) => void;
}

/** Everything the list shows is in the address, so that it can be sent and the back button works. */
export function useNumbersView(): NumbersView {
  const [params, setParams] = useSearchParams();
  const change = useCallback(
    (next: Readonly<Record<string, string | null>>) => {
      const moving = Object.keys(next).every((k) => k === 'open' || k === 'q');
      setParams(
        (old) => {
          const q = new URLSearchParams(old);
          for (const [k, v] of Object.entries(next)) {
            if (v === null || v === '') q.delete(k);
            else q.set(k, v);
          }
          return q;
        },
        { replace: moving },
      );
    },
    [setParams],
  );
  const replaceAll = useCallback(
    (query: Readonly<Record<string, string>>) => setParams(new URLSearchParams(query)),
    [setParams],
  );
  return useMemo(
    () => ({
      params,
      question: questionOf(params),
      open: params.get('open'),
      conditions: [...params.keys()].filter((k) => k !== 'open' && k !== 'sort' && k !== 'scope').length,
      change,
      replaceAll,
    }),
    [params, change, replaceAll],
  );
}
