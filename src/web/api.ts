import { QueryClient, useQuery, type UseQueryResult } from '@tanstack/react-query';
import type {
  ApiError,
  CallRow,
  Catalogue,
  ContactRow,
  ImportJob,
  ImportPreview,
  ImportsPage,
  Judgement,
  JudgementInput,
  NumberDetail,
  NumbersPage,
  Overview,
  Page,
  QuarantineRow,
  ProfileEntry,
  ProfileInput,
  RecordOrigin,
  RetryResult,
  RingComparison,
  RingDetail,
  ListedRing,
  RingEvidence,
  RingLeaks,
  RingNetwork,
  RingSuccession,
  RingTimeline,
  RunDetail,
  RunSummary,
  SavedView,
  SearchResult,
  TeachingPage,
  ThresholdPreview,
  ThresholdsPage,
} from '../server/contract.ts';

/** What the server refused, in its own words: what happened and what to do. */
export class Refused extends Error {
  readonly status: number;
  readonly body: ApiError['error'];
  constructor(status: number, body: ApiError['error']) {
    super(body.message.en);
    this.status = status;
    this.body = body;
  }
}

const UNREACHABLE: ApiError['error'] = {
  code: 'unreachable',
  message: { zh: '连接不到断流程序。', en: 'The Ringbreak program does not answer.' },
  action: {
    zh: '请确认程序仍在运行（终端中的 ringbreak serve 或 npm start）；恢复后本页会自动重新连接。',
    en: 'Check that it is still running (ringbreak serve or npm start in its terminal); this page reconnects by itself.',
  },
};

async function call<T>(path: string, init?: RequestInit): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(path, init);
  } catch {
    throw new Refused(0, UNREACHABLE);
  }
  if (answer.status === 204) return undefined as T;
  const body: unknown = await answer.json().catch(() => null);
  if (answer.ok) return body as T;
  const error = (body as Partial<ApiError> | null)?.error;
  throw new Refused(
    answer.status,
    error ?? {
      code: String(answer.status),
      message: { zh: `请求失败（${answer.status})。`, en: `The request failed (${answer.status}).` },
      action: {
        zh: '请重试；若仍失败，请查看程序终端的日志。',
        en: 'Try again; if it fails again, look at the log in the terminal.',
      },
    },
  );
}

