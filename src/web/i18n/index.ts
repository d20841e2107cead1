import i18next from 'i18next';
import { useMemo } from 'react';
import { initReactI18next, useTranslation } from 'react-i18next';
import type { Bilingual } from '../../model/reason.ts';
import { formatFor, type Format, type Language } from '../format.ts';
import { useStatus } from '../live.ts';
import { en } from './en.ts';
import { zh } from './zh.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'words';
    resources: { words: typeof zh };
  }
}

const KEPT = 'ringbreak.language';

/** Chinese first: only a reader who chose English gets English. */
const chosen = (): Language => (localStorage.getItem(KEPT) === 'en' ? 'en' : 'zh');

const apply = (language: Language): void => {
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
};

export function startWords(): void {
  const lng = chosen();
  apply(lng);
  void i18next.use(initReactI18next).init({
    lng,
    fallbackLng: 'zh',
    defaultNS: 'words',
    ns: ['words'],
    resources: { zh: { words: zh }, en: { words: en } },
    // React escapes; escaping twice would show entities to the reader.
    interpolation: { escapeValue: false },
  });
}

export function chooseLanguage(language: Language): void {
  localStorage.setItem(KEPT, language);
  apply(language);
  void i18next.changeLanguage(language);
}

export interface Words {
  t: ReturnType<typeof useTranslation<'words'>>['t'];
  language: Language;
  /** The reader's side of a bilingual text. */
  say: (text: Bilingual) => string;
  f: Format;
}

/** Words, and formats that follow the reader's language and the home zone. */
export function useWords(): Words {
  const { t, i18n } = useTranslation('words');
  const language: Language = i18n.language === 'en' ? 'en' : 'zh';
  const zone = useStatus()?.home.zone ?? 'Asia/Shanghai';
  return useMemo(
    () => ({ t, language, say: (text) => text[language], f: formatFor(language, zone) }),
    [t, language, zone],
  );
}
