import type { RecordsStore } from '../../store/records.ts';
import type { SavedView } from '../contract.ts';

interface Row {
  id: number | string;
  page: string;
  name: string;
  query: Record<string, string>;
}

const view = (r: Row): SavedView => ({ id: Number(r.id), page: r.page, name: r.name, query: r.query });

/** Views kept for a page, by name. */
export async function viewsOf(records: RecordsStore, page: string): Promise<SavedView[]> {
  const { rows } = await records.query<Row>(
    'SELECT id, page, name, query FROM saved_views WHERE page = $1 ORDER BY name',
    [page],
  );
  return rows.map(view);
}

/** Keeps a view; one of the same page and name is replaced. */
export async function saveView(records: RecordsStore, input: Omit<SavedView, 'id'>, at: number): Promise<SavedView> {
  const { rows } = await records.query<Row>(
    `INSERT INTO saved_views (page, name, query, at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (page, name) DO UPDATE SET query = EXCLUDED.query, at = EXCLUDED.at RETURNING id, page, name, query`,
    [input.page, input.name, JSON.stringify(input.query), new Date(at)],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('the view was not stored: the insert returned no row; try again');
  return view(row);
}

/** False when there is no such view. */
export async function dropView(records: RecordsStore, id: number): Promise<boolean> {
  if (!Number.isSafeInteger(id)) return false;
  const { rows } = await records.query('DELETE FROM saved_views WHERE id = $1 RETURNING id', [id]);
  return rows.length > 0;
}
