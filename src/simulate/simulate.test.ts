import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FACT_KIND_NAMES, FACT_KINDS } from '../model/fact-kinds.ts';
import { ROLES } from '../model/role.ts';
import { simulate } from './index.ts';
import { TRUTH_COLUMNS } from './truth.ts';

type Row = Record<string, string>;

const root = mkdtempSync(join(tmpdir(), 'simulate-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let worlds = 0;
const world = async (preset: string, seed: number, scale = 0.04, days = 28): Promise<string> => {
  const out = join(root, `w${worlds++}`);
  await simulate({ preset, seed, scale, out, options: { days } });
  return out;
};

/** Reads the simulator's own CSV: quotes appear only around texts. */
const table = (path: string): Row[] => {
  const cells: string[][] = [[]];
  let cell = '';
  let quoted = false;
  const text = readFileSync(path, 'utf8');
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (quoted) {
      if (c === '"' && text[i + 1] === '"') cell += text[i++];
      else if (c === '"') quoted = false;
      else cell += c;
    } else if (c === '"') quoted = true;
    else if (c === ',' || c === '\n') {
      cells.at(-1)!.push(cell);
      cell = '';
      if (c === '\n') cells.push([]);
    } else cell += c;
  }
  const [header = [], ...rows] = cells.filter((r) => r.length > 0);
  return rows.map((r) => Object.fromEntries(header.map((name, i) => [name, r[i] ?? ''])));
};

const digest = (dir: string): string => {
  const hash = createHash('sha256');
  for (const name of (readdirSync(dir, { recursive: true }) as string[]).sort()) {
    if (name.endsWith('.csv')) hash.update(name).update(readFileSync(join(dir, name)));
  }
  return hash.digest('hex');
};

describe('a simulated world', () => {
  let dir: string;
  let calls: Row[];
  let numbers: Row[];
  beforeAll(async () => {
    dir = await world('pudong', 3);
    calls = table(join(dir, 'calls.csv'));
    numbers = table(join(dir, 'truth', 'numbers.csv'));
  });

  it('is the same bytes for the same seed and other bytes for another', async () => {
    const same = await world('pudong', 3);
    const other = await world('pudong', 4);
    expect(digest(same)).toBe(digest(dir));
    expect(digest(other)).not.toBe(digest(dir));
  });

  it('writes every canonical kind with exactly its columns, and the truth with its own', () => {
    for (const kind of FACT_KIND_NAMES) {
      const header = readFileSync(join(dir, `${kind}.csv`), 'utf8').split('\n', 1)[0];
      expect(header).toBe(FACT_KINDS[kind].columns.map((c) => c.name).join(','));
    }
    for (const [name, columns] of Object.entries(TRUTH_COLUMNS)) {
      expect(readFileSync(join(dir, 'truth', `${name}.csv`), 'utf8').split('\n', 1)[0]).toBe(columns.join(','));
    }
  });

  it('keeps the truth out of the records: no ring ids, no role names', () => {
    for (const kind of FACT_KIND_NAMES) {
      const text = readFileSync(join(dir, `${kind}.csv`), 'utf8').slice(1);
      expect(text).not.toMatch(/ring-\d/);
      if (kind !== 'memberships') for (const role of ROLES) expect(text).not.toContain(`,${role},`);
    }
  });

  it('fills required cells and keeps to the allowed values', () => {
    const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+08:00$/;
    const wrong: string[] = [];
    for (const kind of FACT_KIND_NAMES) {
      for (const row of table(join(dir, `${kind}.csv`))) {
        for (const column of FACT_KINDS[kind].columns) {
          const cell = row[column.name]!;
          const fits =
            cell === ''
              ? !column.required
              : (column.values?.includes(cell) ?? true) && (column.type !== 'instant' || instant.test(cell));
          if (!fits) wrong.push(`${kind}.${column.name}: '${cell}'`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it('writes calls in time order', () => {
    const times = calls.map((c) => c['started_at']!);
    expect(times).toEqual([...times].sort());
  });

  it('sleeps at night and calls back', () => {
    const members = new Set(numbers.map((n) => n['number']));
    const social = calls.filter(
      (c) => c['caller']!.startsWith('+861') && c['callee']!.startsWith('+861') && !members.has(c['caller']!),
    );
    const night = social.filter((c) => Number(c['started_at']!.slice(11, 13)) < 6).length / social.length;
    expect(night).toBeGreaterThan(0.001);
    expect(night).toBeLessThan(0.06);
    const pairs = new Set(social.map((c) => `${c['caller']}>${c['callee']}`));
    const mutual = [...pairs].filter((p) => pairs.has(p.split('>').reverse().join('>'))).length / pairs.size;
    expect(mutual).toBeGreaterThan(0.15);
    const degree = new Map<string, Set<string>>();
    for (const c of social) degree.set(c['caller']!, (degree.get(c['caller']!) ?? new Set()).add(c['callee']!));
    const sizes = [...degree.values()].map((s) => s.size).sort((a, b) => a - b);
    const median = sizes[sizes.length >> 1]!;
    expect(sizes.at(-1)!).toBeGreaterThan(median * 6); // heavy tail
  });

  it('shows foreign numbers for the ring, which answer some, rotate, and are not called back', () => {
    const shown = new Set(numbers.filter((n) => n['ring'] !== '' && n['from'] !== '').map((n) => n['number']!));
    const ring = calls.filter((c) => shown.has(c['caller']!));
    expect(ring.length).toBeGreaterThan(2000);
    expect([...shown].some((n) => n.startsWith('+86'))).toBe(false);
    const answered = ring.filter((c) => c['answered'] === '1').length / ring.length;
    expect(answered).toBeGreaterThan(0.34);
    expect(answered).toBeLessThan(0.46);
    expect(calls.filter((c) => shown.has(c['callee']!)).length).toBeLessThan(ring.length * 0.01);
    expect(ring.filter((c) => c['origin_country'] === 'CN').length / ring.length).toBeGreaterThan(0.4);
    expect(ring.filter((c) => c['origin_country'] === 'CN').length / ring.length).toBeLessThan(0.7);
    expect(table(join(dir, 'truth', 'succession.csv')).every((s) => shown.has(s['from']!) && shown.has(s['to']!))).toBe(
      true,
    );
  });

  it('calls the customers of the leaking organisations, and hardly those who came after the leak', () => {
    const shown = new Set(numbers.filter((n) => n['ring'] !== '' && n['from'] !== '').map((n) => n['number']!));
    const reached = new Set(calls.filter((c) => shown.has(c['caller']!)).map((c) => c['callee']!));
    const dealings = table(join(dir, 'dealings.csv'));
    const rate = (rows: Row[]): number =>
      rows.filter((d) => reached.has(d['person']!)).length / Math.max(1, rows.length);
    const leaks = table(join(dir, 'truth', 'leaks.csv'));
    expect(leaks).toHaveLength(2);
    for (const leak of leaks) {
      const of = dealings.filter((d) => d['organisation'] === leak['organisation']);
      const before = rate(of.filter((d) => d['at']! < leak['until']!));
      expect(before).toBeGreaterThan(1.6 * rate(of.filter((d) => d['at']! >= leak['until']!)));
    }
  });

  it('lists innocents of every kind', () => {
    const kinds = new Set(table(join(dir, 'truth', 'lookalikes.csv')).map((l) => l['kind']));
    for (const kind of [
      'courier',
      'clinic',
      'bank',
      'call-centre',
      'school',
      'estate-agent',
      'survey',
      'campaign',
      'trade-firm',
      'roamer',
      'family-abroad',
    ]) {
      expect(kinds, kind).toContain(kind);
    }
  });
});

describe('presets', () => {
  it('no-ring has innocents and no ring', async () => {
    const dir = await world('no-ring', 5);
    for (const name of ['people', 'victims', 'leaks', 'succession', 'wages'])
      expect(table(join(dir, 'truth', `${name}.csv`))).toEqual([]);
    expect(table(join(dir, 'truth', 'numbers.csv')).every((n) => n['ring'] === '')).toBe(true);
    expect(table(join(dir, 'truth', 'lookalikes.csv')).length).toBeGreaterThan(20);
    expect(table(join(dir, 'payments.csv')).some((p) => p['channel'] === 'red_packet')).toBe(true);
  });

  it('sim-box shows domestic numbers from cells that do not move', async () => {
    const dir = await world('sim-box', 5);
    const shown = new Set(
      table(join(dir, 'truth', 'numbers.csv'))
        .filter((n) => n['ring'] !== '' && n['from'] !== '')
        .map((n) => n['number']!),
    );
    expect([...shown].every((n) => n.startsWith('+861'))).toBe(true);
    const cells = new Map<string, Set<string>>();
    for (const c of table(join(dir, 'calls.csv'))) {
      if (shown.has(c['caller']!) && c['cell'] !== '')
        cells.set(c['caller']!, (cells.get(c['caller']!) ?? new Set()).add(c['cell']!));
    }
    expect(Math.max(...[...cells.values()].map((s) => s.size))).toBeLessThanOrEqual(2);
    const people = new Set(table(join(dir, 'truth', 'people.csv')).map((p) => p['person']));
    expect(table(join(dir, 'seats.csv')).some((s) => people.has(s['person']!))).toBe(false);
  });

  it('slow dials few people a day', async () => {
    const dir = await world('slow', 5);
    const shown = new Set(
      table(join(dir, 'truth', 'numbers.csv'))
        .filter((n) => n['ring'] !== '' && n['from'] !== '')
        .map((n) => n['number']!),
    );
    const perDay = new Map<string, number>();
    for (const c of table(join(dir, 'calls.csv'))) {
      if (!shown.has(c['caller']!)) continue;
      const key = `${c['caller']} ${c['started_at']!.slice(0, 10)}`;
      perDay.set(key, (perDay.get(key) ?? 0) + 1);
    }
    expect(Math.max(...perDay.values())).toBeLessThan(30);
  });

  it('shared-list has two rings and one leak sold to both', async () => {
    const dir = await world('shared-list', 5);
    expect(new Set(table(join(dir, 'truth', 'people.csv')).map((p) => p['ring']))).toEqual(
      new Set(['ring-1', 'ring-2']),
    );
    const leaks = table(join(dir, 'truth', 'leaks.csv'));
    expect(leaks.map((l) => l['ring'])).toEqual(['ring-1', 'ring-2']);
    expect(new Set(leaks.map((l) => l['organisation'])).size).toBe(1);
  });

  it('refuses what it cannot make, and says why', async () => {
    const out = join(root, 'never');
    await expect(simulate({ preset: 'atlantis', seed: 1, scale: 1, out })).rejects.toThrow(
      /no preset 'atlantis'.*pudong/,
    );
    await expect(simulate({ preset: 'pudong', seed: 1, scale: 0, out })).rejects.toThrow(/positive/);
    await expect(simulate({ preset: 'pudong', seed: 1.5, scale: 1, out })).rejects.toThrow(/whole number/);
  });
});
