import { MEASURED } from '../features/steps.ts';
import { sql, type Sql } from '../store/sql.ts';

/** How many of ten people that a number calls the records of a chosen few show, at most: taken low, so that little is read into little. */
const TENTH = 0.1;

/**
 * The share of the people a number calls that the records can show: 1 of a carrier's records, a tenth where they are the telephone bills of a few (the victims of a year's
 * cases). Thresholds of people called count what was seen divided by it: a number that three strangers among a hundred victims were called from has called many more.
 */
export const SHOWN: Sql = sql`(SELECT if(any(chosen) = 1, ${TENTH}, 1) FROM ${MEASURED.scope})`;
