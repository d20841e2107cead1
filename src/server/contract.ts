/**
 * What travels between server and pages: types only, so that `web` may import it. Times are epoch milliseconds (UTC), durations
 * milliseconds, money decimal strings in `currency`. A missing layer is `null` or listed in `notSeen`, never zero.
 */
import type { Bilingual, Finding, Reason, RecordId } from '../model/reason.ts';
import type { IdentifierKind } from '../model/identifier.ts';
import type { Family } from '../detect/detector.ts';
import type { FactKindName } from '../model/fact-kinds.ts';
import type { Layer, Role } from '../model/role.ts';
import type { KeptModel } from '../detect/trained/kept.ts';
import type { Weighing } from '../model/weighing.ts';
import type { Leak, LeakOutcome, LeakSearch, LeakVerdict, LeakWindow } from '../model/leak.ts';
import type { Progress } from '../model/progress.ts';
import type { Balance, FileBalance } from '../model/import-balance.ts';
import type { Funnel, PlaceCount, RingCard, RingMember, RingReport } from '../model/ring.ts';
import type { RunDetail, RunSummary } from '../model/run.ts';

export type { Bilingual, Finding, Reason, RecordId, Role, Layer, FactKindName, Progress };
export type { Leak, LeakOutcome, LeakSearch, LeakVerdict, LeakWindow };
export type { Funnel, PlaceCount, RingCard, RingMember, RunDetail, RunSummary };

/** Every error body. `action` says what to do next. */
export interface ApiError {
  error: { code: string; message: Bilingual; action: Bilingual };
}

export interface Page<T> {
  rows: T[];
  total: number;
  offset: number;
}

// ---------------------------------------------------------------- status and live messages

export type Phase = 'starting' | 'simulating' | 'importing' | 'analysing' | 'ready' | 'failed';

/** One line of the checklist shown while the program works. */
export interface PhaseStep {
  id: string;
  text: Bilingual;
  state: 'waiting' | 'running' | 'done' | 'failed';
  startedAt: number | null;
  endedAt: number | null;
  progress: Progress | null;
}

/** GET /api/status, and the `status` message. */
export interface Status {
  version: string;
  phase: Phase;
  demo: boolean;
  steps: PhaseStep[];
  error: ApiError['error'] | null;
  /** Ring to open when the demo is done. */
  openRing: string | null;
  /** Counts per kind; all zero in an empty store. */
  facts: Record<FactKindName, number>;
  lastRun: RunSummary | null;
  home: { country: string; zone: string };
}

/** WebSocket /live, server to page, one JSON object a message. */
export type LiveMessage =
  | { type: 'status'; status: Status }
  | { type: 'progress'; step: string; progress: Progress }
  | { type: 'import'; import: ImportJob }
  | { type: 'changed'; what: 'imports' | 'analysis' | 'judgements' };

// ---------------------------------------------------------------- overview

export interface DayCount {
  /** First millisecond of the day in the home zone. */
  day: number;
  n: number;
}

export interface Figure {
  id: 'calls' | 'flagged' | 'rings' | 'reached';
  value: number;
  /** Change against the day before the last day with data. */
  change: number;
  series: DayCount[];
}

export interface NeedsPerson {
  kind: 'ring' | 'number' | 'quarantine' | 'import-failed';
  id: string;
  text: Bilingual;
  /** Page to open. */
  href: string;
  urgency: 'high' | 'medium' | 'low';
}

/** GET /api/overview?from=&to= */
export interface Overview {
  range: { from: number; to: number } | null;
  figures: Figure[];
  needs: NeedsPerson[];
  places: { callers: PlaceCount[]; reached: PlaceCount[]; victims: PlaceCount[]; members: PlaceCount[] };
  latest: { number: string; score: number; ring: string | null; reason: Reason }[];
  run: RunSummary | null;
}

// ---------------------------------------------------------------- numbers

export type Verdict = 'ring' | 'lawful' | 'unsure' | 'confirmed' | 'dismissed';

