import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImportsPage, Status } from '../../src/server/contract.ts';
import { GOLDEN } from '../../src/sources/golden.ts';
import { startProgram, type Program } from './program.ts';

describe('serve --hep', () => {
  let program: Program;
  beforeAll(async () => {
    program = await startProgram('serve', '--hep', '--udp', '0', '--tcp', '0', '--every', '1', '--authority', '2026-7');
  }, 60_000);
  afterAll(() => program.stop());

  const ask = async <T>(path: string): Promise<T> => (await fetch(`${program.url}${path}`)).json() as Promise<T>;

  it('takes signalling in beside the pages, as an import that they show', async () => {
    await expect.poll(() => program.said(), { timeout: 60_000 }).toMatch(/tcp 127\.0\.0\.1:\d+/);
    const port = Number(/tcp 127\.0\.0\.1:(\d+)/.exec(program.said())![1]);
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.end(GOLDEN.find((g) => g.reader === 'hep3')!.bytes);
    await once(socket, 'close');
    await expect
      .poll(async () => (await ask<ImportsPage>('/api/imports')).jobs[0]?.state, { timeout: 60_000 })
      .toBe('done');
    const { jobs } = await ask<ImportsPage>('/api/imports');
    expect(jobs[0]!.files.map((f) => [f.kind, f.facts, f.quarantined])).toEqual([['calls', 2, 0]]);
    expect((await ask<Status>('/api/status')).facts['calls']).toBe(2);
  });
});
