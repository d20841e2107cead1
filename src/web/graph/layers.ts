import type { EdgeLayer } from '../../server/contract.ts';

/** Colours of the links; each layer also has its own switch and its name in the legend. [on light, on dark] */
export const LAYER_COLOUR: Readonly<Record<EdgeLayer, readonly [string, string]>> = {
  victims: ['#dfe3ea', '#2b333f'],
  account: ['#8c6bd8', '#8a6fd0'],
  device: ['#4a9d93', '#3f9c91'],
  address: ['#9dbde6', '#3d628f'],
  line: ['#6fae8f', '#3f7d62'],
  group: ['#d8bd64', '#84702a'],
  guest: ['#e6dcb8', '#4f4a33'],
  pay: ['#d98a4a', '#c27b40'],
  review: ['#b06fc0', '#a060b2'],
  calls: ['#7d8aa0', '#6f7d95'],
  succession: ['#d0587a', '#c0506f'],
  seat: ['#9fb0c8', '#4c5b73'],
};

export const EDGE_LAYERS = Object.keys(LAYER_COLOUR) as EdgeLayer[];
