import type { Route } from './route.ts';
import { judgements } from './routes/judgements.ts';
import { rings } from './routes/rings.ts';
import { status } from './routes/status.ts';

/** Every route of the API; one file a page's question. */
export const ROUTES: readonly Route[] = [...status, ...rings, ...judgements];
