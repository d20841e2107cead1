import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GOLDEN, type Golden } from './golden.ts';
import { UnreadableFile } from './inspect.ts';
import { READERS, readersOf } from './readers.ts';
import { recordsOf, rowsOf, sourceFile } from './testing.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'ringbreak-readers-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const OPTIONS = { maxLine: 4000 };
const place = (bytes: Buffer, name: string) => {
  const path = join(dir, name);
  writeFileSync(path, bytes);
  return sourceFile(path);
};

describe.each(GOLDEN.map((g): [string, Golden] => [`${g.reader}: ${g.name}`, g]))('%s', (_, golden) => {
  it('is known for what it is, with a reason in both languages', () => {
    const [best] = readersOf(place(golden.bytes, golden.name));
    expect(best?.reader.id).toBe(golden.reader);
    expect(best?.recognition.why.zh).not.toBe('');
    expect(best?.recognition.why.en).not.toBe('');
  });

  it('says what its program wrote, every time it is asked', async () => {
    const file = place(golden.bytes, golden.name);
    const reader = READERS.find((r) => r.id === golden.reader)!;
    const tables = await reader.tables(file, OPTIONS);
    for (const [member, records] of Object.entries(golden.says)) {
      const table = tables.find((t) => t.member === member);
      expect(table, member).toBeDefined();
      const read = await recordsOf(table!);
      expect(read).toHaveLength(records.length);
      expect(read).toMatchObject(records);
      expect(await recordsOf(table!)).toEqual(read);
      for (const row of await rowsOf(table!)) expect(row.raw ?? '', 'the text of the row').not.toBe('');
    }
  });

  it('keeps its rows as wide as its header, ends and throws nothing, however its bytes are damaged', async () => {
    const damage = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      cut: fc.nat(40),
      put: fc.uint8Array({ maxLength: 20 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 4 }), async (damages) => {
        let bytes = golden.bytes;
        for (const { at, cut, put } of damages) {
          const from = Math.floor(at * bytes.length);
          bytes = Buffer.concat([bytes.subarray(0, from), Buffer.from(put), bytes.subarray(from + cut)]);
        }
        await readsToTheEnd(bytes, golden.name, golden.reader);
      }),
      { numRuns: 40 },
    );
  });
});

/** Reads all tables, whoever would have been asked; only a file that is none of the reader's may be refused, in the agreed way. */
async function readsToTheEnd(bytes: Buffer, name: string, id: string): Promise<void> {
  if (bytes.length === 0) return;
  const file = place(bytes, name);
  for (const reader of READERS) reader.recognise(file);
  const reader = READERS.find((r) => r.id === id)!;
  try {
    for (const table of await reader.tables(file, OPTIONS)) {
      for (const row of await rowsOf(table)) {
        if (row.broken === undefined) expect(row.cells).toHaveLength(table.header.length);
      }
    }
  } catch (e) {
    expect(e).toBeInstanceOf(UnreadableFile);
  }
}

describe('every reader', () => {
  it('ends on bytes that are none of its own', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 400 }),
        fc.constantFrom(...READERS.map((r) => r.id)),
        (bytes, id) => readsToTheEnd(Buffer.from(bytes), 'anything', id),
      ),
      { numRuns: 300 },
    );
  });

  it('has a golden file, a title in both languages and a source', () => {
    for (const reader of READERS) {
      expect(reader.title.zh !== '' && reader.title.en !== '' && reader.source !== '').toBe(true);
      if (reader.id !== 'spreadsheet') expect(GOLDEN.map((g) => g.reader)).toContain(reader.id);
    }
  });
});
