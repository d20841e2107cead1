import { describe, expect, it } from 'vitest';
import { Jobs } from './jobs.ts';

describe('jobs', () => {
  it('run one at a time, in order, and a failed one does not stop the next', async () => {
    let now = 0;
    const jobs = new Jobs(() => ++now);
    const seen: string[] = [];
    jobs.onChange = (job) => seen.push(`${String(job.view)} ${job.state}`);
    jobs.add('import', 'a', () => Promise.reject(new Error('no')));
    const { job, ended } = jobs.add('analysis', 'b', () => Promise.resolve());
    await ended;
    expect(seen).toEqual(['a running', 'a failed', 'b running', 'b done']);
    expect(job.startedAt).toBeLessThan(job.endedAt ?? 0);
    expect(jobs.busy('analysis')).toBe(false);
  });

  it('drop a waiting one that is cancelled, and tell a running one', async () => {
    const jobs = new Jobs(() => 0);
    const running = jobs.add(
      'import',
      null,
      (job) => new Promise((_, fail) => job.signal.addEventListener('abort', () => fail(new Error('stopped')))),
    );
    const waiting = jobs.add('import', null, () => Promise.reject(new Error('must not run')));
    expect(jobs.cancel(waiting.job.id)).toBe(true);
    await Promise.resolve();
    expect(jobs.cancel(running.job.id)).toBe(true);
    await waiting.ended;
    expect([running.job.state, waiting.job.state]).toEqual(['cancelled', 'cancelled']);
    expect(jobs.cancel('unknown')).toBe(false);
  });
});
