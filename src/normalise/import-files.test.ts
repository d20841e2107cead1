import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { balances } from '../model/import-balance.ts';
import type { FactsStore } from '../store/facts.ts';
import { FactsError } from '../store/facts.ts';
import { importPaths, listImports, previewFile, type ImportOptions, type ImportReport } from './import-files.ts';
import { exportQuarantine, listQuarantine, retryFile, retryRows } from './quarantine.ts';
import { ImportRefusal } from './refusal.ts';
import { emptyFacts, emptyTables, IN_CHINA } from './testing.ts';

let facts: FactsStore;
let close: () => Promise<void>;
let dir: string;

beforeAll(async () => {
  ({ facts, close } = await emptyFacts());
  dir = mkdtempSync(join(tmpdir(), 'ringbreak-import-test-'));
});
afterAll(async () => {
  await close();
  rmSync(dir, { recursive: true, force: true });
});
beforeEach(() => emptyTables(facts));

const HEADER = 'started_at,caller,callee,duration_s';
const CALL = '2023-04-05T06:07:08.123+08:00,13800001234,+8615900001111,12.5';
/** A call per second, all different. */
const calls = (n: number, from = 0): string[] =>
  Array.from(
    { length: n },
    (_, i) => `${1_680_646_000_000 + (from + i) * 1000},138${String(10_000_000 + i)},95588,${i}`,
  );

const write = (name: string, content: string | Buffer): string => {
  const path = join(dir, name);
  writeFileSync(path, content);
  return path;
};
const importing = (path: string | string[], options: Partial<ImportOptions> = {}): Promise<ImportReport> =>
  importPaths(facts, [path].flat(), { ...IN_CHINA, ...options });
const stored = <T = Record<string, unknown>>(columns: string): Promise<T[]> =>
  facts.query<T>(`SELECT ${columns} FROM (SELECT * FROM calls ORDER BY row)`);
const tally = ({ rows, facts: f, duplicates, quarantined }: ImportReport): number[] => [
  rows,
  f,
  duplicates,
  quarantined,
];

