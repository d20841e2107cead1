import { ROLES, type Role } from '../model/role.ts';

/** How a kind of person is drawn everywhere: one colour and one shape, so that colour is never the only sign. */
export type Shape = 'diamond' | 'triangle' | 'square' | 'circle' | 'plus' | 'ring' | 'box' | 'dot';

export interface Mark {
  shape: Shape;
  /** Colours on a light and on a dark ground; each reaches 3:1 against it. */
  light: string;
  dark: string;
}

export type Kind = Role | 'victim' | 'lawful' | 'unknown';

export const MARKS: Readonly<Record<Kind, Mark>> = {
  principal: { shape: 'diamond', light: '#c2124a', dark: '#ff5c86' },
  leader: { shape: 'triangle', light: '#d9620a', dark: '#ff9d4d' },
  inspector: { shape: 'square', light: '#7a3fc4', dark: '#b58cff' },
  agent: { shape: 'circle', light: '#1f6fd0', dark: '#66a8ff' },
  technician: { shape: 'plus', light: '#0b7f77', dark: '#3fc9bd' },
  victim: { shape: 'ring', light: '#6b7280', dark: '#9aa4b2' },
  lawful: { shape: 'box', light: '#2f7d32', dark: '#6fcf74' },
  unknown: { shape: 'dot', light: '#7c8594', dark: '#8a94a3' },
};

export const KINDS: readonly Kind[] = [...ROLES, 'victim', 'lawful', 'unknown'];

/** Number the shape has in the network's shader. */
export const SHAPE_CODE: Readonly<Record<Shape, number>> = {
  circle: 0,
  diamond: 1,
  triangle: 2,
  square: 3,
  plus: 4,
  ring: 5,
  box: 6,
  dot: 7,
};

/** SVG path of a shape within a 16 x 16 box; `ring` and `box` are drawn as outlines. */
export const SHAPE_PATH: Readonly<Record<Shape, string>> = {
  circle: 'M8 2a6 6 0 1 1 0 12a6 6 0 1 1 0-12z',
  diamond: 'M8 1l7 7l-7 7l-7-7z',
  triangle: 'M8 1.5l7 12.5h-14z',
  square: 'M2.5 2.5h11v11h-11z',
  plus: 'M6 1.5h4v4.5h4.5v4h-4.5v4.5h-4v-4.5h-4.5v-4h4.5z',
  ring: 'M8 3a5 5 0 1 1 0 10a5 5 0 1 1 0-10z',
  box: 'M3 3h10v10h-10z',
  dot: 'M8 5a3 3 0 1 1 0 6a3 3 0 1 1 0-6z',
};

export const isOutline = (shape: Shape): boolean => shape === 'ring' || shape === 'box';

export const markOf = (role: Role | null | undefined): Mark => MARKS[role ?? 'unknown'];
