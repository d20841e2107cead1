import { homeFrom, type Home } from '../model/home.ts';
import { AROUND } from './around.ts';
import { CONDUCT } from './conduct.ts';
import type { Feature } from './feature.ts';
import { SPATIAL } from './spatial.ts';
import { STANDARD } from './standard.ts';

/** Every measure of a number, in the order of table `measures` and of docs/measures.md. */
export const featuresFor = (home: Home): readonly Feature[] => [
  ...STANDARD,
  ...SPATIAL,
  ...CONDUCT,
  ...AROUND(home.country),
];

/** The catalogue with the default home; names, units and meanings are the same for every home. */
export const FEATURES: readonly Feature[] = featuresFor(homeFrom({}));

export const featureByName: ReadonlyMap<string, Feature> = new Map(FEATURES.map((f) => [f.name, f]));
