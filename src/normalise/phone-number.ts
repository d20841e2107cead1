import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/max';
import type { Home } from '../model/home.ts';
import type { Identifier, IdentifierFacts } from '../model/identifier.ts';
import { landlinePlace, mobileCarrier, mobilePlace } from './place.ts';

/** Why a cell can't name a party. */
export type NumberRejection = 'empty' | 'spreadsheet_damaged' | 'control_character' | 'too_long';

export interface RejectedNumber {
  rejected: true;
  reason: NumberRejection;
}

export type CanonicalNumber = (IdentifierFacts & { rejected?: false }) | RejectedNumber;

const MAX_LENGTH = 256;

/** A mainland mobile number in its usual spellings; what the bulk of every file consists of. */
const MAINLAND_MOBILE = /^(?:\+86|0086|86)?(1[3-9]\d{9})$/;

/**
 * Mainland services, kept as dialled: 95xxx(xxx), 96xxx(xxx), 400/800 with ten digits, 106... short-message ports, 100xx, 101xx,
 * 116114, 118114, 123xx, 125xx, 12xx, 11x, 12x (MIIT numbering plan for telecommunication networks, 2017).
 */
const MAINLAND_SERVICE =
  /^(?:95\d{3,6}|96\d{3,6}|[48]00\d{7}|106\d{5,17}|10[01]\d{2,3}|11[68]114|12[35]\d{2,3}|12\d{2}|1(?:00|1[0-9]|2[0-9]))$/;

