import type { Bilingual, Reason } from './reason.ts';
import type { Layer, Role } from './role.ts';

export interface PlaceCount {
  province: string;
  n: number;
}

export interface RingCard {
  id: string;
  /** Stable readable name made from the id and strongest trait, e.g. "团伙 R1 · 外显菲律宾". */
  name: Bilingual;
  score: number;
  /** People (headcount), and how many of them in each place; 0 where nothing but numbers is known. */
  size: number;
  byRole: Record<Role, number>;
  /** Accounts beside the people, whose users are not known; results of older versions don't say. */
  accounts?: number;
  numbers: number;
  firstSeen: number;
  lastSeen: number;
  strip: number[];
  reach: Funnel;
  provinces: PlaceCount[];
  topReason: Reason;
  alternative: Bilingual;
  state: 'new' | 'confirmed' | 'dismissed';
}

/** People called -> talked (answered) -> joined a group of the ring -> lost money (reported). */
export interface Funnel {
  called: number;
  talked: number;
  joined: number | null;
  lost: number;
  lossAmount: string;
  currency: string;
}

/**
 * Members told apart by what is known of them. A number whose user nobody knows is not a person: a gang of ten goes through a hundred SIM cards. Nor is an account, where others
 * are known by name: it may be another account of one of them, and a prosecutor must not count that one twice. Where nobody is, accounts are the people.
 */
export function headcount<M extends Pick<RingMember, 'kind'>>(
  members: readonly M[],
): { people: M[]; accounts: M[]; numbers: M[] } {
  const of = (kind: RingMember['kind']): M[] => members.filter((m) => m.kind === kind);
  const [persons, accounts, numbers] = [of('person'), of('account'), of('number')];
  return persons.length > 0 ? { people: persons, accounts, numbers } : { people: accounts, accounts: [], numbers };
}

export interface RingMember {
  /** Person handle, or the number / account itself when no person is known. */
  id: string;
  kind: 'person' | 'account' | 'number';
  numbers: string[];
  accounts: string[];
  role: Role;
  /** Probability of the role given the layers seen. */
  roleScore: number;
  /** Of every role; sums to 1. */
  roleScores: Record<Role, number>;
  reasons: Reason[];
  notSeen: Layer[];
  innocent: Bilingual | null;
  team: string | null;
  reportsTo: string | null;
  /** Why this reporting line; empty when reportsTo is null. */
  lineReasons: Reason[];
  province: string;
  city: string;
  calls: number;
  people: number;
  victims: number;
  pay: string | null;
  firstSeen: number | null;
  lastSeen: number | null;
  /** Other rings this one is a member of, the one it is more closely tied to first; results of older versions don't say. */
  alsoIn?: string[];
  /** What ties somebody to this ring who belongs more closely to another; empty otherwise. */
  sharedBy?: Reason[];
}

/** A ring of the analysis before that this one comes from: how many of its parts (numbers, accounts, people) are in this one, of how many. */
export interface Ancestor {
  ring: string;
  shared: number;
  of: number;
}

/** Where a ring comes from, when the analysis before had it otherwise: part of one ring, or several that are one now. Largest share first. */
export interface Lineage {
  kind: 'split' | 'merged';
  from: Ancestor[];
}

/** A ring that fell apart, or came together, within the time the records cover. */
export interface RingTurn {
  kind: 'split' | 'merged';
  /** First day on which it was so, YYYY-MM-DD in the home zone. */
  day: string;
  /** Largest first; `head` is whoever stands highest in it. */
  parts: { members: number; head: string; role: Role }[];
  /** How often people of different parts had to do with each other on the other side of that day, and how often that was to be expected on this side, where they never had. */
  ties: number;
  expected: number;
  text: Bilingual;
}

/** One thing a ring's numbers have in common, beside random groups of as many callers who reach as many people. */
export interface ChanceTrait {
  trait: 'shared_people' | 'victims_reached' | 'numbers_on_shared_lines';
  value: number;
  /** Of the random groups, the 0, 5, 25, 50, 75, 95 and 100 % points. */
  groups: number[];
}

/** How a ring compares with random groups: the chance that one of them has as much in common. */
export interface BeyondChance {
  groups: number;
  /** Numbers compared, of the ring and of each group. */
  numbers: number;
  /** 0..1, at least 1 / (groups + 1). */
  chance: number;
  traits: ChanceTrait[];
}

/** What an analysis run says of one ring; its members are kept beside it. */
export interface RingReport {
  card: RingCard;
  teams: { id: string; name: Bilingual; leader: string | null; members: string[] }[];
  reasons: Reason[];
  alternatives: Bilingual[];
  /** Null: there are too few other callers of the kind to compare with. */
  beyondChance: BeyondChance | null;
  /** Null: new, or the same ring as before. */
  lineage: Lineage | null;
  /** Results of older versions don't say. */
  turns?: RingTurn[];
  notSeen: Layer[];
  cities: { province: string; city: string; n: number }[];
  /** Purses outside that fund it. */
  upstream: string[];
}
