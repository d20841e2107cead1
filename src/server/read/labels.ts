import { detectorById } from '../../detect/catalogue.ts';
import type { Bilingual } from '../../model/reason.ts';

const zh = new Intl.DisplayNames('zh-CN', { type: 'region' });
const en = new Intl.DisplayNames('en', { type: 'region' });

/** 'PH' -> 菲律宾 / Philippines; anything that is no country code stays what it is. */
export function countryName(code: string): Bilingual {
  if (!/^[A-Z]{2}$/.test(code)) return { zh: code, en: code };
  return { zh: zh.of(code) ?? code, en: en.of(code) ?? code };
}

export const detectorTitle = (id: string): Bilingual => detectorById(id)?.title ?? { zh: id, en: id };
