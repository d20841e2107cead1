import type { Job } from './jobs.ts';
import type { ServerContext } from './route.ts';
export function importChanged(_context: ServerContext, _job: Job): void {}