export interface NumberRow {
  number: string;
  kind: IdentifierKind;
  /** Country of the displayed number; ISO code or ''. */
  country: string;
  province: string;
  /** Share of calls that entered the network at home; null when not seen. */
  originHomeShare: number | null;
  score: number;
  flagged: boolean;
  topReason: Reason | null;
  /** Detector ids that spoke. */
  detectors: string[];
  calls: number;
  people: number;
  strangersShare: number | null;
  callBackShare: number | null;
  answerSeizureRatio: number | null;
  victims: number;
  ring: string | null;
  role: Role | null;
  lawful: string | null;
  firstSeen: number | null;
  lastSeen: number | null;
  /** Calls per day over the data's whole range, at most 60 values. */
  strip: number[];
  judgement: Verdict | null;
}

/**
 * GET /api/numbers?q=&flagged=1&all=1&detector=&country=&ring=&province=&lawful=&min.<column>=&max.<column>=&sort=-score&offset=&limit=
 * `q` matches any run of digits in the number (4+), or a prefix.
 */
export interface NumbersPage extends Page<NumberRow> {
  facets: {
    detector: FacetValue[];
    country: FacetValue[];
    ring: FacetValue[];
    province: FacetValue[];
    judged: FacetValue[];
  };
}
export interface FacetValue {
  value: string;
  label: Bilingual;
  n: number;
}

export interface MeasureValue {
  name: string;
  value: number | null;
  unit: string;
  meaning: Bilingual;
  /** Quantiles of the same measure over numbers of comparable volume (0, 5, 25, 50, 75, 95, 100 %); empty when not computed. */
  peers: number[];
}

export interface Judgement {
  id: number;
  verdict: Verdict;
  note: string;
  person: string;
  at: number;
}

/** How a number's score adds up, in log-odds, and in one sentence why it is not flagged (null when it is). */
export interface Weighed extends Weighing {
  families: (Weighing['families'][number] & { titles: Bilingual[] })[];
  whyNot: Bilingual | null;
  /** What would change the verdict; empty where nothing was found. */
  wouldChange: Bilingual[];
}

/** GET /api/numbers/:number */
export interface NumberDetail {
  row: NumberRow;
  /** false: it came in after the last analysis; its records are shown, nothing is judged. */
  analysed: boolean;
  /** One sentence: the strongest reason and what it means. */
  sentence: Bilingual;
  findings: (Finding & { title: Bilingual })[];
  /** Why it may be innocent; always at least one for a flagged number. */
  innocent: Bilingual[];
  /** null where there is nothing to weigh: few calls and no findings. */
  weighed: Weighed | null;
  /** What was not in the data, so not judged. */
  notSeen: Bilingual[];
  measures: MeasureValue[];
  /** Calls per day (home zone) for the calendar. */
  calendar: DayCount[];
  /** 7 x 24 outgoing calls, row 0 = Monday, home zone. */
  hours: number[][];
  origins: { country: string; city: string; ip: string; calls: number }[];
  reachedProvinces: PlaceCount[];
  shared: { layer: 'account' | 'imei' | 'ip' | 'person'; id: string; numbers: string[] }[];
  predecessors: { number: string; score: number; reason: Reason }[];
  successors: { number: string; score: number; reason: Reason }[];
  /** The rings its user belongs to, the one the number is counted for first. */
  rings: { id: string; name: Bilingual; role: Role | null; roleScore: number | null }[];
  judgements: Judgement[];
}

export interface ContactRow {
  contact: string;
  calls: number;
  answered: number;
  talkMs: number;
  calledBack: number;
  first: number;
  last: number;
  /** Case ids the contact reported, newest first. */
  cases: string[];
  province: string;
}

export interface CallRow {
  record: RecordId;
  at: number;
  caller: string;
  callee: string;
  durationMs: number;
  answered: boolean;
  kind: 'voice' | 'sms';
  originCountry: string;
  originIp: string;
  account: string;
  city: string;
  recording: string;
}

/** GET /api/records/:record : where a fact came from. */
export interface RecordOrigin {
  record: RecordId;
  kind: FactKindName;
  file: FileOrigin;
  row: number;
  values: Record<string, string>;
  /** The row as it stands in the kept original, or why it can't be shown. */
  raw: string | null;
  rawMissing: 'not_kept' | 'not_found' | null;
}

