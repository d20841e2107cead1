import type { z } from 'zod';
import type { App } from '../app.ts';
import type { Board } from './board.ts';
import type { Jobs } from './jobs.ts';
import type { Live } from './live.ts';

/** What somebody may do here. Every route names the one it needs; a test fails on a route that names none. */
export const DUTIES = ['read', 'judge', 'import', 'analyse'] as const;
export type Duty = (typeof DUTIES)[number];

export interface Person {
  name: string;
  duties: ReadonlySet<Duty>;
}

/** What handlers work with: one a process. */
export interface ServerContext {
  app: App;
  board: Board;
  live: Live;
  jobs: Jobs;
  /** Who is asking. One person per process until people are told apart by sign-in. */
  person: Person;
  /** One line to the operator; never personal data, never a statement. */
  log: (line: string) => void;
}

export interface Asked<Q, B> {
  context: ServerContext;
  params: Readonly<Record<string, string>>;
  query: Q;
  body: B;
  request: Request;
}

type Method = 'GET' | 'POST' | 'DELETE';

/** One row of the routes table. A handler returns data (sent as JSON) or a Response of its own. */
export interface Route {
  method: Method;
  path: string;
  permission: Duty;
  query: z.ZodType | null;
  body: z.ZodType | null;
  handle(asked: Asked<never, never>): Promise<unknown> | unknown;
}

/** Declares a route: query and body are parsed before the handler sees them, so the handler trusts their types. */
export function route<Q extends z.ZodType = z.ZodType<unknown>, B extends z.ZodType = z.ZodType<unknown>>(spec: {
  method: Method;
  path: string;
  permission: Duty;
  query?: Q;
  body?: B;
  handle(asked: Asked<z.infer<Q>, z.infer<B>>): Promise<unknown> | unknown;
}): Route {
  return { ...spec, query: spec.query ?? null, body: spec.body ?? null } as Route;
}
