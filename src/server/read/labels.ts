import { findingKind } from '../../detect/catalogue.ts';
import type { Bilingual } from '../../model/reason.ts';

const zh = new Intl.DisplayNames('zh-CN', { type: 'region' });
const en = new Intl.DisplayNames('en', { type: 'region' });

/** Short names for what the standard library calls by long ones. */
const SHORT: Readonly<Record<string, Bilingual>> = {
  HK: { zh: '中国香港', en: 'Hong Kong, China' },
  MO: { zh: '中国澳门', en: 'Macao, China' },
  TW: { zh: '中国台湾', en: 'Taiwan, China' },
};

/** 广东 + 深圳 -> 广东深圳; 上海 + 上海 -> 上海. */
export const placeName = (province: string, city: string): Bilingual =>
  province === city || city === ''
    ? { zh: province, en: province }
    : { zh: province + city, en: `${province} ${city}`.trim() };

/** 'PH' -> 菲律宾 / Philippines; anything that is no country code stays what it is. */
export function countryName(code: string): Bilingual {
  if (!/^[A-Z]{2}$/.test(code)) return { zh: code, en: code };
  return SHORT[code] ?? { zh: zh.of(code) ?? code, en: en.of(code) ?? code };
}

export const detectorTitle = (id: string): Bilingual => findingKind(id)?.title ?? { zh: id, en: id };
