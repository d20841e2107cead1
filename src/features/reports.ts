import { sql, type Sql } from '../store/sql.ts';

/** Categories of reports, as police and hotlines file them, in which nobody was defrauded. */
const NUISANCE = '骚扰|推销|催收|噪音|误报|咨询|nuisance|harass|spam|telemarket|debt collect|enquiry|inquiry';

/** Condition on a row of `cases`: it was filed as one of these. */
export const FILED_AS_NUISANCE: Sql = sql`match(lower(category), ${NUISANCE})`;

/**
 * Reports of people who were defrauded, or nearly: whoever complains of a debt collector or asks for advice is no victim, and a collector of whom a thousand complain meets none by that. A complaint
 * that names a loss is a report like any other.
 */
export const FRAUD_CASES: Sql = sql`(SELECT * FROM cases WHERE NOT ${FILED_AS_NUISANCE} OR ifNull(loss > 0, 0))`;
