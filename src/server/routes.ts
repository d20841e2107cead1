import type { Route } from './route.ts';
import { catalogue } from './routes/catalogue.ts';
import { imports } from './routes/imports.ts';
import { judgements } from './routes/judgements.ts';
import { number } from './routes/number.ts';
import { numbers } from './routes/numbers.ts';
import { overview } from './routes/overview.ts';
import { profiles } from './routes/profiles.ts';
import { quarantine } from './routes/quarantine.ts';
import { records } from './routes/records.ts';
import { rings } from './routes/rings.ts';
import { runs } from './routes/runs.ts';
import { search } from './routes/search.ts';
import { status } from './routes/status.ts';
import { teaching } from './routes/teaching.ts';
import { thresholds } from './routes/thresholds.ts';
import { views } from './routes/views.ts';

/** Every route of the API; one file a page's question. */
export const ROUTES: readonly Route[] = [
  ...status,
  ...overview,
  ...search,
  ...numbers,
  ...number,
  ...records,
  ...rings,
  ...imports,
  ...profiles,
  ...quarantine,
  ...runs,
  ...judgements,
  ...teaching,
  ...thresholds,
  ...views,
  ...catalogue,
];
