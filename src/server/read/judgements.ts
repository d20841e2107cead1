import type { RecordsStore } from '../../store/records.ts';
import type { Judgement, JudgementInput, Verdict } from '../contract.ts';

interface Row {
  id: number | string;
  verdict: Verdict;
  note: string;
  person: string;
  at: Date | string;
}

const judgement = (r: Row): Judgement => ({
  id: Number(r.id),
  verdict: r.verdict,
  note: r.note,
  person: r.person,
  at: new Date(r.at).getTime(),
});

/** Everything ever said about one subject, newest first; the first one counts. */
export async function judgementsOf(
  records: RecordsStore,
  kind: JudgementInput['subjectKind'],
  subject: string,
): Promise<Judgement[]> {
  const { rows } = await records.query<Row>(
    'SELECT id, verdict, note, person, at FROM judgements WHERE subject_kind = $1 AND subject = $2 ORDER BY id DESC',
    [kind, subject],
  );
  return rows.map(judgement);
}

/** The verdict that counts now, of every subject of a kind. */
export async function verdicts(
  records: RecordsStore,
  kind: JudgementInput['subjectKind'],
): Promise<Map<string, Verdict>> {
  const { rows } = await records.query<{ subject: string; verdict: Verdict }>(
    'SELECT DISTINCT ON (subject) subject, verdict FROM judgements WHERE subject_kind = $1 ORDER BY subject, id DESC',
    [kind],
  );
  return new Map(rows.map((r) => [r.subject, r.verdict]));
}

/** Appends a judgement; it supersedes the one that counted until now, which stays on record. */
export function judge(records: RecordsStore, input: JudgementInput, person: string, at: number): Promise<Judgement> {
  return records.transaction(async (tx) => {
    const { rows } = await tx.query<Row>(
      `INSERT INTO judgements (subject_kind, subject, verdict, note, person, at, supersedes)
       VALUES ($1, $2, $3, $4, $5, $6,
         (SELECT id FROM judgements WHERE subject_kind = $1 AND subject = $2 ORDER BY id DESC LIMIT 1))
       RETURNING id, verdict, note, person, at`,
      [input.subjectKind, input.subject, input.verdict, input.note, person, new Date(at)],
    );
    const [row] = rows;
    if (row === undefined) throw new Error('the judgement was not stored: the insert returned no row; try again');
    return judgement(row);
  });
}
