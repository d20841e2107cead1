import fc from 'fast-check';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { describe, expect, it } from 'vitest';
import { canonicalNumber, opaqueIdentifier } from './phone-number.ts';

const home = { country: 'CN', zone: 'Asia/Shanghai' };
const idOf = (raw: string): string => {
  const found = canonicalNumber(raw, home);
  return found.rejected === true ? `rejected: ${found.reason}` : found.id;
};

describe('canonicalNumber', () => {
  it.each([
    ['13800001234', '+8613800001234'],
    ['+86 138-0000-1234', '+8613800001234'],
    ['008613800001234', '+8613800001234'],
    ['8613800001234', '+8613800001234'],
    ['013800001234', '+8613800001234'],
    ['8686138 0000 1234', '+8613800001234'],
    ['+86+8613800001234', '+8613800001234'],
    ['+86 0086 13800001234', '+8613800001234'],
    ['+86013800001234', '+8613800001234'],
    ['０１３８００００１２３４', '+8613800001234'],
    ['(+86)138.0000.1234\u200b', '+8613800001234'],
    ['="13800001234"', '+8613800001234'],
    ["'13800001234", '+8613800001234'],
    ['13800001234.0', '+8613800001234'],
    ['021-58881234', '+862158881234'],
    ['+86 021 58881234', '+862158881234'],
    ['tel:+86-138-0000-1234', '+8613800001234'],
    ['sip:+8613800001234@10.0.0.1:5060;user=phone', '+8613800001234'],
    ['"Service" <sip:+85261234567@gw>', '+85261234567'],
    ['0085261234567', '+85261234567'],
    ['+1 (202) 555-0123', '+12025550123'],
  ])('writes %j as %s', (raw, id) => expect(idOf(raw)).toBe(id));

  it.each([
    '95588',
    '96110',
    '4008123123',
    '8008101234',
    '10690001234567',
    '10086',
    '12381',
    '12345',
    '110',
    '114',
    '116114',
  ])('keeps the service %s as dialled, with or without 86 before it', (service) => {
    expect(canonicalNumber(service, home)).toMatchObject({ id: service, kind: 'service', country: 'CN' });
    expect(idOf(`+86${service}`)).toBe(service);
  });

  it.each(['58881234', '85261234567', '4711', '17', 'anonymous', '+999123456', '+12345', 'node-17', '0110'])(
    'leaves %s as it is: nothing tells what should be added',
    (raw) => expect(canonicalNumber(raw, home)).toMatchObject({ id: raw, kind: 'opaque', country: '' }),
  );

  it('keeps SIP URIs, their host in small letters', () => {
    expect(canonicalNumber('SIP:Alice@Example.COM', home)).toMatchObject({ id: 'sip:Alice@example.com', kind: 'sip' });
  });

  it.each([
    ['1.38E+10', 'spreadsheet_damaged'],
    ['8.61380E+12', 'spreadsheet_damaged'],
    ['#######', 'spreadsheet_damaged'],
    ['', 'empty'],
    [' \u200b ', 'empty'],
    ['13800\u0000001234', 'control_character'],
    ['9'.repeat(300), 'too_long'],
  ])('rejects %j: %s', (raw, reason) => expect(canonicalNumber(raw, home)).toEqual({ rejected: true, reason }));

  it('knows place and first carrier of a mainland number, and says nothing where it does not know', () => {
    expect(canonicalNumber('13410001234', home)).toMatchObject({ province: '广东', city: '深圳', carrier: '移动' });
    expect(canonicalNumber('02158881234', home)).toMatchObject({ province: '上海', city: '上海', carrier: '' });
    expect(canonicalNumber('19912345678', home)).toMatchObject({ province: '', city: '', carrier: '电信' });
    expect(canonicalNumber('+85261234567', home)).toMatchObject({ country: 'HK', province: '', carrier: '' });
  });

  it('reads mainland mobile numbers by its fast path as libphonenumber does', () => {
    const digits = fc.integer({ min: 3_000_000_000, max: 9_999_999_999 }).map((n) => `1${n}`);
    fc.assert(
      fc.property(digits, fc.constantFrom('', '+86', '0086', '86'), (national, prefix) => {
        const parsed = parsePhoneNumberFromString(`+86${national}`, 'CN');
        expect(idOf(prefix + national)).toBe(parsed?.number);
      }),
      { numRuns: 500 },
    );
  });

  it('is idempotent: what it wrote, it leaves', () => {
    const dialled = fc
      .tuple(
        fc.constantFrom('', '+', '00', '0', '86', '+86', '+8686', 'sip:', 'tel:+', "'", '='),
        fc.stringMatching(/^[0-9 ()+-]{0,18}$/),
      )
      .map((p) => p.join(''));
    fc.assert(
      fc.property(fc.oneof(dialled, fc.string({ unit: 'grapheme' }), fc.string()), (raw) => {
        const once = canonicalNumber(raw, home);
        if (once.rejected !== true) expect(canonicalNumber(once.id, home)).toEqual(once);
      }),
      { numRuns: 2000 },
    );
  });

  it('never adds digits: those of the result are those of the input, but for the country code', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[+0-9 ()-]{1,18}$/), (raw) => {
        const found = canonicalNumber(raw, home);
        if (found.rejected === true || found.kind !== 'e164') return;
        const digits = raw.replace(/\D/g, '');
        expect(
          digits.endsWith(found.id.slice(1)) ||
            digits.endsWith(found.id.replace(/^\+86/, '')) ||
            !found.id.startsWith('+86'),
        ).toBe(true);
      }),
    );
  });
});

describe('opaqueIdentifier', () => {
  it('keeps two id spaces apart by their prefixes', () => {
    expect(opaqueIdentifier('110', 's')).toMatchObject({ id: 's110', kind: 'opaque' });
    expect(opaqueIdentifier('110', 'd')).toMatchObject({ id: 'd110', kind: 'opaque' });
  });
});
