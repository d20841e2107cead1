import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { modelBytes, modelOfBytes } from '../detect/trained/kept.ts';
import type { Model } from '../detect/trained/model.ts';
import { columnAt, idColumn, readTable, UnusableTable, type Table } from '../detect/trained/table.ts';
import type { Home } from '../model/home.ts';
import { PERSON_FEATURES, personFeatures } from '../rings/person-features.ts';
import { rankFromMessages, type Ranking } from '../rings/rank.ts';
import { CliError, wrongUsage } from './errors.ts';

// What train, evaluate and predict share: tables in, models in and out.

export type Task = 'numbers' | 'roles';

export function taskOf(name: string): Task {
  if (name === 'numbers' || name === 'roles') return name;
  throw wrongUsage(
    { zh: `不能训练「${name}」。`, en: `"${name}" cannot be trained.` },
    { zh: '用 numbers（号码）或 roles（角色）。', en: 'Use numbers or roles.' },
  );
}

/** Runs work on tables; what is wrong with a table is told as wrong usage. */
export async function withTables<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (e) {
    if (e instanceof UnusableTable) throw wrongUsage({ zh: `数据不能用：${e.message}`, en: e.message });
    if (e instanceof Error && (e as NodeJS.ErrnoException).code === 'ENOENT') {
      throw wrongUsage({ zh: `找不到文件：${e.message}`, en: `No such file: ${e.message}` });
    }
    throw e;
  }
}

export function writeModel(path: string, model: Model): void {
  writeFileSync(path, modelBytes(model), { mode: 0o600 });
}

export function readModel(path: string, task: Task): Model {
  if (!existsSync(path)) throw wrongUsage({ zh: `没有模型文件 ${path}。`, en: `There is no model file ${path}.` });
  let model: Model;
  try {
    model = modelOfBytes(readFileSync(path));
  } catch (cause) {
    throw new CliError({ zh: `${path} 不是模型文件。`, en: `${path} is not a model file.` }, { cause });
  }
  if (model.format !== 'ringbreak-model' || model.version !== 1) {
    throw new CliError({ zh: `${path} 是另一版本的模型。`, en: `${path} is a model of another version.` });
  }
  if (model.task !== task) {
    throw wrongUsage({ zh: `${path} 是 ${model.task} 的模型。`, en: `${path} is a model of ${model.task}.` });
  }
  return model;
}

const SENDERS = ['from', 'sender', 'source', 'caller', '主叫', '发件人'];
const RECIPIENTS = ['to', 'recipient', 'target', 'destination', 'callee', '被叫', '收件人'];
const TIMES = ['at', 'time', 'timestamp', 'date', 'eventdate', 'started_at', 'sent_at', '时间'];

/** A table of who wrote to, or called, whom and when. */
export interface Traffic {
  names: string[];
  ranking: Ranking;
  /** One row a person: id, then the traits of its traffic. */
  people: Table;
}

export const isTraffic = (table: Table): boolean =>
  [SENDERS, RECIPIENTS].every((names) => table.header.some((h) => names.includes(h.trim().toLowerCase())));

/** @throws UnusableTable when a time cannot be read, or the columns are not there */
export function trafficOf(table: Table, home: Home): Traffic {
  const lower = table.header.map((h) => h.trim().toLowerCase());
  const place = (names: readonly string[], what: string): number => {
    const at =
      names.map((n) => lower.indexOf(n)).find((i) => i >= 0) ??
      lower.findIndex((h) => names.some((n) => h.includes(n)));
    if (at < 0) throw new UnusableTable(`No column for the ${what}; there are: ${table.header.join(', ')}.`);
    return at;
  };
  const [a, b, t] = [place(SENDERS, 'sender'), place(RECIPIENTS, 'recipient'), place(TIMES, 'time')];
  const names = [...new Set(table.rows.flatMap((r) => [r[a]!, r[b]!]))].filter((x) => x !== '').sort();
  const index = new Map(names.map((x, i) => [x, i]));
  const rows = table.rows.filter((r) => r[a] !== '' && r[b] !== '');
  const at = Float64Array.from(rows, (r, i) => {
    const ms = instantOf(r[t]!);
    if (Number.isNaN(ms)) throw new UnusableTable(`Row ${i + 1}: "${r[t]}" is no time.`);
    return ms;
  });
  const messages = {
    from: Uint32Array.from(rows, (r) => index.get(r[a]!)!),
    to: Uint32Array.from(rows, (r) => index.get(r[b]!)!),
    at,
  };
  const ranking = rankFromMessages(messages, names.length, home.zone);
  const columns = personFeatures(messages, names.length, ranking);
  const people: Table = {
    header: ['id', ...PERSON_FEATURES],
    rows: names.map((name, i) => [name, ...columns.map((c) => (Number.isNaN(c[i]!) ? '' : String(c[i])))]),
    sha256: table.sha256,
  };
  return { names, ranking, people };
}

/** Epoch seconds or milliseconds, or a date and time; without an offset they are taken as UTC: only differences and order count. */
function instantOf(text: string): number {
  if (/^\d{9,10}(\.\d+)?$/.test(text)) return Number(text) * 1000;
  if (/^\d{12,13}$/.test(text)) return Number(text);
  const iso = text.replace(' ', 'T');
  return Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(iso) ? iso : `${iso}Z`);
}

/** People's traits with a column of another table put beside them (their label), by id. */
export function joinLabel(people: Table, labels: Table, label: string, id: string | undefined): Table {
  const [labelAt, idAt] = [columnAt(labels, label), idColumn(labels, id) ?? 0];
  const of = new Map(labels.rows.map((r) => [r[idAt]!, r[labelAt]!]));
  return {
    header: [...people.header, label],
    rows: people.rows.map((r) => [...r, of.get(r[0]!) ?? '']),
    sha256: labels.sha256 + people.sha256,
  };
}

export { readTable };
