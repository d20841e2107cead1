import type { FactsStore } from '../store/facts.ts';
import type { LeaksFound } from './find-leaks.ts';

const BATCH = 5000;

/** Appends searches and what they found to the run's partition. */
export async function writeLeaks(facts: FactsStore, run: string, found: LeaksFound): Promise<void> {
  const searches = found.searches.map((s) => ({ run, ring: s.ring, outcome: s.outcome, document: JSON.stringify(s) }));
  const places = new Map<string, number>();
  const placeOf = (ring: string): number => {
    const place = (places.get(ring) ?? 0) + 1;
    places.set(ring, place);
    return place;
  };
  const leaks = found.leaks.map((l) => ({
    run,
    ring: l.ring,
    place: placeOf(l.ring),
    organisation: l.organisation,
    verdict: l.verdict,
    victims: l.victims,
    p_value: l.pValue,
    q_value: l.qValue,
    document: JSON.stringify(l),
  }));
  for (let i = 0; i < searches.length; i += BATCH) await facts.insert('leak_searches', searches.slice(i, i + BATCH));
  for (let i = 0; i < leaks.length; i += BATCH) await facts.insert('leaks', leaks.slice(i, i + BATCH));
}
