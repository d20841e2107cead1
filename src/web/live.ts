import type { QueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import type { ImportJob, LiveMessage, Status } from '../server/contract.ts';

/** What arrives over the socket: the program's state, and word of what changed. One store for the whole page. */
export interface Live {
  connected: boolean;
  /** False until the first answer, so that a page that is merely loading does not claim the server is gone. */
  tried: boolean;
  status: Status | null;
  jobs: Readonly<Record<string, ImportJob>>;
}

let live: Live = { connected: false, tried: false, status: null, jobs: {} };
const listeners = new Set<() => void>();

const set = (next: Partial<Live>): void => {
  live = { ...live, ...next };
  for (const tell of listeners) tell();
};

const subscribe = (tell: () => void): (() => void) => {
  listeners.add(tell);
  return () => listeners.delete(tell);
};

export const useLive = (): Live => useSyncExternalStore(subscribe, () => live);
export const useStatus = (): Status | null => useSyncExternalStore(subscribe, () => live.status);

const TOUCHED: Readonly<Record<'imports' | 'analysis' | 'judgements', readonly string[]>> = {
  imports: ['imports', 'quarantine', 'overview'],
  analysis: [
    'overview',
    'numbers',
    'number',
    'contacts',
    'calls',
    'rings',
    'ring',
    'runs',
    'run',
    'search',
    'thresholds',
    'threshold-preview',
  ],
  judgements: ['overview', 'numbers', 'number', 'rings', 'ring'],
};

function receive(message: LiveMessage, queries: QueryClient): void {
  if (message.type === 'status') return set({ status: message.status });
  if (message.type === 'import') return set({ jobs: { ...live.jobs, [message.import.id]: message.import } });
  if (message.type === 'changed') {
    for (const key of TOUCHED[message.what]) void queries.invalidateQueries({ queryKey: [key] });
    return;
  }
  const status = live.status;
  if (!status) return;
  // A tick names the step of the checklist it belongs to, or a finer step within the running one.
  const named = status.steps.some((s) => s.id === message.step);
  const steps = status.steps.map((s) =>
    (named ? s.id === message.step : s.state === 'running') ? { ...s, progress: message.progress } : s,
  );
  set({ status: { ...status, steps } });
}

/** Opens the socket and keeps it open: 0.5 s after the first loss, then twice as long each time, at most 8 s. */
export function startLive(queries: QueryClient): void {
  let wait = 500;
  const ask = async (): Promise<void> => {
    try {
      const answer = await fetch('/api/status');
      if (answer.ok) set({ status: (await answer.json()) as Status, tried: true });
    } catch {
      set({ tried: true });
    }
  };
  const open = (): void => {
    const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/live`);
    socket.onopen = () => {
      const again = live.tried && !live.connected;
      wait = 500;
      set({ connected: true });
      void ask();
      if (again) void queries.invalidateQueries();
    };
    socket.onmessage = (event: MessageEvent<string>) => {
      try {
        receive(JSON.parse(event.data) as LiveMessage, queries);
      } catch {
        // A message this page is too old to read must not end the stream.
      }
    };
    socket.onclose = () => {
      set({ connected: false, tried: true });
      setTimeout(open, wait);
      wait = Math.min(wait * 2, 8000);
    };
  };
  void ask();
  open();
}
