import { MEASURED } from '../features/steps.ts';
import { sql, type Sql } from '../store/sql.ts';

/** How many of ten people that a number calls the records of a chosen few show, at most: taken low, so that little is read into little. */
const TENTH = 0.1;

/** Said after a count of people where it is of a few people's bills. */
export const ofBills = (shown: number): { zh: string; en: string } =>
  shown === 1 ? { zh: '', en: '' } : { zh: '（仅在少数人的话单中所见）', en: ' (in the bills of a few alone)' };

/**
 * The share of the people that `number` (of a row of table `measures`) calls which the records can show: 1 of a carrier's records, and of those whose own telephone bill is there; a tenth of the others where the
 * records are the bills of a few (the victims of a year's cases). Thresholds of people called count what was seen divided by it: a number that three strangers among a hundred victims were called from has called many more.
 */
export const SHOWN: Sql = sql`if((SELECT any(chosen) FROM ${MEASURED.scope}) = 1 AND number NOT IN (SELECT number FROM ${MEASURED.billed}), ${TENTH}, 1)`;
