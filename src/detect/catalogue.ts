import { COLLECTIVE_CALLING } from './collective-calling.ts';
import type { Detector, DetectorInfo } from './detector.ts';
import { RING_MEMBER } from './ring-member.ts';
import { convergenceOnDealings } from './detectors/convergence-on-dealings.ts';
import { convergenceOnVictims } from './detectors/convergence-on-victims.ts';
import { displayedAbroadPlacedAtHome } from './detectors/displayed-abroad-placed-at-home.ts';
import { leadInToGroup } from './detectors/lead-in-to-group.ts';
import { manyFaces } from './detectors/many-faces.ts';
import { massDiallingToStrangers } from './detectors/mass-dialling-to-strangers.ts';
import { namedInCases } from './detectors/named-in-cases.ts';
import { nobodyCallsBack } from './detectors/nobody-calls-back.ts';
import { rotation } from './detectors/rotation.ts';
import { scriptFamily } from './detectors/script-family.ts';
import { shiftWork } from './detectors/shift-work.ts';
import { shortLivedFromAbroad } from './detectors/short-lived-from-abroad.ts';
import { silentHandOver } from './detectors/silent-hand-over.ts';
import { simBox } from './detectors/sim-box.ts';
import { wangiri } from './detectors/wangiri.ts';

/** Every detector, once. The command line, the pages, the settings and the docs read this list. A new one is a file and a line here. */
export const DETECTORS: readonly Detector[] = [
  massDiallingToStrangers,
  nobodyCallsBack,
  wangiri,
  displayedAbroadPlacedAtHome,
  shortLivedFromAbroad,
  manyFaces,
  rotation,
  silentHandOver,
  simBox,
  convergenceOnVictims,
  namedInCases,
  leadInToGroup,
  convergenceOnDealings,
  shiftWork,
  scriptFamily,
];

/** Every kind of finding: the detectors, and what the ring stage says of numbers. */
export const FINDING_KINDS: readonly DetectorInfo[] = [...DETECTORS, COLLECTIVE_CALLING, RING_MEMBER];

export const findingKind = (id: string): DetectorInfo | undefined => FINDING_KINDS.find((d) => d.id === id);
