import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { globalJoins, nodeUrl, spread } from './cluster.ts';
import { factsError } from './facts-text.ts';
import { fillTemplates, readMigrations, splitStatements } from './migrate.ts';

describe('statements of the schema on a cluster', () => {
  const made = (statement: string, onCluster = 'ON CLUSTER `main`') => spread(statement, 'main', '`db`', onCluster);

  it('make a fact table twice: the rows on every node, the whole where it is asked', () => {
    const columns = "(started_at DateTime64(3, 'UTC') CODEC(DoubleDelta, LZ4), caller String)";
    const engine = 'MergeTree PARTITION BY toYYYYMM(started_at) ORDER BY (caller, started_at)';
    expect(made(`CREATE TABLE IF NOT EXISTS calls ${columns} ENGINE = ${engine}`)).toEqual({
      everywhere: `CREATE TABLE IF NOT EXISTS \`db\`.calls_local ON CLUSTER \`main\` ${columns} ENGINE = ${engine}`,
      here: `CREATE TABLE IF NOT EXISTS calls ${columns} ENGINE = Distributed('main', currentDatabase(), calls_local, cityHash64(\`caller\`))`,
    });
  });

  it('spread every kind of fact by its first sort key, and nothing else', () => {
    const dir = join(import.meta.dirname, '..', '..', 'schema', 'clickhouse');
    const statements = readMigrations(dir).flatMap((m) => splitStatements(fillTemplates(m.text)));
    const keys = statements.flatMap(
      (s) =>
        /Distributed\(.*, (\w+)_local, (.*)\)$/
          .exec(made(s).here ?? '')
          ?.slice(1)
          .join(' ') ?? [],
    );
    expect(keys).toEqual([
      'calls cityHash64(`caller`)',
      'logins cityHash64(`account`)',
      'cases cityHash64(`case_id`)',
      'payments cityHash64(`from`)',
      'seats cityHash64(`seat`)',
      'reviews cityHash64(`reviewer`)',
      'memberships cityHash64(`group`)',
      'dealings cityHash64(`person`)',
      'texts cityHash64(`text_id`)',
      'registry cityHash64(`number`)',
    ]);
    const stay = statements.filter((s) => made(s).everywhere === null);
    expect(stay.length).toBeGreaterThan(5);
    for (const s of stay) expect(made(s).here).toBe(s);
  });

  it('change columns in both tables, and indexes where the rows are', () => {
    expect(made('ALTER TABLE calls  ADD COLUMN IF NOT EXISTS x String')).toEqual({
      everywhere: 'ALTER TABLE `db`.calls_local ON CLUSTER `main` ADD COLUMN IF NOT EXISTS x String',
      here: 'ALTER TABLE calls  ADD COLUMN IF NOT EXISTS x String',
    });
    expect(made('ALTER TABLE calls ADD INDEX IF NOT EXISTS i callee TYPE bloom_filter', '').here).toBeNull();
    expect(made('ALTER TABLE files ADD COLUMN x String').everywhere).toBeNull();
  });
});

describe('joins on a cluster', () => {
  it('are all GLOBAL, once, and arrays are left alone', () => {
    expect(
      globalJoins(
        'a INNER JOIN b LEFT ANY JOIN (SELECT 1)\n  left_join GLOBAL LEFT JOIN c ARRAY JOIN d LEFT ARRAY JOIN e CROSS JOIN f',
      ),
    ).toBe(
      'a GLOBAL INNER JOIN b GLOBAL LEFT ANY JOIN (SELECT 1)\n  left_join GLOBAL LEFT JOIN c ARRAY JOIN d LEFT ARRAY JOIN e GLOBAL CROSS JOIN f',
    );
  });
});

describe('addresses of nodes', () => {
  it('take what they lack from the node asked', () => {
    const asked = 'http://me:secret@a:8124/db';
    expect(nodeUrl('b', asked)).toBe('http://me:secret@b:8124/');
    expect(nodeUrl('b:9000', asked)).toBe('http://me:secret@b:9000/');
    expect(nodeUrl('https://you:word@c', asked)).toBe('https://you:word@c/');
  });
});

describe('a server that is away', () => {
  const node = (words: string, asked = 'asked:8123'): string => factsError(new Error(words), 'SELECT 1', asked).node;

  it('is named by the address that did not answer', () => {
    const refused =
      'Code: 210. DB::NetException: Connection refused (127.0.0.1:42999, local address: 127.0.0.1:52968). (NETWORK_ERROR)';
    expect(
      node(
        `All connection tries failed. Log: \n\n${refused}\n${refused}\n\n: While executing Remote. (ALL_CONNECTION_TRIES_FAILED)`,
      ),
    ).toBe('127.0.0.1:42999');
    expect(node('connect ECONNREFUSED 10.0.0.7:8123')).toBe('10.0.0.7:8123');
    expect(node('socket hang up')).toBe('asked:8123');
    expect(factsError(new Error('socket hang up'), 'SELECT 1', 'asked:8123').message).toMatch(
      /^The ClickHouse server at asked:8123 does not answer\. Start it again, .*then run the same command again.*\nsocket hang up/,
    );
  });

  it('is not what is wrong with a file or a statement', () => {
    expect(node('Attempt to read after eof (ATTEMPT_TO_READ_AFTER_EOF)')).toBe('');
    expect(node('Unknown table (UNKNOWN_TABLE)')).toBe('');
    expect(node('Connection refused (1.2.3.4:5)', '')).toBe('');
  });
});
