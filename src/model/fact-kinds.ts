/**
 * The ten kinds of fact and their canonical columns: the one place that names them. Import, staging, profiles, the simulator's writer,
 * the import page and the docs read this table.
 */
export type ColumnType =
  | 'text'
  | 'instant' // ISO 8601 with offset, or epoch milliseconds; stored as DateTime64(3, 'UTC')
  | 'number' // telephone number or other party: canonicalised by normalise/phone-number
  | 'seconds' // decimal seconds; stored as whole milliseconds (UInt32) so that sums are exact
  | 'flag' // true/false/1/0/yes/no/是/否; empty = unknown
  | 'country' // ISO 3166-1 alpha-2, upper case
  | 'amount' // Decimal(38, 8)
  | 'list'; // values separated by ';'

export interface ColumnSpec {
  name: string;
  type: ColumnType;
  required?: true;
  /** What the values of a list are, when they are telephone numbers. */
  of?: 'number';
  /** Allowed values; the first is the default when the cell is empty and the column not required. */
  values?: readonly string[];
}

export interface FactKind {
  kind: FactKindName;
  /** Table in the facts store. */
  table: string;
  columns: readonly ColumnSpec[];
}

const c = (name: string, type: ColumnType = 'text'): ColumnSpec => ({ name, type });
const need = (name: string, type: ColumnType = 'text'): ColumnSpec => ({ name, type, required: true });
const oneOf = (name: string, ...values: string[]): ColumnSpec => ({ name, type: 'text', values });

export const FACT_KIND_NAMES = [
  'calls',
  'logins',
  'cases',
  'payments',
  'seats',
  'reviews',
  'memberships',
  'dealings',
  'texts',
  'registry',
] as const;
export type FactKindName = (typeof FACT_KIND_NAMES)[number];

export const FACT_KINDS: Readonly<Record<FactKindName, FactKind>> = {
  calls: {
    kind: 'calls',
    table: 'calls',
    columns: [
      need('started_at', 'instant'),
      need('caller', 'number'),
      need('callee', 'number'),
      need('duration_s', 'seconds'),
      c('call_id'),
      c('answered', 'flag'),
      c('ring_s', 'seconds'),
      oneOf('kind', 'voice', 'sms'),
      c('direction'),
      c('origin_country', 'country'),
      c('origin_ip'),
      c('trunk'),
      c('account'),
      c('imei'),
      c('imsi'),
      c('cell'),
      c('city'),
      c('recording'),
      c('release_cause'),
    ],
  },
  logins: {
    kind: 'logins',
    table: 'logins',
    columns: [need('account'), need('at', 'instant'), c('ip'), c('country', 'country'), c('city'), c('imei'), c('app')],
  },
  cases: {
    kind: 'cases',
    table: 'cases',
    columns: [
      need('case_id'),
      need('reported_at', 'instant'),
      need('victim', 'number'),
      c('province'),
      c('city'),
      c('loss', 'amount'),
      c('category'),
      c('narrative'),
      { name: 'suspect_numbers', type: 'list', of: 'number' },
      c('suspect_accounts', 'list'),
      c('chat_groups', 'list'),
    ],
  },
  payments: {
    kind: 'payments',
    table: 'payments',
    columns: [
      need('at', 'instant'),
      need('from'),
      need('to'),
      need('amount', 'amount'),
      c('payment_id'),
      c('currency'),
      c('from_kind'),
      c('to_kind'),
      oneOf('channel', '', 'bank', 'red_packet', 'third_party', 'crypto'),
      c('memo'),
      c('tx_hash'),
    ],
  },
  seats: {
    kind: 'seats',
    table: 'seats',
    columns: [need('seat'), c('account'), c('team'), c('caller_group'), c('task'), c('person'), c('number', 'number')],
  },
  reviews: {
    kind: 'reviews',
    table: 'reviews',
    columns: [need('at', 'instant'), need('reviewer'), need('seat'), c('recording'), c('verdict')],
  },
  memberships: {
    kind: 'memberships',
    table: 'memberships',
    columns: [
      need('group'),
      need('member'),
      c('platform'),
      oneOf('role', 'member', 'admin', 'owner'),
      c('joined_at', 'instant'),
      c('left_at', 'instant'),
    ],
  },
  dealings: {
    kind: 'dealings',
    table: 'dealings',
    columns: [need('person', 'number'), need('organisation'), c('sector'), c('at', 'instant')],
  },
  texts: {
    kind: 'texts',
    table: 'texts',
    columns: [
      need('text_id'),
      { name: 'kind', type: 'text', required: true, values: ['advert', 'transcript', 'narrative', 'chat', 'page'] },
      need('text'),
      c('at', 'instant'),
      c('author'),
      c('recording'),
      c('source_url'),
    ],
  },
  registry: {
    kind: 'registry',
    table: 'registry',
    columns: [need('number', 'number'), need('organisation'), c('category')],
  },
};
