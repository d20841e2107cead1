import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { RecordsStore } from '../../store/records.ts';
import type { Evaluation } from './evaluation.ts';
import type { Model } from './model.ts';

/** A model kept in the records, without its trees. */
export interface KeptModel {
  id: number;
  sha256: string;
  rows: number;
  classes: Record<string, number>;
  features: string[];
  outOfFold: Evaluation;
  program: string;
  person: string;
  at: number;
  inUse: boolean;
}

type Summary = Pick<KeptModel, 'rows' | 'classes' | 'features' | 'outOfFold' | 'program'>;

/** A model file's bytes; the same model, the same bytes. */
export const modelBytes = (model: Model): Buffer => gzipSync(JSON.stringify(model));
export const modelOfBytes = (bytes: Uint8Array): Model => JSON.parse(gunzipSync(bytes).toString('utf8')) as Model;

/** Keeps a model and puts it to use from the next analysis on. Earlier ones stay on record. @returns its number */
export function keepModel(records: RecordsStore, model: Model, person: string, at: number): Promise<number> {
  const bytes = modelBytes(model);
  const summary: Summary = {
    rows: model.data.rows,
    classes: model.data.classes,
    features: model.features.map((f) => f.name),
    outOfFold: model.outOfFold,
    program: model.program,
  };
  return records.transaction(async (tx) => {
    const { rows } = await tx.query<{ model: number | string }>(
      'INSERT INTO models (sha256, summary, file, person, at) VALUES ($1, $2::jsonb, $3, $4, $5) RETURNING model',
      [
        createHash('sha256').update(bytes).digest('hex'),
        JSON.stringify(summary),
        bytes.toString('base64'),
        person,
        new Date(at),
      ],
    );
    const id = Number(rows[0]!.model);
    await choose(tx, id, person, at);
    return id;
  });
}

const choose = (tx: Pick<RecordsStore, 'query'>, id: number | null, person: string, at: number): Promise<unknown> =>
  tx.query(
    `INSERT INTO models_in_use (model, person, at, supersedes)
     VALUES ($1::bigint, $2, $3, (SELECT choice FROM models_in_use ORDER BY choice DESC LIMIT 1))`,
    [id, person, new Date(at)],
  );

/** Puts a kept model to use from the next analysis on; null: none. @returns false when there is no such model */
export async function useModel(records: RecordsStore, id: number | null, person: string, at: number): Promise<boolean> {
  if (id !== null && (await records.query('SELECT 1 FROM models WHERE model = $1', [id])).rows.length === 0)
    return false;
  await records.transaction((tx) => choose(tx, id, person, at));
  return true;
}

const IN_USE = 'SELECT model FROM models_in_use ORDER BY choice DESC LIMIT 1';

/** Every model kept, newest first. */
export async function keptModels(records: RecordsStore): Promise<KeptModel[]> {
  const { rows } = await records.query<{
    id: number | string;
    sha256: string;
    summary: Summary;
    person: string;
    at: Date | string;
    in_use: boolean | null;
  }>(
    `SELECT model AS id, sha256, summary, person, at, model = (${IN_USE}) AS in_use FROM models ORDER BY model DESC LIMIT 100`,
  );
  return rows.map(({ id, at, summary, in_use, ...r }) => ({
    ...summary,
    ...r,
    id: Number(id),
    at: new Date(at).getTime(),
    inUse: in_use === true,
  }));
}

/** The model that analyses use; null: none. */
export async function modelInUse(records: RecordsStore): Promise<{ id: number; sha256: string; model: Model } | null> {
  const { rows } = await records.query<{ id: number | string; sha256: string; file: string }>(
    `SELECT model AS id, sha256, file FROM models WHERE model = (${IN_USE})`,
  );
  const [row] = rows;
  if (row === undefined) return null;
  return { id: Number(row.id), sha256: row.sha256, model: modelOfBytes(Buffer.from(row.file, 'base64')) };
}
