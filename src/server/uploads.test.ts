import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { discard, receive, safeName, uploadOf } from './uploads.ts';

let dir: string;
beforeAll(() => void (dir = mkdtempSync(join(tmpdir(), 'uploads-'))));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const body = (text: string) => new Response(text).body;

describe('an upload', () => {
  it('is kept under its own name until it is discarded', async () => {
    const upload = await receive(dir, {}, 'calls.csv', body('a,b\n'));
    expect(readFileSync(uploadOf(dir, upload.id).path, 'utf8')).toBe('a,b\n');
    discard(dir, upload);
    expect(() => uploadOf(dir, upload.id)).toThrow(/not on the server/);
  });

  it('leaves nothing behind when it is too large', async () => {
    const before = readdirSync(join(dir, 'uploads'));
    await expect(receive(dir, { RINGBREAK_UPLOAD_MB: '0.001' }, 'x.csv', body('x'.repeat(5000)))).rejects.toMatchObject(
      {
        status: 413,
      },
    );
    expect(readdirSync(join(dir, 'uploads'))).toEqual(before);
  });

  it.each(['../../etc/passwd', '..\\..\\x', '/abs/calls.csv', '.hidden', '', 'a\u0000b', '话单.csv'])(
    '%j stays in its folder',
    (name) => {
      const safe = safeName(name);
      expect(safe).not.toMatch(/[/\\\0]|^\./);
      expect(safe.length).toBeGreaterThan(0);
    },
  );

  it('cannot be named from outside', () => {
    expect(() => uploadOf(dir, '../uploads')).toThrow(/not on the server/);
    expect(existsSync(join(dir, 'uploads'))).toBe(true);
  });
});
