import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where a mainland number was allotted, in Chinese short forms (广东, 深圳). Empty string: unknown, never a guess. */
export interface Place {
  province: string;
  city: string;
}

interface PlaceFile {
  /** 'province city', the first one empty. */
  places: string[];
  /** Area code without its trunk 0 -> index into places. */
  areas: Record<string, number>;
  /** Runs of equal places over the seven-digit prefixes 1300000..1999999, '<place>.<length>' in base 36. */
  mobile: string;
}

const NOWHERE: Place = { province: '', city: '' };
const FIRST_PREFIX = 1_300_000;

/** How many seven-digit mobile prefixes there are. */
const PREFIXES = 700_000;

/** Runs of mobile prefixes that were allotted to one place and carrier, column by column; `place` and `carrier` are indexes, from 0. */
export interface PrefixRuns {
  first: number[];
  count: number[];
  place: number[];
  carrier: number[];
  places: readonly Place[];
  carriers: readonly string[];
}

let loaded: { places: Place[]; areas: Map<string, Place>; mobile: Uint16Array } | undefined;

/** Read once, on first use: 350 places, 328 area codes, 700,000 mobile prefixes (made by scripts/build-places.mjs). */
function table(): NonNullable<typeof loaded> {
  if (loaded !== undefined) return loaded;
  const file = JSON.parse(readFileSync(join(import.meta.dirname, 'places-cn.json'), 'utf8')) as PlaceFile;
  const places = file.places.map((text) => {
    const [province = '', city = ''] = text.split(' ');
    return { province, city };
  });
  const mobile = new Uint16Array(PREFIXES);
  let at = 0;
  for (const run of file.mobile.split(',')) {
    const [place = '0', length = '1'] = run.split('.');
    const end = at + parseInt(length, 36);
    mobile.fill(parseInt(place, 36), at, end);
    at = end;
  }
  const areas = new Map(Object.entries(file.areas).map(([code, i]) => [code, places[i] ?? NOWHERE]));
  return (loaded = { places, areas, mobile });
}

/** Place a mainland mobile prefix of seven digits (1380000) was allotted to; most ranges opened after 2015 are unknown. */
export function mobilePlace(prefix7: number): Place {
  const { places, mobile } = table();
  return places[mobile[prefix7 - FIRST_PREFIX] ?? 0] ?? NOWHERE;
}

/** All mobile prefixes as runs, in order: what mobilePlace and mobileCarrier say of each, to be kept beside the facts. */
export function mobileRuns(): PrefixRuns {
  const { places, mobile } = table();
  const carriers = ['', ...CARRIERS.map(([name]) => name)];
  const runs: PrefixRuns = { first: [], count: [], place: [], carrier: [], places, carriers };
  for (let i = 0, first = 0; i < PREFIXES; i = first) {
    // No carrier's range is shorter than a thousand prefixes (four digits).
    do first++;
    while (first < PREFIXES && mobile[first] === mobile[i] && first % 1000 !== 0);
    runs.first.push(FIRST_PREFIX + i);
    runs.count.push(first - i);
    runs.place.push(mobile[i] ?? 0);
    runs.carrier.push(carriers.indexOf(mobileCarrier(`${FIRST_PREFIX + i}`)));
  }
  return runs;
}

/** Place of a mainland landline by its area code; `national` is the number without +86 and without the trunk 0. */
export function landlinePlace(national: string): Place {
  const { areas } = table();
  return areas.get(national.slice(0, 2)) ?? areas.get(national.slice(0, 3)) ?? NOWHERE;
}

/**
 * Carrier a mainland mobile prefix was first allotted to (not today's: numbers move between carriers). Ministry of Industry and
 * Information Technology's allocations as published by Google's libphonenumber.
 */
const CARRIERS: readonly (readonly [string, RegExp])[] = [
  ['移动', /^1(?:3[5-9]|34[0-8]|47|48|5[0-27-9]|65|72|78|8[2-478]|95|97|98|70[356])/],
  ['联通', /^1(?:3[0-2]|4[056]|5[56]|6[67]|7[156]|8[56]|96|70[4789])/],
  ['电信', /^1(?:33|349|4[19]|53|62|7[347]|8[019]|9[0139]|70[012])/],
  ['广电', /^192/],
];

/** 移动, 联通, 电信, 广电 or '' by the first digits of a national mobile number. */
export const mobileCarrier = (national: string): string =>
  CARRIERS.find(([, prefixes]) => prefixes.test(national))?.[0] ?? '';

let provinces: Map<string, string> | undefined;

/** Province of a city by its Chinese short name (深圳 -> 广东); '' when the name is unknown. */
export function provinceOfCity(city: string): string {
  if (provinces === undefined) {
    provinces = new Map();
    for (const p of table().places) {
      provinces.set(p.province, p.province);
      if (p.city !== '') provinces.set(p.city, p.province);
    }
  }
  return provinces.get(city) ?? provinces.get(city.replace(/市$/, '')) ?? '';
}
