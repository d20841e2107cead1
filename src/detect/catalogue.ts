import type { Detector } from './detector.ts';
import { convergenceOnDealings } from './detectors/convergence-on-dealings.ts';
import { convergenceOnVictims } from './detectors/convergence-on-victims.ts';
import { displayedAbroadPlacedAtHome } from './detectors/displayed-abroad-placed-at-home.ts';
import { leadInToGroup } from './detectors/lead-in-to-group.ts';
import { manyFaces } from './detectors/many-faces.ts';
import { massDiallingToStrangers } from './detectors/mass-dialling-to-strangers.ts';
import { namedInCases } from './detectors/named-in-cases.ts';
import { nobodyCallsBack } from './detectors/nobody-calls-back.ts';
import { shiftWork } from './detectors/shift-work.ts';
import { simBox } from './detectors/sim-box.ts';

/** Every detector, once. The command line, the pages, the settings and the docs read this list. A new one is a file and a line here. */
export const DETECTORS: readonly Detector[] = [
  massDiallingToStrangers,
  nobodyCallsBack,
  displayedAbroadPlacedAtHome,
  manyFaces,
  simBox,
  convergenceOnVictims,
  namedInCases,
  leadInToGroup,
  convergenceOnDealings,
  shiftWork,
];

export const detectorById = (id: string): Detector | undefined => DETECTORS.find((d) => d.id === id);