describe('importing calls', () => {
  it('normalises numbers and times, keeps unknown columns and the origin of every row', async () => {
    const path = write(
      'calls.csv',
      `${HEADER},answered,note\n${CALL},,"a\nb"\n2023/4/5 6:07:09,sip:X@Y.com,400-812-3123,0,是,\n`,
    );
    const report = await importing(path);
    expect(tally(report)).toEqual([2, 2, 0, 0]);
    const rows = await stored(
      'toString(started_at) AS at, caller, caller_country, callee, duration_ms, answered, toString(kind) AS kind, extra, file_sha256 AS sha, row',
    );
    const sha = report.files[0]?.sha256;
    expect(rows).toEqual([
      {
        at: '2023-04-04 22:07:08.123',
        caller: '+8613800001234',
        caller_country: 'CN',
        callee: '+8615900001111',
        duration_ms: 12500,
        answered: 1,
        kind: 'voice',
        extra: '{"note":"a\\nb"}',
        sha,
        row: 1,
      },
      {
        at: '2023-04-04 22:07:09.000',
        caller: 'sip:X@y.com',
        caller_country: '',
        callee: '4008123123',
        duration_ms: 0,
        answered: 1,
        kind: 'voice',
        extra: '',
        sha,
        row: 2,
      },
    ]);
    const numbers = await facts.query(
      'SELECT id, toString(kind) AS kind, toString(carrier) AS carrier FROM numbers FINAL ORDER BY id',
    );
    expect(numbers).toEqual([
      { id: '+8613800001234', kind: 'e164', carrier: '移动' },
      { id: '+8615900001111', kind: 'e164', carrier: '移动' },
      { id: '4008123123', kind: 'service', carrier: '' },
      { id: 'sip:X@y.com', kind: 'sip', carrier: '' },
    ]);
  });

  it('finds the same record again, in another spelling and another file', async () => {
    expect(
      tally(
        await importing(write('a.csv', `${HEADER}\n${CALL}\n1680646028123,008613800001234,0159 0000 1111,12.500\n`)),
      ),
    ).toEqual([2, 1, 1, 0]);
    expect(
      tally(
        await importing(
          write(
            'b.csv',
            `callee;duration_s;caller;started_at\n15900001111;12.5;13800001234;2023-04-04T22:07:08.123Z\n95588;1;110;1680646028123\n`,
          ),
        ),
      ),
    ).toEqual([2, 1, 1, 0]);
    expect(await stored('row, caller')).toEqual([
      { row: 1, caller: '+8613800001234' },
      { row: 2, caller: '110' },
    ]);
  });

  it('counts every row of the same file as a duplicate the second time', async () => {
    const path = write('calls.csv', [HEADER, ...calls(50), 'x,y,z,0', ''].join('\n'));
    expect(tally(await importing(path))).toEqual([51, 50, 0, 1]);
    const again = await importing(path);
    expect(tally(again)).toEqual([51, 0, 51, 0]);
    expect(await stored('count() AS n')).toEqual([{ n: 50 }]);
    expect((await listImports(facts)).map((e) => [e.state, e.facts, e.duplicates])).toEqual([
      ['done', 0, 51],
      ['done', 50, 0],
    ]);
  });

  it('quarantines what cannot be a fact, with column, reason and the row as it was', async () => {
    const bad = [
      ['0000-01-01T00:00:00Z,13800001234,95588,1', 'started_at', 'year_out_of_range'],
      ['9999-01-01T00:00:00Z,13800001234,95588,1', 'started_at', 'year_out_of_range'],
      ['2023-04-05 06:07:08,1.38E+10,95588,1', 'caller', 'spreadsheet_damaged'],
      ['2023-04-05 06:07:08,13800001234,,1', 'callee', 'empty'],
      ['2023-04-05 06:07:08,13800001234,95588,-3', 'duration_s', 'negative'],
      ['2023-04-05 06:07:08,13800001234,95588,99999999', 'duration_s', 'out_of_range'],
      ['2023-04-05 06:07:08,13800001234,95588', '', 'wrong_number_of_cells'],
      ['2023-04-05 06:07:08,"138"00001234,95588,1', '', 'broken_quotes'],
    ] as const;
    const path = write('bad.csv', [HEADER, ...calls(3), ...bad.map(([row]) => row), ...calls(2, 10), ''].join('\n'));
    expect(tally(await importing(path))).toEqual([13, 5, 0, 8]);
    const found = await listQuarantine(facts);
    expect(found.map((q) => [q.row, q.column, q.reason])).toEqual(
      bad.map(([, column, reason], i) => [i + 4, column, reason]),
    );
    expect(found[2]?.raw).toEqual({
      started_at: '2023-04-05 06:07:08',
      caller: '1.38E+10',
      callee: '95588',
      duration_s: '1',
    });
    expect(found[6]?.raw).toEqual({ '': bad[6][0] });
    expect(await stored('row')).toEqual([1, 2, 3, 12, 13].map((row) => ({ row })));
  });

  it('reads gzip, NDJSON and Parquet as it reads CSV', async () => {
    const cells = calls(20);
    const csv = [HEADER, ...cells, ''].join('\n');
    expect(tally(await importing(write('calls.csv.gz', gzipSync(csv))))).toEqual([20, 20, 0, 0]);
    const objects = cells.map((c) => {
      const [started_at, caller, callee, duration_s] = c.split(',');
      return JSON.stringify({
        caller,
        callee,
        duration_s: Number(duration_s),
        started_at: Number(started_at),
        shop: { id: 7 },
      });
    });
    const json = write('calls.ndjson', [...objects, 'not json', '', '{"caller": "110"}', ''].join('\n'));
    expect(tally(await importing(json))).toEqual([22, 0, 20, 2]);
    expect((await listQuarantine(facts)).map((q) => [q.row, q.column, q.reason])).toEqual([
      [21, '', 'not_a_json_object'],
      [23, 'started_at', 'empty'],
    ]);
    const parquet = join(dir, 'calls.parquet');
    await facts.command(
      `INSERT INTO FUNCTION file('${parquet}', 'Parquet') SELECT started_at, caller, callee, duration_ms / 1000 AS duration_s, 'x' AS more FROM calls ORDER BY row`,
    );
    expect(tally(await importing(parquet))).toEqual([20, 0, 20, 0]);
  });

  it('previews exactly what importing then does', async () => {
    await importing(write('first.csv', [HEADER, ...calls(5), ''].join('\n')));
    const path = write('second.csv', [HEADER, ...calls(9), ...calls(2), 'x,y,z,1', ''].join('\n'));
    const preview = (await previewFile(facts, path, IN_CHINA))[0]!;
    expect(preview.problems).toEqual([{ row: 12, column: 'started_at', reason: 'not_a_time', value: 'x' }]);
    expect(preview.sample[0]).toMatchObject({ caller: '+8613810000000', row: '1' });
    expect(await stored('count() AS n')).toEqual([{ n: 5 }]);
    expect(tally(await importing(path))).toEqual(Object.values(preview.balance));
  });
});

