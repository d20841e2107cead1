import type { FactKindName } from '../model/fact-kinds.ts';
import type { Calendar } from './calendar.ts';
import type { CallLog } from './call-log.ts';
import type { Country } from './country.ts';
import type { Ledger } from './ledger.ts';
import type { ForeignNumbers } from './numbers.ts';
import type { Streams } from './random.ts';
import type { Truth } from './truth.ts';
import type { Organisations } from './life/organisations.ts';

/** Kinds small enough to be kept until the end and sorted by time. */
export type LedgerName = Exclude<FactKindName, 'calls' | 'dealings'>;

/** What every part of the world shares while it is being made. */
export interface World {
  country: Country;
  calendar: Calendar;
  streams: Streams;
  /** Size of the background country; 1 is about 200,000 people. */
  scale: number;
  log: CallLog;
  ledgers: Readonly<Record<LedgerName, Ledger>>;
  truth: Truth;
  foreign: ForeignNumbers;
  organisations: Organisations;
}

/** A part of the world that makes calls, day after day, and files what is left over at the end. */
export interface Part {
  day(day: number): void;
  end?(): void;
}

/** `perScale` things at scale 1, but never fewer than `least`. */
export const howMany = (world: { scale: number }, perScale: number, least = 1): number =>
  Math.max(least, Math.round(perScale * world.scale));