const post = <T>(path: string, body: unknown): Promise<T> =>
  call<T>(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

/** How a person said a file is to be read. */
export interface Reading {
  as?: string;
  profile?: string;
  own?: string;
  authority?: string;
}

/** `a=1&b=2` without empty values, in a fixed order, so that equal questions share one cached answer. */
export function queryOf(values: Readonly<Partial<Record<string, string | number | null>>>): string {
  const q = new URLSearchParams();
  for (const key of Object.keys(values).sort()) {
    const v = values[key];
    if (v !== null && v !== undefined && v !== '') q.set(key, String(v));
  }
  const text = q.toString();
  return text === '' ? '' : `?${text}`;
}

const seg = encodeURIComponent;

export const api = {
  overview: (range: { from?: number; to?: number }) => call<Overview>(`/api/overview${queryOf(range)}`),
  numbers: (q: Record<string, string | number>) => call<NumbersPage>(`/api/numbers${queryOf(q)}`),
  number: (n: string) => call<NumberDetail>(`/api/numbers/${seg(n)}`),
  contacts: (n: string, q: Record<string, string | number>) =>
    call<Page<ContactRow>>(`/api/numbers/${seg(n)}/contacts${queryOf(q)}`),
  calls: (n: string, q: Record<string, string | number | undefined>) =>
    call<Page<CallRow>>(`/api/numbers/${seg(n)}/calls${queryOf(q)}`),
  record: (id: string) => call<RecordOrigin>(`/api/records/${seg(id)}`),
  rings: () => call<Page<ListedRing>>('/api/rings'),
  ring: (id: string) => call<RingDetail>(`/api/rings/${seg(id)}`),
  compareRings: (a: string, b: string) => call<RingComparison>(`/api/rings/${seg(a)}/compare/${seg(b)}`),
  ringPart: <T>(id: string, part: string) => call<T>(`/api/rings/${seg(id)}/${part}`),
  imports: () => call<ImportsPage>('/api/imports'),
  preview: (file: File, how: Reading) =>
    call<ImportPreview>(`/api/imports/preview${queryOf({ name: file.name, ...how })}`, { method: 'POST', body: file }),
  store: (upload: string, how: Reading) =>
    call<ImportJob>(`/api/imports${queryOf({ upload, ...how })}`, { method: 'POST' }),
  cancelImport: (id: string) => call<ImportJob>(`/api/imports/${seg(id)}`, { method: 'DELETE' }),
  profiles: () => call<ProfileEntry[]>('/api/profiles'),
  saveProfile: (input: ProfileInput) => post<ProfileEntry>('/api/profiles', input),
  quarantine: (q: Record<string, string | number>) => call<Page<QuarantineRow>>(`/api/quarantine${queryOf(q)}`),
  retry: (id: string, values: Record<string, string>) => post<RetryResult>(`/api/quarantine/${seg(id)}`, { values }),
  runs: () => call<Page<RunSummary>>('/api/runs'),
  run: (id: string) => call<RunDetail>(`/api/runs/${seg(id)}`),
  analyse: () => post<RunSummary>('/api/analyse', {}),
  search: (q: string, signal?: AbortSignal) =>
    call<SearchResult>(`/api/search${queryOf({ q })}`, signal ? { signal } : undefined),
  catalogue: () => call<Catalogue>('/api/catalogue'),
  thresholds: () => call<ThresholdsPage>('/api/thresholds'),
  setThreshold: (id: string, value: number | null) => post<void>('/api/thresholds', { id, value }),
  previewThreshold: (id: string, value: number) => post<ThresholdPreview>('/api/thresholds/preview', { id, value }),
  teaching: () => call<TeachingPage>('/api/teaching'),
  trainModel: () => post<{ id: number }>('/api/models', {}),
  useModel: (id: number | null) => post<{ id: number | null }>('/api/models/use', { id }),
  judge: (input: JudgementInput) => post<Judgement>('/api/judgements', input),
  views: (page: string) => call<SavedView[]>(`/api/views${queryOf({ page })}`),
  saveView: (page: string, name: string, query: Record<string, string>) =>
    post<SavedView>('/api/views', { page, name, query }),
  dropView: (id: number) => call<void>(`/api/views/${id}`, { method: 'DELETE' }),
};

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      // A refusal will be refused again; only a lost connection is worth a second try.
      retry: (times, error) => !(error instanceof Refused && error.status >= 400) && times < 2,
    },
  },
});

export const useOverview = (range: { from?: number; to?: number }): UseQueryResult<Overview> =>
  useQuery({ queryKey: ['overview', range], queryFn: () => api.overview(range), placeholderData: (old) => old });
export const useNumber = (n: string): UseQueryResult<NumberDetail> =>
  useQuery({ queryKey: ['number', n], queryFn: () => api.number(n) });
export const useRings = (): UseQueryResult<Page<ListedRing>> => useQuery({ queryKey: ['rings'], queryFn: api.rings });
export const useRing = (id: string): UseQueryResult<RingDetail> =>
  useQuery({ queryKey: ['ring', id], queryFn: () => api.ring(id) });
/** Parts of a ring's page, by the last word of their address. */
interface RingParts {
  network: RingNetwork;
  timeline: RingTimeline;
  evidence: RingEvidence;
  leaks: RingLeaks;
  succession: RingSuccession;
}
export const useRingPart = <K extends keyof RingParts>(
  id: string,
  part: K,
  enabled = true,
): UseQueryResult<RingParts[K]> =>
  useQuery({ queryKey: ['ring', id, part], queryFn: () => api.ringPart<RingParts[K]>(id, part), enabled });
export const useCatalogue = (): UseQueryResult<Catalogue> =>
  useQuery({ queryKey: ['catalogue'], queryFn: api.catalogue, staleTime: Infinity });