/** The file a fact came from, who brought it in and under which authority. */
export interface FileOrigin {
  /** Of the table the row stands in, as facts name it. */
  sha256: string;
  /** Of the file as it was brought in (the archive's, where it came in one). */
  original: string;
  path: string;
  /** Archive member and table; '' for none. */
  member: string;
  part: string;
  profile: string;
  importedAt: number;
  by: string;
  authority: string;
}

// ---------------------------------------------------------------- rings

/** GET /api/rings/:id */
export interface RingDetail extends RingReport {
  members: RingMember[];
  judgements: Judgement[];
}

export type EdgeLayer =
  | 'victims'
  | 'account'
  | 'device'
  | 'address'
  | 'line'
  | 'group'
  | 'guest'
  | 'pay'
  | 'review'
  | 'calls'
  | 'succession'
  | 'seat';

export interface NetworkNode {
  id: string;
  kind: 'person' | 'account' | 'number' | 'group' | 'device' | 'address' | 'victim';
  label: string;
  role: Role | null;
  team: string | null;
  weight: number;
  /** First and last call of a member; null for what is no member, or was not seen to call. */
  span: [from: number, to: number] | null;
}
export interface NetworkEdge {
  from: string;
  to: string;
  layer: EdgeLayer;
  weight: number;
}
/** Things of a kind that two rings have: either's, and those of both by name (the first few). */
export interface SharedThings {
  kind:
    'people' | 'numbers' | 'accounts' | 'devices' | 'groups' | 'payees' | 'payers' | 'addresses' | 'trunks' | 'sources';
  /** Sharing it means that people work together; of the others one seller may serve both. */
  close: boolean;
  left: number;
  right: number;
  both: number;
  names: string[];
}

export type ComparedRing = Pick<
  RingCard,
  'id' | 'name' | 'score' | 'size' | 'accounts' | 'numbers' | 'byRole' | 'firstSeen' | 'lastSeen' | 'reach'
> & {
  /** Calls a day, from `firstDay`. */
  daily: number[];
  /** 7 x 24 calls in the home zone, row 0 = Monday. */
  hours: number[][];
};

/** GET /api/rings/:id/compare/:other */
export interface RingComparison {
  rings: [ComparedRing, ComparedRing];
  firstDay: number;
  shared: SharedThings[];
  /** People called: by either, by both, and by both if it were chance. */
  called: { left: number; right: number; both: number; expected: number };
  /** How they work: what was found of either ring's numbers, and of what share of them. */
  methods: { detector: string; title: Bilingual; shares: [number, number] }[];
  /** Numbers of one ring that took over from numbers of the other. */
  handovers: { from: string; to: string; at: number; score: number }[];
  verdict: 'successor' | 'together' | 'supplier' | 'strangers';
  text: Bilingual;
  innocent: Bilingual | null;
}

/** GET /api/rings/:id/network */
export interface RingNetwork {
  nodes: NetworkNode[];
  edges: NetworkEdge[];
}

export interface Lane {
  member: string;
  role: Role;
  team: string | null;
  /** Intervals with calls (merged by hour). */
  calls: { from: number; to: number; n: number }[];
  events: { at: number; kind: 'login' | 'pay' | 'joined' | 'report' | 'review'; text: string }[];
}
/** GET /api/rings/:id/timeline */
export interface RingTimeline {
  from: number;
  to: number;
  lanes: Lane[];
  daily: { day: number; calls: number; reached: number; joined: number; reports: number }[];
}

/** GET /api/rings/:id/evidence */
export interface RingEvidence {
  layers: { layer: EdgeLayer; text: Bilingual; links: number; reasons: Reason[] }[];
}

/** A number that fell silent and the one that took over. */
export interface Succession {
  from: string;
  to: string;
  /** First call of the successor. */
  at: number;
  score: number;
  /** The chain it is in, by its first number (`/2` where two begin with one number), and which hand-over of the chain this is, from 1. */
  chain: string;
  position: number;
  reasons: Reason[];
}

