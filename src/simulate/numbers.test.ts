import { isValidPhoneNumber } from 'libphonenumber-js/max';
import { expect, it } from 'vitest';
import { CITIES, PROVINCES } from './cities.ts';
import { fixedLine, ForeignNumbers, handset, MobileNumbers, oddly, spell, tronAddress } from './numbers.ts';
import { Random } from './random.ts';

const random = new Random(11);

it('knows 31 provinces and more than 100 cities', () => {
  expect(PROVINCES).toHaveLength(31);
  expect(CITIES.length).toBeGreaterThan(150);
});

it('makes mobile numbers that are valid and never given twice', () => {
  const mobiles = new MobileNumbers(new Random(3), 5000);
  const all = [
    ...Array.from({ length: 5000 }, (_, i) => mobiles.ofPerson(i)),
    ...Array.from({ length: 500 }, () => mobiles.another()),
  ];
  expect(new Set(all).size).toBe(5500);
  expect(all.filter((n) => !isValidPhoneNumber(spell(n)))).toEqual([]);
});

it('makes valid fixed lines in every city', () => {
  const bad = CITIES.filter((c) => !isValidPhoneNumber(spell(fixedLine(random, c))));
  expect(bad.map((c) => c.name)).toEqual([]);
});

it('makes foreign numbers that are valid and distinct', () => {
  const foreign = new ForeignNumbers();
  for (const country of ['PH', 'KH', 'MY', 'HK', 'GB', 'US', 'TH', 'ID', 'SG', 'JP', 'AU', 'VN', 'KR', 'CA', 'DE']) {
    const some = Array.from({ length: 100 }, () => foreign.one(random, country));
    expect(new Set(some).size).toBe(100);
    expect(some.filter((n) => !isValidPhoneNumber(spell(n))).map(spell), country).toEqual([]);
  }
});

it('gives handsets 15 digits and a right check digit', () => {
  const digits = [...String(handset(123456789))].map(Number);
  expect(digits).toHaveLength(15);
  const sum = digits.reduce((s, d, i) => s + (i % 2 === 1 ? (d > 4 ? d * 2 - 9 : d * 2) : d), 0);
  expect(sum % 10).toBe(0);
});

it('writes a number oddly without changing it', () => {
  for (let way = 0; way < 6; way++) {
    expect(oddly(8613800001234, way).replace(/\D/g, '').slice(-11)).toBe('13800001234');
    expect(isValidPhoneNumber(oddly(861082345678, way).replace(/^0086/, '+86').replace(/^86/, '+86'), 'CN')).toBe(true);
  }
});

it('makes TRON addresses', () => {
  expect(tronAddress(random)).toMatch(/^T[1-9A-HJ-NP-Za-km-z]{33}$/);
});
