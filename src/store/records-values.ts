import { RecordsError } from './records.ts';

/** Both drivers are told to read these alike; their own defaults differ. By type id: int8, numeric, date. */
export const PARSERS: Readonly<Record<number, (text: string) => unknown>> = {
  20: (text) => {
    const value = Number(text);
    return Number.isSafeInteger(value) ? value : BigInt(text);
  },
  1700: (text) => text,
  1082: (text) => text,
};

export const bound = (params: readonly unknown[]): unknown[] => params.map((v) => (v === undefined ? null : v));

/** The engine's words as a RecordsError. The values of the row in question are part of Postgres's detail and stay in it. */
export function recordsError(cause: unknown, text: string): RecordsError {
  if (cause instanceof RecordsError) return cause;
  const e = (cause ?? {}) as { message?: string; detail?: string; code?: string; constraint?: string };
  const words = [e.message ?? String(cause), e.detail].filter((s) => s !== undefined && s !== '').join(': ');
  return new RecordsError(`${words}\nin the statement: ${text}`, text, {
    cause,
    code: typeof e.code === 'string' ? e.code : '',
    constraint: e.constraint ?? '',
  });
}