/** GET /api/rings/:id/succession */
export interface RingSuccession {
  /** `stretches`: first and last call between silences of more than a day. */
  lives: { number: string; first: number; last: number; calls: number; stretches: [number, number][] }[];
  pairs: Succession[];
  /** Numbers that nobody took over from, or of which it cannot be told. */
  ended: { number: string; reason: Reason }[];
}

/** A row of GET /api/rings: with the organisations its list came from, and until when (null: no end seen or not told). */
export interface ListedRing extends RingCard {
  sources: { organisation: string; until: number | null }[];
}

/** GET /api/rings/:id/leaks: where its list came from. Sources first, then their shadows, then what came nearest. */
export interface RingLeaks {
  search: LeakSearch;
  leaks: Leak[];
}

// ---------------------------------------------------------------- imports and runs

export interface ImportJob {
  id: string;
  state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled';
  files: (FileBalance & { state: string; error: string | null })[];
  progress: Progress | null;
  /** When the step that `progress` tells of began. */
  progressSince: number | null;
  startedAt: number | null;
  endedAt: number | null;
  error: ApiError['error'] | null;
}

/** GET /api/imports */
export interface ImportsPage {
  jobs: ImportJob[];
  /** Quarantined rows still open, in all files. */
  quarantined: number;
}

/** POST /api/imports/preview?name= (body: the file) */
export interface ImportPreview {
  /** Give it to POST /api/imports?upload= to store what was previewed. */
  upload: string;
  name: string;
  /** Tables that were recognised: a workbook, an archive or a dump may have several. */
  tables: PreviewedTable[];
  /** Why nothing was recognised; then `unknown` has what a person needs to say what the columns mean. */
  refused: Bilingual | null;
  unknown: UnknownTable[];
}

/** What storing one table would do. */
export interface PreviewedTable {
  path: string;
  kind: FactKindName;
  profile: string;
  candidates: PreviewCandidate[];
  notes: Bilingual[];
  columns: { source: string; canonical: string | null }[];
  sample: Record<string, string>[];
  balance: Balance;
  problems: { row: number; column: string; reason: string; value: string }[];
}

/** A way a table could be read, and what speaks for it. */
export interface PreviewCandidate {
  id: string;
  kind: FactKindName;
  score: number;
  why: Bilingual;
  missing: readonly string[];
}

export interface UnknownTable {
  member: string;
  header: readonly string[];
  rows: string[][];
  candidates: PreviewCandidate[];
  /** Canonical column that the best candidate sees in each column; null: none. */
  guess: (string | null)[];
}

/** POST /api/profiles: what a person said about a file's columns. */
export type { ProfileDraft as ProfileInput } from '../normalise/made-profile.ts';

/** GET /api/profiles */
export interface ProfileEntry {
  name: string;
  kind: FactKindName;
  title: Bilingual | null;
  /** Made here, not the program's. */
  own: boolean;
}

/** GET /api/quarantine?file=&offset=&limit= */
export interface QuarantineRow {
  id: string;
  kind: FactKindName;
  file: string;
  path: string;
  row: number;
  column: string;
  reason: string;
  value: string;
  raw: Record<string, string>;
}

// ---------------------------------------------------------------- search, catalogues

export interface SearchHit {
  kind: 'number' | 'ring' | 'member' | 'case' | 'group' | 'place';
  id: string;
  label: Bilingual;
  detail: Bilingual;
  href: string;
}
/** GET /api/search?q= */
export interface SearchResult {
  hits: SearchHit[];
}

/** GET /api/catalogue */
export interface Catalogue {
  detectors: {
    id: string;
    title: Bilingual;
    sees: Bilingual;
    looksTheSame: Bilingual;
    tellsApart: Bilingual;
    source: string;
    thresholds: { name: string; value: number; unit: string }[];
  }[];
  measures: { name: string; unit: string; meaning: Bilingual }[];
}

/** A detector and what it is set to. */
export interface DetectorSettings {
  id: string;
  title: Bilingual;
  family: Family;
  sees: Bilingual;
  looksTheSame: Bilingual;
  tellsApart: Bilingual;
  source: string;
  /** Numbers it speaks of in the published run. */
  findings: number;
  thresholds: {
    /** `detector.name` */
    id: string;
    name: string;
    label: Bilingual;
    unit: string;
    min: number;
    max: number;
    default: number;
    value: number;
    /** Who set it last, and when; null while it was never set. */
    set: { person: string; at: number } | null;
  }[];
}

