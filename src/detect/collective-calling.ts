import type { DetectorInfo } from './detector.ts';

/**
 * Collective calling (集体呼叫): a group of numbers that calls the same group of people, far more than their activity explains. Found in
 * the bare call graph by rings/collective.ts, where no account, handset or group is known; listed here so that pages can name it.
 */
export const COLLECTIVE_CALLING: DetectorInfo = {
  id: 'collective-calling',
  title: { zh: '集体呼叫同一群人', en: 'Collective calling' },
  family: 'block',
  weight: 7,
  sees: {
    zh: '一组号码共同呼叫同一群人，远超各自活跃程度所能解释',
    en: 'a group of numbers calls the same group of people, far beyond what their activity explains',
  },
  looksTheSame: {
    zh: '单位总机、家庭、呼叫中心、快递、推广活动',
    en: 'an office, a family, a call centre, couriers, a campaign',
  },
  tellsApart: {
    zh: '单位与家庭会互相回拨；机构的号码总有客户回拨并接通',
    en: 'an office or a family calls back; some customers call an organisation back and get through',
  },
  source: 'densest block against redrawn graphs; cf. Hooi et al. 2016 (FRAUDAR), Cazzolato et al. 2023 (CallMine)',
  thresholds: {
    chance: { value: 0.01, unit: 'probability of such a block by accident', min: 1e-9, max: 0.5 },
    calledBack: {
      value: 0.01,
      unit: 'share of the pairs in which the person called back and got through',
      min: 0,
      max: 1,
    },
  },
};
