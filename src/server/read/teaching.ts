import { keptModels } from '../../detect/trained/kept.ts';
import { ENOUGH_JUDGED, lessons, type Teachable } from '../../detect/trained/teach.ts';
import type { Home } from '../../model/home.ts';
import type { FactsStore } from '../../store/facts.ts';
import type { RecordsStore } from '../../store/records.ts';
import { sql, type Sql } from '../../store/sql.ts';
import type { TeachingPage } from '../contract.ts';
import { verdicts } from './judgements.ts';
import { numberIndex } from './number-index.ts';
import { rowsOf } from './number-rows.ts';

/** Numbers offered at once. */
const OFFERED = 20;
/** Numbers looked at: the most doubtful, the surest, and the heaviest lawful ones. */
const [DOUBTFUL, SURE, LAWFUL] = [1500, 500, 500];

/** The numbers whose judgement would teach most, how many were judged, and the models that came of it. */
export async function teachingPage(facts: FactsStore, records: RecordsStore, home: Home): Promise<TeachingPage> {
  const said = await verdicts(records, 'number');
  const judged = [...said].filter(([, v]) => v === 'ring' || v === 'lawful');
  const counts = {
    ring: judged.filter(([, v]) => v === 'ring').length,
    lawful: judged.filter(([, v]) => v === 'lawful').length,
  };
  const models = await keptModels(records);
  if ((await numberIndex(facts)) === null) return { lessons: [], judged: counts, enough: ENOUGH_JUDGED, models };
  // Also those judged unsure: asking again would teach nothing.
  const open = sql`number NOT IN ${[...said.keys(), '']}`;
  const [doubtful, sure, lawful, known] = await Promise.all([
    teachable(facts, sql`WHERE ${open} AND notEmpty(detectors) ORDER BY abs(score - 0.5), number LIMIT ${DOUBTFUL}`),
    teachable(facts, sql`WHERE ${open} ORDER BY score DESC, number LIMIT ${SURE}`),
    teachable(facts, sql`WHERE ${open} AND lawful != '' ORDER BY people DESC, number LIMIT ${LAWFUL}`),
    teachable(facts, sql`WHERE number IN ${judged.map(([n]) => n)}`),
  ]);
  const candidates = [...new Map([...doubtful, ...sure, ...lawful].map((c) => [c.number, c])).values()];
  const chosen = lessons(
    candidates,
    known.map((of) => ({ of, ring: said.get(of.number) === 'ring' })),
    OFFERED,
  );
  const rows = await rowsOf(
    facts,
    home,
    said,
    chosen.map((c) => c.number),
  );
  const why = new Map(chosen.map((c) => [c.number, c.why]));
  return {
    lessons: rows.map((row) => ({ row, why: why.get(row.number)! })),
    judged: counts,
    enough: ENOUGH_JUDGED,
    models,
  };
}

async function teachable(facts: FactsStore, tail: Sql): Promise<Teachable[]> {
  const rows = await facts.query<Omit<Teachable, 'lawful'> & { lawful: string }>(
    sql`SELECT number, score, detectors, ring, lawful, people FROM number_index ${tail}`,
  );
  return rows.map((r) => ({ ...r, lawful: r.lawful !== '' }));
}
