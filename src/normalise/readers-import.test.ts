import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ZipFile } from 'yazl';
import { FACT_KIND_NAMES, FACT_KINDS } from '../model/fact-kinds.ts';
import { balances } from '../model/import-balance.ts';
import { GOLDEN, type Golden } from '../sources/golden.ts';
import { importPaths, type ImportReport } from './import-files.ts';
import { listImports } from './ledger.ts';
import { loadProfiles } from './profile.ts';
import { rawRow } from './raw-row.ts';
import { emptyFacts, emptyTables, IN_CHINA } from './testing.ts';

let store: Awaited<ReturnType<typeof emptyFacts>>;
let dir: string;
let originals: string;
beforeAll(async () => {
  store = await emptyFacts();
  dir = mkdtempSync(join(tmpdir(), 'ringbreak-readers-import-'));
  originals = join(dir, 'originals');
});
afterAll(async () => {
  await store.close();
  rmSync(dir, { recursive: true, force: true });
});
beforeEach(() =>
  emptyTables(store.facts, [...FACT_KIND_NAMES.map((k) => FACT_KINDS[k].table), 'files', 'quarantine', 'numbers']),
);

const place = (bytes: Buffer, name: string): string => {
  const path = join(dir, name);
  writeFileSync(path, bytes);
  return path;
};
const importing = (path: string): Promise<ImportReport> =>
  importPaths(store.facts, [path], { ...IN_CHINA, originals, by: '王警官', authority: '沪公立字1号' });

/** The text of every fact's row, as it can be shown. */
async function rawTexts(): Promise<string[]> {
  const texts: string[] = [];
  for (const entry of await listImports(store.facts)) {
    if (entry.state !== 'done') continue;
    const rows = await store.facts.query<{ row: number }>(
      `SELECT row FROM ${FACT_KINDS[entry.kind].table} WHERE file_sha256 = '${entry.sha256}' ORDER BY row`,
    );
    for (const { row } of rows) {
      const found = await rawRow(store.facts, entry, row, { originals, profiles: loadProfiles() });
      expect(found).toHaveProperty('text');
      texts.push('text' in found ? found.text : '');
    }
  }
  return texts;
}

describe.each(GOLDEN.map((g): [string, Golden] => [`${g.reader}: ${g.name}`, g]))('%s', (_, golden) => {
  it('is imported with a balance, and every fact shows the text it was read from, who brought it and why', async () => {
    const report = await importing(place(golden.bytes, golden.name));
    expect(report.failed).toEqual([]);
    expect(report.facts).toBeGreaterThan(0);
    for (const file of report.files) expect(balances(file), file.path).toBe(true);
    const texts = await rawTexts();
    expect(texts).toHaveLength(report.facts);
    expect(texts).not.toContain('');
    for (const entry of await listImports(store.facts)) {
      expect(entry).toMatchObject({ by: '王警官', authority: '沪公立字1号' });
    }
    // Once more: every row is known.
    const again = await importing(place(golden.bytes, golden.name));
    expect([again.facts, again.duplicates]).toEqual([0, report.rows]);
  });
});

describe('files of our own readers', () => {
  it('whatever bytes come in: rows = facts + duplicates + quarantined, or a refusal; nothing else comes out', async () => {
    const damaged = fc.record({
      golden: fc.constantFrom(...GOLDEN),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      cut: fc.nat(60),
      put: fc.uint8Array({ maxLength: 12 }),
    });
    await fc.assert(
      fc.asyncProperty(damaged, async ({ golden, at, cut, put }) => {
        const from = Math.floor(at * golden.bytes.length);
        const bytes = Buffer.concat([
          golden.bytes.subarray(0, from),
          Buffer.from(put),
          golden.bytes.subarray(from + cut),
        ]);
        const report = await importing(place(bytes, golden.name));
        for (const file of report.files) expect(balances(file)).toBe(true);
        for (const { message } of report.failed) expect(message.zh !== '' && message.en !== '').toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  it('in an archive, and in an archive within it: each by its own name, damaged and encrypted members with their reason', async () => {
    const zip = async (members: Readonly<Record<string, Buffer>>): Promise<Buffer> => {
      const file = new ZipFile();
      for (const [name, bytes] of Object.entries(members)) file.addBuffer(bytes, name);
      file.end();
      const pieces: Buffer[] = [];
      for await (const piece of file.outputStream) pieces.push(piece as Buffer);
      return Buffer.concat(pieces);
    };
    const [queue, , json] = GOLDEN;
    const inner = await zip({ '内层/a.cdr.json': json!.bytes });
    const innermost = await zip({ 'deeper.zip': await zip({ 'x.csv': Buffer.from('a,b\n1,2\n') }) });
    const path = place(
      await zip({
        queue_log: queue!.bytes,
        'inner.zip': inner,
        'more.zip': innermost,
        'photo.png': Buffer.from('\x89PNG....', 'latin1'),
      }),
      '检材.zip',
    );
    const report = await importing(path);
    expect(report.files.map((f) => f.path.slice(dir.length + 1)).sort()).toEqual([
      '检材.zip!/inner.zip!/内层/a.cdr.json',
      '检材.zip!/queue_log#calls',
      '检材.zip!/queue_log#logins',
    ]);
    expect(report.failed.map((f) => [f.path.slice(dir.length + 1), f.code])).toEqual([
      ['检材.zip!/more.zip!/deeper.zip', 'archive'],
      ['检材.zip!/photo.png', 'binary'],
    ]);
    expect(await rawTexts()).toHaveLength(report.facts);
    // The same bytes outside of the archive are known.
    const alone = await importing(place(queue!.bytes, 'queue_log'));
    expect([alone.facts, alone.duplicates]).toEqual([0, 3]);
  });

  it('an archive that would fill the disk is left alone', async () => {
    const file = new ZipFile();
    file.addBuffer(Buffer.alloc(2_000_000), 'zeros.csv');
    file.end();
    const pieces: Buffer[] = [];
    for await (const piece of file.outputStream) pieces.push(piece as Buffer);
    const path = place(Buffer.concat(pieces), 'bomb.zip');
    const limits = { members: 10, bytes: 1e9, ratio: 100, unsuspicious: 100_000 };
    const report = await importPaths(store.facts, [path], { ...IN_CHINA, archive: limits });
    expect(report.failed).toMatchObject([
      { code: 'archive', message: { en: expect.stringContaining('suspicious size') as string } },
    ]);
  });
});
