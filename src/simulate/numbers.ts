import { createHash } from 'node:crypto';
import type { City } from './cities.ts';
import type { Random } from './random.ts';

/**
 * Telephone numbers are held as integers: an E.164 number as its digits (8613800001234), a national service number (95588) as the
 * negative of its digits. The writer spells them. All are invented; none is anybody's on purpose.
 */
export type PhoneNumber = number;

export const serviceNumber = (digits: string): PhoneNumber => -Number(digits);

export const spell = (n: PhoneNumber): string => (n < 0 ? String(-n) : `+${n}`);

/** The ways people and machines write the same number. */
export const oddly = (n: PhoneNumber, way: number): string => {
  const digits = String(n);
  const home = digits.startsWith('86');
  const national = digits.slice(2);
  const mobile = home && national.length === 11 && national.startsWith('1');
  if (!home) return way < 3 ? `00${digits}` : spell(n);
  switch (way) {
    case 0:
      return `0086${national}`;
    case 1:
      return digits;
    case 2:
      return mobile ? `+86 ${national.slice(0, 3)} ${national.slice(3, 7)} ${national.slice(7)}` : `0${national}`;
    case 3:
      return mobile ? `${national.slice(0, 3)}-${national.slice(3, 7)}-${national.slice(7)}` : `0${national}`;
    case 4:
      return mobile ? national : `0${national}`;
    default:
      return mobile ? `0${national}` : `0086${national}`;
  }
};

const MOBILE_PREFIXES = (
  '130 131 132 133 134 135 136 137 138 139 147 150 151 152 153 155 156 157 158 159 166 173 175 176 177 178 ' +
  '180 181 182 183 184 185 186 187 188 189 191 193 198 199'
).split(' ');
const SPACE = MOBILE_PREFIXES.length * 1e8;
const STRIDE = 386_547_057; // odd and no multiple of 5, so it visits every number once

/** Hands out Chinese mobile numbers: a permutation of the whole numbering space, so two holders never share one. */
export class MobileNumbers {
  private readonly offset: number;
  private nextExtra: number;

  /** `population` numbers belong to people by index; further ones are handed out by `another`. */
  constructor(random: Random, population: number) {
    this.offset = random.below(SPACE);
    this.nextExtra = population;
  }

  ofPerson(index: number): PhoneNumber {
    // Swapping low digits hides that neighbours in the table are neighbours.
    const v = (index * STRIDE + this.offset) % SPACE;
    const prefix = MOBILE_PREFIXES[v % MOBILE_PREFIXES.length] as string;
    return Number(`86${prefix}00000000`) + Math.floor(v / MOBILE_PREFIXES.length);
  }

  another(): PhoneNumber {
    return this.ofPerson(this.nextExtra++);
  }
}

/** A fixed line in a city. */
export const fixedLine = (random: Random, city: City): PhoneNumber => {
  const digits = city.lineDigits - 1;
  return Number(`86${city.area}${random.between(2, 8)}${String(random.below(10 ** digits)).padStart(digits, '0')}`);
};

interface Plan {
  country: string;
  code: string;
  /** Leading digits of the national number. */
  prefixes: readonly string[];
  /** Digits that follow the prefix. */
  digits: number;
}

const PLANS: readonly Plan[] = [
  {
    country: 'PH',
    code: '63',
    prefixes: ['905', '915', '917', '926', '927', '935', '945', '956', '966', '975'],
    digits: 7,
  },
  { country: 'KH', code: '855', prefixes: ['12', '77', '89', '92', '95'], digits: 6 },
  { country: 'MY', code: '60', prefixes: ['1123', '1125', '1131', '1156'], digits: 6 },
  {
    country: 'HK',
    code: '852',
    prefixes: ['60', '61', '63', '64', '65', '69', '90', '91', '96'],
    digits: 6,
  },
  { country: 'GB', code: '44', prefixes: ['7400', '7456', '7520', '7712', '7800', '7932'], digits: 6 },
  {
    country: 'US',
    code: '1',
    prefixes: ['213', '310', '415', '626', '646', '702', '917', '929'].map((a) => `${a}5`),
    digits: 6,
  },
  { country: 'TH', code: '66', prefixes: ['81', '86', '89', '92', '95'], digits: 7 },
  { country: 'ID', code: '62', prefixes: ['812', '813', '821', '852'], digits: 8 },
  { country: 'SG', code: '65', prefixes: ['81', '83', '91', '93', '96'], digits: 6 },
  { country: 'JP', code: '81', prefixes: ['90', '80'], digits: 8 },
  { country: 'AU', code: '61', prefixes: ['402', '411', '423', '433'], digits: 6 },
  { country: 'VN', code: '84', prefixes: ['90', '93', '97', '98'], digits: 7 },
  { country: 'KR', code: '82', prefixes: ['102', '103', '104', '106'], digits: 7 },
  { country: 'CA', code: '1', prefixes: ['4165', '6045', '6475', '7785'], digits: 6 },
  { country: 'DE', code: '49', prefixes: ['151', '160', '170', '175'], digits: 8 },
];

