import { describe, expect, it } from 'vitest';
import { key, resolveIdentities } from './identity.ts';
import { NO_LAYERS } from './testing.ts';

const handset = { imei: 'h1', number: '+8613800000001', calls: 9 };
const login = (account: string, logins: number) => ({ account, value: 'h1', logins });
const who = (logins: { account: string; value: string; logins: number }[]) =>
  resolveIdentities({ ...NO_LAYERS, handsets: [handset], loginDevices: logins });

describe('whose handset it is', () => {
  it('is that of its only user', () => {
    const { same, handsetOf } = who([login('a', 1)]);
    expect(handsetOf.get(handset.number)).toEqual(['a']);
    expect(same.find(key('number', handset.number))).toBe(same.find(key('account', 'a')));
  });

  it('is nobody’s alone where a few share it', () => {
    const { same, handsetOf } = who([login('a', 9), login('b', 1)]);
    expect(handsetOf.get(handset.number)).toEqual(['a', 'b']);
    expect(same.find(key('number', handset.number))).not.toBe(same.find(key('account', 'a')));
  });

  it('is that of whoever sets up the accounts of many, and nobody’s where many use it alike', () => {
    const others = Array.from({ length: 20 }, (_, i) => login(`seat${i}`, 1));
    const { same, handsetOf } = who([login('technician', 4), ...others]);
    expect(handsetOf.get(handset.number)).toEqual(['technician']);
    expect(same.find(key('number', handset.number))).toBe(same.find(key('account', 'technician')));
    expect(who([login('x', 2), ...others]).handsetOf.size).toBe(0);
    expect(who([login('x', 4), login('y', 3), ...others]).handsetOf.size).toBe(0);
  });
});

describe('whoever goes by a telephone number', () => {
  it('is that number, in whatever spelling, and the user of the handset it is in', () => {
    const phones = [handset.number.slice(3), handset.number].map((handle) => ({ handle, number: handset.number }));
    const { same } = resolveIdentities({ ...NO_LAYERS, phones, handsets: [handset], loginDevices: [login('a', 1)] });
    const one = new Set([
      ...phones.map((p) => same.find(key('person', p.handle))),
      same.find(key('number', handset.number)),
      same.find(key('account', 'a')),
    ]);
    expect(one.size).toBe(1);
  });
});
