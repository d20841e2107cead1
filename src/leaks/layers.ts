import type { OrganisationCounts } from './sources.ts';

/** A layer's number is its rest times this, plus a step for how many organisations its people are known to deal with. */
export const DEALS = 8;

/** People alike in all that is stratified by, and how many of them were called. */
export interface Layer {
  own: number;
  people: number;
  called: number;
}

export interface Customers {
  customers: number;
  victims: number;
}

/** Of an organisation's customers at least half must have people to be held against, one for ten of them or more. */
const LEAST_COMPARED = 0.5;
const LEAST_OTHERS = 0.1;

/**
 * One organisation's counts in each layer where anybody was called. Layers take in how many organisations people deal with; the organisation itself is one of these, and
 * where everybody deals with as many others, its customers have a layer to themselves and nobody to be held against. Layers that differ in that number alone are
 * then taken together: less alike, but comparable.
 */
export function strataOf(
  layers: readonly Layer[],
  theirs: ReadonlyMap<number, Customers>,
): OrganisationCounts['strata'] {
  let [all, compared] = [0, 0];
  for (const { own, people } of layers) {
    const { customers = 0 } = theirs.get(own) ?? {};
    all += customers;
    if (people - customers >= LEAST_OTHERS * customers) compared += customers;
  }
  const apart = compared >= LEAST_COMPARED * all;
  const together = new Map<number, OrganisationCounts['strata'][number]>();
  for (const { own, people, called } of layers) {
    const rest = apart ? own : Math.floor(own / DEALS);
    const s = together.get(rest) ?? { people: 0, called: 0, customers: 0, victims: 0, ofSource: isOfSource(own) };
    const { customers, victims } = theirs.get(own) ?? { customers: 0, victims: 0 };
    s.people += people;
    s.called += called;
    s.customers += customers;
    s.victims += victims;
    together.set(rest, s);
  }
  return [...together.values()].filter((s) => s.customers > 0 && s.called > 0);
}

/** Above the layers' own numbers stands what their people have of the sources found before. */
const isOfSource = (own: number): boolean => own >= LAYERS;
/** Layers of like people are numbered below this. */
export const LAYERS = 2 ** 20;