/** Hands out foreign numbers, none twice. */
export class ForeignNumbers {
  private readonly taken = new Set<PhoneNumber>();

  one(random: Random, country: string): PhoneNumber {
    const plan = PLANS.find((p) => p.country === country);
    if (!plan) throw new Error(`simulate: no numbering plan for ${country}; add one to PLANS in numbers.ts`);
    for (;;) {
      const first = random.between(2, 9); // keeps subscriber parts such as 0000000 out
      const n = Number(
        `${plan.code}${random.pick(plan.prefixes)}${first}${String(random.below(10 ** (plan.digits - 1))).padStart(plan.digits - 1, '0')}`,
      );
      if (this.taken.has(n)) continue;
      this.taken.add(n);
      return n;
    }
  }
}

/** 14 digits -> 15 digits with the Luhn check digit (3GPP TS 23.003). */
export const withLuhn = (digits14: number): number => {
  let rest = digits14;
  let sum = 0;
  for (let i = 0; i < 14; i++) {
    const digit = rest % 10;
    rest = Math.floor(rest / 10);
    if (i % 2 === 0) sum += digit > 4 ? digit * 2 - 9 : digit * 2;
    else sum += digit;
  }
  return digits14 * 10 + ((10 - (sum % 10)) % 10);
};

const HANDSET_TYPES = [
  86012304, 86120504, 86233003, 86310904, 86413704, 86455104, 86501205, 86590404, 86612503, 86704104, 86788905,
  35209911, 35332011, 35391810, 35488012, 35674110, 86841205, 86900104,
];

/** A handset's IMEI from 32 bits that identify the handset. */
export const handset = (bits: number): number =>
  withLuhn((HANDSET_TYPES[bits % HANDSET_TYPES.length] as number) * 1e6 + (Math.floor(bits / 18) % 1_000_000));

/** SIM gateways report types of their own, or whatever they are told to. */
export const gatewayHandset = (random: Random): number =>
  withLuhn(random.pick([86012304, 35209911, 86455104, 86733002, 35900007]) * 1e6 + random.below(1_000_000));

/**
 * Addresses are 32-bit integers. Homes and offices sit behind 100.64.0.0/10 (RFC 6598, as Chinese carriers do), foreign ones in
 * 198.18.0.0/15 (RFC 2544): neither can belong to anybody. 0 = unknown.
 */
export const domesticAddress = (random: Random): number => 0x64400000 + random.between(256, 0x3ffff0);
export const foreignAddress = (random: Random): number => 0xc6120000 + random.between(256, 0x1fff0);
export const spellAddress = (ip: number): string =>
  ip === 0 ? '' : `${ip >>> 24}.${(ip >>> 16) & 255}.${(ip >>> 8) & 255}.${ip & 255}`;

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const sha256 = (b: Uint8Array): Buffer => createHash('sha256').update(b).digest();

/** A TRON address: base58check of 0x41 and 20 random bytes. */
export const tronAddress = (random: Random): string => {
  const payload = Buffer.concat([Buffer.from([0x41]), Buffer.from(random.hex(40), 'hex')]);
  let value = BigInt('0x' + Buffer.concat([payload, sha256(sha256(payload)).subarray(0, 4)]).toString('hex'));
  let s = '';
  for (; value > 0n; value /= 58n) s = (BASE58[Number(value % 58n)] as string) + s;
  return s;
};
