// Thread in which PGlite computes: its statements would hold up everything else a serving process does. See pglite-thread.ts.
import { register } from 'tsx/esm/api';

register();
await import('./pglite-worker.ts');
