import { createHash } from 'node:crypto';
import { keepModel } from '../../detect/trained/kept.ts';
import type { Model } from '../../detect/trained/model.ts';
import { columnAt, UnusableTable, type Table } from '../../detect/trained/table.ts';
import { trainApart } from '../../detect/trained/train-apart.ts';
import type { FactsStore } from '../../store/facts.ts';
import type { RecordsStore } from '../../store/records.ts';
import { JUDGED, judgedNumbers } from './measured-table.ts';

/** The judged numbers with their measures, and the hash of them. @throws UnusableTable when nobody has judged any */
export async function judgedTable(facts: FactsStore, records: RecordsStore): Promise<Table> {
  const table = await judgedNumbers(facts, records);
  if (table.rows.length === 0) throw new UnusableTable('nobody has judged a number yet.');
  return { ...table, sha256: createHash('sha256').update(JSON.stringify(table.rows)).digest('hex') };
}

/**
 * Trains on everything that people have judged, keeps the model, and puts it to use from the next analysis on.
 *
 * @throws UnusableTable when too few were judged, or of one class only
 */
export async function trainOnJudgements(
  facts: FactsStore,
  records: RecordsStore,
  by: {
    person: string;
    at: number;
    program: string;
    seed?: number;
    onProgress?: (done: number, total: number) => void;
  },
): Promise<{ id: number; model: Model }> {
  const table = await judgedTable(facts, records);
  const { person, at, program, seed = 1, onProgress } = by;
  const model = await trainApart(table, columnAt(table, JUDGED), 0, {
    task: 'numbers',
    label: JUDGED,
    id: 'number',
    program,
    seed,
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  return { id: await keepModel(records, model, person, at), model };
}