/** GET /api/thresholds */
export interface ThresholdsPage {
  detectors: DetectorSettings[];
  /** Newest first. `value` null: back to the default. */
  changes: { id: string; was: number; value: number | null; person: string; at: number }[];
  analysed: boolean;
  /** Whether the published run was made with these thresholds. */
  applied: boolean;
}

/** POST /api/thresholds/preview: what another value would change. Nothing is stored. */
export interface ThresholdPreview {
  id: string;
  detector: string;
  name: string;
  value: number;
  /** In force now. */
  now: number;
  /** Tables the detector lacks: it does not judge whatever the value. */
  notSeen: FactKindName[];
  /** Numbers the detector speaks of. */
  findings: { before: number; after: number };
  /** Numbers that would be flagged, and that would not be any more; the first of them by score. */
  more: number;
  fewer: number;
  added: PreviewedNumber[];
  removed: PreviewedNumber[];
  /** Numbers that were flagged by what was found on them, and would be only because they belong to a ring: the next analysis may drop them. */
  restOnRing: number;
  onRing: PreviewedNumber[];
}

export interface PreviewedNumber {
  number: string;
  score: number;
  /** Score in the published run; null when nothing was found on it. */
  was: number | null;
  /** Of the detector's finding with the new threshold; null when it has none. */
  strength: number | null;
  reason: Reason | null;
}

/** GET /api/teaching: numbers whose judgement would teach most, and the models trained on judgements, newest first. */
export interface TeachingPage {
  lessons: { row: NumberRow; why: Bilingual }[];
  judged: { ring: number; lawful: number };
  /** Judgements of each class from which on none is asked for its own sake. */
  enough: number;
  models: KeptModel[];
}

/** POST /api/judgements */
export interface JudgementInput {
  subjectKind: 'number' | 'ring' | 'member';
  subject: string;
  verdict: Verdict;
  note: string;
}

// ---------------------------------------------------------------- routes that answer with the types above but are not named there
//
// GET    /api/numbers/:number/contacts?sort=-cases&offset=&limit=   Page<ContactRow>   people reached, those who reported first
// GET    /api/numbers/:number/calls?from=&to=&offset=&limit=        Page<CallRow>      newest first
// GET    /api/rings                                                 Page<ListedRing>   worst first
// GET    /api/runs                                                  Page<RunSummary>   newest first
// GET    /api/runs/:id/steps/:step                                 StepRows         first rows of a named step
// POST   /api/analyse                                               RunSummary         starts a run; progress arrives over /live
// POST   /api/imports?upload=ID                                     ImportJob          stores what was previewed
// POST   /api/quarantine/:id   body CorrectedRow                    RetryResult        the corrected row is tried again
// GET    /api/teaching                                         TeachingPage
// POST   /api/models                                            { id } trained on everything judged
// POST   /api/models/use       body { id }                       { id } null: none
// POST   /api/judgements       body JudgementInput                  Judgement
// GET    /api/numbers.csv?(as /api/numbers)                         CSV              every row of the question, with reasons
// GET    /api/quarantine.csv?file=                                  CSV              open quarantined rows, with reasons
// POST   /api/thresholds       body { id, value | null }            ThresholdChange  sets a threshold; null: the default
// DELETE /api/imports/:id                                           ImportJob        cancels it; what was stored stays
// GET    /api/views?page=numbers                                    SavedView[]
// POST   /api/views            body { page, name, query }           SavedView          same page and name: replaced
// DELETE /api/views/:id                                             204

/** First rows of a named step of the analysis, every value as text. */
export interface StepRows {
  name: string;
  columns: string[];
  rows: string[][];
}
export interface CorrectedRow {
  values: Record<string, string>;
}
export interface RetryResult {
  stored: boolean;
  /** Why it was refused again; null when stored. */
  problem: { column: string; reason: string; value: string } | null;
}
export interface SavedView {
  id: number;
  page: string;
  name: string;
  query: Record<string, string>;
}