describe('files that are refused', () => {
  const refusal = async (path: string, options: Partial<ImportOptions> = {}): Promise<string> => {
    const report = await importing(path, options);
    expect(tally(report)).toEqual([0, 0, 0, 0]);
    expect(await stored('count() AS n')).toEqual([{ n: 0 }]);
    expect(await facts.query("SELECT name FROM system.tables WHERE name LIKE 'stage%'")).toEqual([]);
    expect((await listImports(facts))[0]?.state).toBe('failed');
    expect(report.failed).toHaveLength(1);
    return `${report.failed[0]?.code}: ${report.failed[0]?.message.en}`;
  };

  it('binary files, with what they look like', async () => {
    expect(await refusal(write('calls.csv', Buffer.from('PK\x03\x04......', 'latin1')))).toMatch(
      /^archive: .*damaged or cut short/,
    );
    expect(await refusal(write('calls2.csv', Buffer.from([1, 2, 0, 3, 0xff, 0])))).toMatch(/^binary: .*not text/);
  });

  it('gzip that ends too early: all of it, however much could be read', async () => {
    const whole = gzipSync([HEADER, ...calls(5000), ''].join('\n'));
    expect(await refusal(write('calls.csv.gz', whole.subarray(0, whole.length - 100)))).toMatch(
      /^truncated: .*ends after \d+ bytes/,
    );
  });

  it('a missing column, naming it, what was found and the profile that would help', async () => {
    expect(await refusal(write('calls.csv', 'started_at,caller,callee\n1,2,3\n'))).toMatch(
      /^missing_column: .*duration_s.*started_at, caller, callee/,
    );
    expect(
      await refusal(write('x.csv', 'source,destination,measure,timestamp\n1,2,3,2022-08-01 01:53:13\n'), {
        profile: 'asterisk-cdr-table',
      }),
    ).toMatch(/--profile callmine would fit/);
  });

  it('content nobody can name', async () => {
    expect(await refusal(write('stuff.csv', 'alpha,beta\n1,2\n'))).toMatch(/^unknown_kind: .*alpha, beta.*--as/);
  });

  it('empty files and unknown encodings', async () => {
    expect(await refusal(write('calls.csv', ''))).toMatch(/^empty/);
    expect(
      await refusal(
        write('calls3.csv', Buffer.concat([Buffer.from(`${HEADER}\n`), Buffer.from([0x31, 0xff, 0xfe, 0x2c, 0x0a])])),
      ),
    ).toMatch(/^encoding: .*iconv/);
  });

  it('does not stop the other files', async () => {
    const report = await importing([write('calls.csv', ''), write('ok.csv', [HEADER, ...calls(3), ''].join('\n'))]);
    expect([report.facts, report.failed.length]).toEqual([3, 1]);
  });

  it('a path that does not exist, and a folder that may not be read', async () => {
    await expect(importing(join(dir, 'nowhere'))).rejects.toMatchObject({ code: 'not_found' });
    const closed = join(dir, 'closed');
    mkdirSync(closed);
    chmodSync(closed, 0o000);
    // Root may read anything: be somebody else for a moment.
    const root = process.geteuid?.() === 0;
    chmodSync(dir, 0o755);
    if (root) process.seteuid?.(65534);
    try {
      await expect(importing(closed)).rejects.toMatchObject({ code: 'unreadable' });
    } finally {
      if (root) process.seteuid?.(0);
      chmodSync(closed, 0o755);
    }
  });

  it('options that make no sense', async () => {
    const path = write('ok.csv', [HEADER, ...calls(1), ''].join('\n'));
    await expect(importing(path, { profile: 'nobody' })).rejects.toThrow(/no profile called nobody.*callmine/);
    const broken = write('broken.yaml', 'name: x\nkind: calls\ncolumns: { colour: red }\n');
    await expect(importing(path, { profile: broken })).rejects.toThrow(
      /broken.yaml is not usable: columns.colour: calls has no column colour/,
    );
  });
});