/** What a spreadsheet leaves of a long number: its digits are gone, so nothing can be repaired. */
const SPREADSHEET = /^(?:[+-]?\d+(?:\.\d+)?[eE][+-]?\d+|#+|#(?:NAME\?|VALUE!|N\/A|REF!|NUM!|NULL!|DIV\/0!))$/;

/**
 * Canonical spelling of a telephone number or other party, as found in any source.
 *
 * E.164 with '+' where it is a full number; mainland services as dialled (95588, 4008123123); SIP URIs as URIs, except that a URI whose
 * user part is a full international number (sip:+8613800001234@gw) names that number (RFC 3966); anything else stays what it is, as an
 * opaque identifier. Repairs 0086, 00, trunk 0, doubled country codes (8686...), full-width digits, separators and invisible
 * characters. Digits are never made up: what cannot be read for certain stays as it was written.
 *
 * @param home whose national spellings are understood
 */
export function canonicalNumber(raw: string, home: Home): CanonicalNumber {
  const fast = home.country === 'CN' ? MAINLAND_MOBILE.exec(raw) : null;
  if (fast !== null) return mainlandMobile(fast[1] as string);

  const text = visible(raw);
  if (text === '') return { rejected: true, reason: 'empty' };
  if (text.length > MAX_LENGTH) return { rejected: true, reason: 'too_long' };
  if (/[\u0000-\u001f\u007f-\u009f\ufffd]/.test(text)) return { rejected: true, reason: 'control_character' };
  if (SPREADSHEET.test(text)) return { rejected: true, reason: 'spreadsheet_damaged' };
  return fromUri(text, home) ?? fromDigits(text, home) ?? opaque(text);
}

/** An identifier of a source's own kind, prefixed so that two id spaces don't meet. */
export function opaqueIdentifier(raw: string, prefix: string): CanonicalNumber {
  const text = visible(raw);
  if (text === '') return { rejected: true, reason: 'empty' };
  if (text.length > MAX_LENGTH) return { rejected: true, reason: 'too_long' };
  return opaque(prefix + text);
}

/** Full-width forms made narrow, format characters and outer space gone, a spreadsheet's text mark (' or ="...") taken off. */
function visible(raw: string): string {
  let text = raw
    .replace(/[\uff01-\uff5e]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))
    .replace(/\p{Cf}/gu, '')
    .replace(/[\p{Zs}\t\r\n]+/gu, ' ')
    .trim();
  for (let before = ''; before !== text;) {
    before = text;
    text = text
      .replace(/^="(.*)"$/, '$1')
      .replace(/^'/, '')
      .trim();
  }
  // 13800001234.0: a number that went through a spreadsheet as a number; no digit is lost.
  return text.replace(/^(\+?\d{3,15})\.0$/, '$1');
}

function fromUri(text: string, home: Home): CanonicalNumber | null {
  const uri = /^(?:.*<)?(sips?|tel):([^<>\s]+)>?$/i.exec(text);
  if (uri === null) return null;
  const [, scheme = '', rest = ''] = uri;
  const user =
    /^(\+[\d\-.()]+)(?:[@;:].*)?$/.exec(rest)?.[1] ?? (scheme.toLowerCase() === 'tel' ? rest.split(';')[0] : undefined);
  const number = user === undefined ? null : fromDigits(user, home);
  if (number !== null) return number;
  const at = rest.lastIndexOf('@');
  const spelled = at < 0 ? rest : rest.slice(0, at + 1) + rest.slice(at + 1).toLowerCase();
  return { ...NO_PLACE, id: `${scheme.toLowerCase()}:${spelled}` as Identifier, kind: 'sip' };
}

function fromDigits(text: string, home: Home): CanonicalNumber | null {
  const bare = text.replace(/[\s\-.()[\]·/\u2010-\u2015\u2212]/g, '');
  // A second plus sign occurs where a gateway put its own country code before a full number.
  if (!/^\+?\d+(?:\+\d+)?$/.test(bare)) return null;
  const digits = bare.replaceAll('+', '');
  if (bare.startsWith('+') && !digits.startsWith('0')) return international(digits);
  if (bare.slice(1).includes('+')) return international(digits);
  const abroad = /^00([1-9]\d*)$/.exec(digits);
  if (abroad !== null) return international(abroad[1] as string);
  return national(digits, home);
}

/** Digits that begin with a country calling code. */
function international(digits: string): CanonicalNumber | null {
  if (digits.startsWith('86')) {
    const mainland = afterCode(digits);
    if (mainland !== null) return mainland;
  }
  if (digits.length > 15) return null;
  const parsed = parsePhoneNumberFromString(`+${digits}`);
  // Possible, not valid: a forged display often shows a number nobody holds, and it is that display which is to be found again.
  if (parsed === undefined || !parsed.isPossible()) return null;
  // A calling code shared by several countries (+44) counts as its main one when the number itself does not tell.
  const country = parsed.country ?? parsed.getPossibleCountries()[0] ?? '';
  return { ...NO_PLACE, id: parsed.number as string as Identifier, kind: 'e164', country };
}

/** Digits as dialled at home. */
function national(digits: string, home: Home): CanonicalNumber | null {
  if (home.country !== 'CN') {
    const parsed = parsePhoneNumberFromString(digits, home.country as CountryCode);
    if (parsed === undefined || !parsed.isValid()) return null;
    const country = parsed.country ?? home.country;
    return { ...NO_PLACE, id: parsed.number as string as Identifier, kind: 'e164', country };
  }
  return mainlandNational(digits) ?? afterCode(digits.replace(/^0(?=86)/, ''));
}

/** A mainland number behind one 86, or several (8686..., 860086...), or a 0 that should not be there. */
function afterCode(digits: string): CanonicalNumber | null {
  let rest = digits;
  for (let i = 0; i < 3; i++) {
    const next = /^(?:00)?86(\d+)$/.exec(rest);
    if (next === null) return null;
    rest = next[1] as string;
    const found = mainlandNational(rest);
    if (found !== null) return found;
  }
  return null;
}

/** A national number of the mainland, without country code: mobile, service or landline; null when none of them. */
function mainlandNational(dialled: string): CanonicalNumber | null {
  if (MAINLAND_SERVICE.test(dialled)) return { ...NO_PLACE, id: dialled as Identifier, kind: 'service', country: 'CN' };
  const digits = dialled.replace(/^0(?=[1-9])/, '');
  if (/^1[3-9]\d{9}$/.test(digits)) return mainlandMobile(digits);
  if (digits.length < 9 || digits.length > 11) return null;
  const parsed = parsePhoneNumberFromString(`+86${digits}`);
  if (parsed === undefined || parsed.number !== `+86${digits}` || parsed.getType() !== 'FIXED_LINE') return null;
  return { ...NO_PLACE, ...landlinePlace(digits), id: `+86${digits}` as Identifier, kind: 'e164', country: 'CN' };
}

const mainlandMobile = (digits: string): CanonicalNumber => ({
  id: `+86${digits}` as Identifier,
  kind: 'e164',
  country: 'CN',
  ...mobilePlace(Number(digits.slice(0, 7))),
  carrier: mobileCarrier(digits),
});

const NO_PLACE = { country: '', province: '', city: '', carrier: '' } as const;

const opaque = (text: string): CanonicalNumber => ({ ...NO_PLACE, id: text as Identifier, kind: 'opaque' });
