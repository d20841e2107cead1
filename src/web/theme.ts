import { useSyncExternalStore } from 'react';

export type ThemeChoice = 'system' | 'light' | 'dark';

const KEPT = 'ringbreak.theme';
const system = window.matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();

const chosen = (): ThemeChoice => {
  const kept = localStorage.getItem(KEPT);
  return kept === 'light' || kept === 'dark' ? kept : 'system';
};

const dark = (): boolean => (chosen() === 'system' ? system.matches : chosen() === 'dark');

function apply(): void {
  document.documentElement.dataset['theme'] = dark() ? 'dark' : 'light';
  for (const tell of listeners) tell();
}

export function startTheme(): void {
  apply();
  system.addEventListener('change', apply);
}

export function chooseTheme(choice: ThemeChoice): void {
  if (choice === 'system') localStorage.removeItem(KEPT);
  else localStorage.setItem(KEPT, choice);
  apply();
}

const subscribe = (tell: () => void): (() => void) => {
  listeners.add(tell);
  return () => listeners.delete(tell);
};

export const useDark = (): boolean => useSyncExternalStore(subscribe, dark);
export const useThemeChoice = (): ThemeChoice => useSyncExternalStore(subscribe, chosen);

/** A colour of the style sheet, for canvases that cannot read variables. */
export const colour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