describe('files in other shapes', () => {
  it('a header without rows is an import of nothing', async () => {
    expect(tally(await importing(write('calls.csv', `${HEADER}\n`)))).toEqual([0, 0, 0, 0]);
  });

  it('another delimiter is read, and said', async () => {
    const report = await importing(write('calls.csv', `${HEADER}\n${CALL}\n`.replaceAll(',', ';')));
    expect(tally(report)).toEqual([1, 1, 0, 0]);
    expect(report.notes[0]?.en).toMatch(/read with ";"/);
  });

  it('GB18030 is read where all of it can be decoded, and said', async () => {
    // 上海 in GB18030.
    const path = write(
      'calls.csv',
      Buffer.concat([Buffer.from(`${HEADER},city\n${CALL},`), Buffer.from([0xc9, 0xcf, 0xba, 0xa3, 0x0a])]),
    );
    const report = await importing(path);
    expect(report.notes[0]?.en).toMatch(/GB18030/);
    expect(await stored('toString(city) AS city')).toEqual([{ city: '上海' }]);
  });

  it('UTF-16 and a byte order mark are read', async () => {
    expect(tally(await importing(write('calls.csv', Buffer.from(`\ufeff${HEADER}\n${CALL}\n`, 'utf16le'))))).toEqual([
      1, 1, 0, 0,
    ]);
    expect(tally(await importing(write('calls8.csv', `\ufeff${HEADER}\n${CALL.replace('12.5', '13')}\n`)))).toEqual([
      1, 1, 0, 0,
    ]);
  });

  it('a line beyond the limit is quarantined by its beginning, the others are read', async () => {
    const path = write(
      'calls.csv',
      [HEADER, ...calls(3), `${CALL}${'9'.repeat(50_000)}`, ...calls(3, 9), ''].join('\n'),
    );
    expect(tally(await importing(path, { maxLine: 20_000 }))).toEqual([7, 6, 0, 1]);
    const [row] = await listQuarantine(facts);
    expect([row?.row, row?.reason, row?.value.length]).toEqual([4, 'line_too_long', 1000]);
  });

  it('a folder is taken by the names of its files; others are listed, truth/ is not entered', async () => {
    const folder = join(dir, 'world');
    mkdirSync(join(folder, 'truth'), { recursive: true });
    writeFileSync(join(folder, 'calls.csv'), [HEADER, ...calls(2), ''].join('\n'));
    writeFileSync(join(folder, 'registry.csv'), 'number,organisation\n95588,工商银行\n');
    writeFileSync(join(folder, 'notes.docx'), 'x');
    writeFileSync(join(folder, 'truth', 'calls.csv'), 'x');
    const report = await importing(folder);
    expect(report.files.map((f) => [f.kind, f.facts])).toEqual([
      ['calls', 2],
      ['registry', 1],
    ]);
    expect(report.skipped).toEqual([join(folder, 'notes.docx')]);
  });

  it('profiles: CallMine nodes stay in two id spaces, its label stays in extra', async () => {
    await importing(write('mine.csv', 'source,destination,measure,timestamp,label\n56,56,98,2022-08-01 01:53:13,1\n'));
    expect(await stored('caller, callee, duration_ms, extra, toString(started_at) AS at')).toEqual([
      { caller: 's56', callee: 'd56', duration_ms: 98_000, extra: '{"label":"1"}', at: '2022-08-01 01:53:13.000' },
    ]);
  });

  it('lists of numbers are canonical one by one', async () => {
    await importing(
      write(
        'cases.csv',
        'case_id,reported_at,victim,loss,suspect_numbers\nA1,2023-04-05,13800001234,"1,234.50","0085261234567;95588;15900001111"\n',
      ),
    );
    const rows = await facts.query(
      'SELECT suspect_numbers, toString(loss) AS loss, toString(reported_at) AS at FROM cases',
    );
    expect(rows).toEqual([
      { suspect_numbers: ['+85261234567', '95588', '+8615900001111'], loss: '1234.5', at: '2023-04-04 16:00:00.000' },
    ]);
    await facts.command('TRUNCATE TABLE cases');
  });
});

describe('correcting quarantined rows', () => {
  it('exports them, takes corrected ones in with a link to their origin, and leaves the rest open', async () => {
    await importing(
      write(
        'calls.csv',
        [HEADER, ...calls(2), '2023-04-05 06:07:08,1.38E+10,95588,1', '2023-04-05 06:07:09,110,95588,-1', ''].join(
          '\n',
        ),
      ),
    );
    let csv = '';
    for await (const piece of exportQuarantine(facts)) csv += piece;
    const corrected = write('corrected.csv', csv.replaceAll(',"1.38E+10","95588"', ',"13800001234","95588"'));
    const report = await retryFile(facts, corrected, IN_CHINA);
    expect([report.corrected, report.facts, report.quarantined]).toEqual([1, 1, 1]);
    const origin = `${(await listQuarantine(facts))[0]?.file.slice(0, 12)}:3`;
    expect(await facts.query("SELECT caller, extra FROM calls WHERE extra != ''")).toEqual([
      { caller: '+8613800001234', extra: JSON.stringify({ quarantine_id: origin }) },
    ]);
    expect((await listQuarantine(facts)).map((q) => q.row)).toEqual([4]);
    expect((await retryFile(facts, corrected, IN_CHINA)).facts).toBe(0);
    expect((await listQuarantine(facts)).map((q) => q.row)).toEqual([4]);
    const id = (await listQuarantine(facts))[0]?.id ?? '';
    expect((await retryRows(facts, new Map([[id, { duration_s: '1' }]]), IN_CHINA)).corrected).toBe(1);
    expect(await listQuarantine(facts)).toEqual([]);
  });
});

