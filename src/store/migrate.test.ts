import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { fillTemplates, readMigrations, splitStatements } from './migrate.ts';

const dir = mkdtempSync(join(tmpdir(), 'ringbreak-migrations-'));
afterEach(() => readdirSync(dir).forEach((name) => rmSync(join(dir, name))));

afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('migration files', () => {
  it('are cut at their semicolons, not at those inside texts and comments', () => {
    expect(
      splitStatements(
        "-- a; b\nCREATE TABLE a (x text DEFAULT ';');\n/* c; */ INSERT INTO a VALUES ('it''s; \\'', \"q;\", `b;`);\n;DO $do$ BEGIN; END $do$",
      ),
    ).toEqual([
      "CREATE TABLE a (x text DEFAULT ';')",
      "INSERT INTO a VALUES ('it''s; \\'', \"q;\", `b;`)",
      'DO $do$ BEGIN; END $do$',
    ]);
    expect(splitStatements('-- nothing\n')).toEqual([]);
  });

  it('fill their templates for one node or a cluster', () => {
    const text =
      'CREATE TABLE t {{on_cluster}} (v UInt8) ENGINE = {{engine}}; {{engine_replacing}} {{engine_replacing:v}}';
    expect(fillTemplates(text)).toBe(
      'CREATE TABLE t  (v UInt8) ENGINE = MergeTree; ReplacingMergeTree() ReplacingMergeTree(v)',
    );
    const cluster = {
      engine: 'ReplicatedMergeTree',
      replacing: (version: string) => `ReplicatedReplacingMergeTree(${version})`,
      onCluster: 'ON CLUSTER main',
    };
    expect(fillTemplates(text, cluster)).toBe(
      'CREATE TABLE t ON CLUSTER main (v UInt8) ENGINE = ReplicatedMergeTree; ReplicatedReplacingMergeTree() ReplicatedReplacingMergeTree(v)',
    );
    expect(() => fillTemplates('{{enigne}}')).toThrow('{{enigne}} is not a template');
  });

  it('are numbered without gaps, and hashed alike on every system', () => {
    writeFileSync(join(dir, '0001_a.sql'), 'SELECT 1;\nSELECT 2;\n');
    const [unix] = readMigrations(dir);
    writeFileSync(join(dir, '0001_a.sql'), 'SELECT 1;\r\nSELECT 2;\r\n');
    expect(readMigrations(dir)[0]?.sha256).toBe(unix?.sha256);
    writeFileSync(join(dir, '0003_b.sql'), '');
    expect(() => readMigrations(dir)).toThrow(/0003_b\.sql: expected number 2/);
    writeFileSync(join(dir, 'notes.sql'), '');
    expect(() => readMigrations(dir)).toThrow(/notes\.sql: a migration is named/);
  });
});
