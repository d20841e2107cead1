import { wrongUsage } from './errors.ts';

/** The seed given on the command line. @throws CliError when it is no whole number */
export function seedOf(text: string): number {
  const seed = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(seed)) return seed;
  throw wrongUsage(
    { zh: `种子必须是整数，得到「${text}」。`, en: `The seed must be a whole number, got "${text}".` },
    { zh: '例如 --seed 7。', en: 'For example --seed 7.' },
  );
}