describe('an import that breaks', () => {
  /** A store whose disk is full from the nth statement on: what a kill at that moment leaves behind, for every n. */
  const breaking = (n: number): { store: FactsStore; calls: () => number } => {
    let made = 0;
    const step = (): void => {
      if (++made > n) throw new FactsError('No space left on device', 'statement', { code: 'NOT_ENOUGH_SPACE' });
    };
    const store: FactsStore = {
      engine: 'chdb',
      command: (...a) => (step(), facts.command(...a)),
      query: (...a) => facts.query(...a),
      stream: (...a) => facts.stream(...a),
      columns: (...a) => facts.columns(...a),
      insert: (...a) => (step(), facts.insert(...a)),
      load: (...a) => (step(), facts.load(...a)),
      queryFile: (...a) => facts.queryFile(...a),
      close: () => Promise.resolve(),
    };
    return { store, calls: () => made };
  };

  // As many imports as an import has statements.
  const everyStatement = { timeout: 240_000 };
  it('at any statement, is completed by the next run without a lost or doubled row', everyStatement, async () => {
    const path = write('calls.csv', [HEADER, ...calls(30), ...calls(3), 'x,y,z,0', ''].join('\n'));
    const old = write('old.csv', [HEADER, ...calls(7), ''].join('\n'));
    for (let n = 0; ; n += 2) {
      await emptyTables(facts);
      await importing(old);
      const { store, calls: made } = breaking(n);
      // Statements that are refused before anything is read break the import itself; later ones refuse the file.
      const report = await importPaths(store, [path], IN_CHINA).catch((e: unknown) => e);
      if (made() <= n) {
        expect(tally(report as ImportReport)).toEqual([34, 23, 10, 1]);
        break;
      }
      if (!(report instanceof Error)) expect((report as ImportReport).failed[0]?.code).toBe('disk_full');
      const again = await importing(path);
      const state = {
        n,
        rows: tally(again),
        stored: await stored('count() AS n'),
        open: (await listQuarantine(facts)).length,
      };
      // Killed after its last entry in the ledger, the import was done: all rows are duplicates then.
      const finished = again.duplicates === 34;
      expect(state).toEqual({ n, rows: finished ? [34, 0, 34, 0] : [34, 23, 10, 1], stored: [{ n: 30 }], open: 1 });
      expect(await facts.query("SELECT name FROM system.tables WHERE name LIKE 'stage%'")).toEqual([]);
    }
  });
});

describe('any bytes', () => {
  it('end in a balance or in a clear refusal', async () => {
    const cell = fc.oneof(
      fc.constantFrom('13800001234', '2023-04-05 06:07:08', '1', '', '"', '"a\nb"', '\\N', 'NULL', '1e5', '上海'),
      fc.string(),
    );
    const lines = fc.array(
      fc.array(cell, { minLength: 1, maxLength: 6 }).map((c) => c.join(',')),
      { maxLength: 12 },
    );
    const text = lines.map((l) => Buffer.from([HEADER, CALL, ...l].join('\n')));
    const bytes = fc.oneof(
      text,
      text,
      fc.uint8Array({ maxLength: 200 }).map((b) => Buffer.concat([Buffer.from(`${HEADER}\n`), b])),
      fc.uint8Array({ maxLength: 300 }).map((b) => Buffer.from(b)),
    );
    let n = 0;
    await fc.assert(
      fc.asyncProperty(bytes, async (content) => {
        const path = write(`any${n++}.csv`, content);
        try {
          const report = await importing(path, { as: 'calls' });
          expect(balances(report)).toBe(true);
          expect(report.files.length + report.failed.length).toBe(1);
        } catch (e) {
          expect(e).toBeInstanceOf(ImportRefusal);
        }
      }),
      { numRuns: 30 },
    );
    expect(
      readdirSync(tmpdir()).filter((f) => f.startsWith('ringbreak-import-') && !existsSync(join(tmpdir(), f))),
    ).toEqual([]);
  });
});
