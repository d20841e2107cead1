import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jensenShannon } from './handover-evidence.ts';
import type { Life, Tie } from './lives.ts';
import { sameShift } from './same-shift.ts';
import { sharedContacts } from './shared-contacts.ts';
import { ofRing } from './succession.ts';

const DAY = 86_400_000;
const END = 30 * DAY;
/** Two shifts: mornings and evenings. */
const MORNING = Array.from({ length: 24 }, (_, h) => (h >= 8 && h < 13 ? 10 : 0));
const EVENING = Array.from({ length: 24 }, (_, h) => (h >= 17 && h < 22 ? 10 : 0));

const life = (number: string, from: number, to: number, more: Partial<Life> = {}): Life => ({
  number,
  first: from * DAY,
  last: to * DAY,
  calls: 300,
  days: Math.max(1, Math.round(to - from)),
  country: 'PH',
  hours: MORNING,
  people: [],
  ties: [],
  ...more,
});
const on = (account: string): Tie[] => [{ kind: 'account', value: account, share: 1, opens: 1, closes: 1 }];
/** Colleagues on other accounts, all through the month: what a pair is rare among. */
const colleagues = Array.from({ length: 20 }, (_, i) =>
  life(`c${i}`, i % 10, 12 + i, { ties: on(`other${i}`), hours: EVENING, country: 'GB', people: [1000 + i, 2000 + i] }),
);
const pairsOf = (lives: readonly Life[]): Record<string, string> =>
  Object.fromEntries(ofRing(lives, END).map((h) => [h.from, h.to]));

describe('number succession', () => {
  it('follows an account from number to number, and says that the last is still in use', () => {
    const lives = [
      ...colleagues,
      life('a1', 1, 4, { ties: on('A') }),
      life('a2', 4.6, 9, { ties: on('A') }),
      life('a3', 9.5, 29.9, { ties: on('A') }),
    ];
    const found = ofRing(lives, END);
    const [first, second, third] = ['a1', 'a2', 'a3'].map((n) => found.find((h) => h.from === n)!);
    expect([first!.to, second!.to, third!.to]).toEqual(['a2', 'a3', '']);
    expect(first!.score).toBeGreaterThan(0.9);
    expect(first!.reasons.map((r) => r.measure)).toContain('same_account');
    for (const r of first!.reasons) expect(r.text.zh).not.toBe('');
    expect(third!.reasons[0]!.measure).toBe('still_in_use');
  });

  it('without accounts: by the people it went on with, when it works, and how soon', () => {
    const people = Array.from({ length: 60 }, (_, i) => i);
    const bare = colleagues.map((c) => ({ ...c, ties: [] }));
    const lives = [
      ...bare,
      life('old', 1, 6, { people }),
      life('new', 6.5, 11, { people: [...people.slice(30), ...people.map((p) => p + 100)] }),
      life('stranger', 6.4, 11, { people: people.map((p) => p + 500), hours: EVENING, country: 'GB' }),
    ];
    const found = ofRing(lives, END).find((h) => h.from === 'old')!;
    expect(found.to).toBe('new');
    expect(found.reasons.find((r) => r.measure === 'shared_contacts')?.value).toBe(30);
  });

  it('without accounts: tells the seat from the heir of some leads by the shift, and by how many it went on with', () => {
    const people = (from: number, n: number) => Array.from({ length: n }, (_, i) => from + i);
    const bare = colleagues.map((c, i) => ({ ...c, ties: [], country: 'PH', hours: i % 2 === 0 ? MORNING : EVENING }));
    const lives = [
      ...bare,
      life('left', 1, 6, { people: people(100, 60), hours: EVENING }),
      life('seat', 2, 6.1, { people: people(200, 60) }),
      // The morning's seat goes on with a tenth of its own leads, and was given as many of the colleague's who left.
      life('next', 6.8, 11, { people: [...people(154, 6), ...people(254, 6), ...people(600, 50)] }),
    ];
    expect(pairsOf(lives)).toMatchObject({ seat: 'next', left: '' });
  });

  it('reads a number that was given to another seat as two lives, and one whose holder was off as one', () => {
    const people = (from: number, n: number) => Array.from({ length: n }, (_, i) => from + i);
    const bare = colleagues.map((c) => ({ ...c, ties: [] }));
    const lives = [
      ...bare,
      // Given up on the fifth day, picked up by another seat on the eighth; its first holder went on as "next".
      life('twice', 1, 5, { people: people(100, 60) }),
      life('twice', 8, 12, { people: [...people(330, 30), ...people(400, 30)], hours: EVENING }),
      life('next', 5.6, 9.9, { people: [...people(130, 30), ...people(500, 30)] }),
      life('before', 2, 7.1, { people: people(300, 60), hours: EVENING }),
      life('after', 12.7, 16, { people: [...people(415, 15), ...people(700, 40)], hours: EVENING }),
      // Two days off, the same people after.
      life('off', 3, 6, { people: people(800, 60) }),
      life('off', 8.3, 11, { people: [...people(825, 35), ...people(900, 20)] }),
      life('heir', 11.4, 15, { people: [...people(800, 12), ...people(905, 10), ...people(950, 30)] }),
    ];
    const found = ofRing(lives, END);
    const handedOn = (number: string) => found.filter((h) => h.from === number).map((h) => h.to);
    expect(handedOn('twice')).toEqual(['next', 'after']);
    expect(handedOn('before')).toEqual(['twice']);
    expect(handedOn('off')).toEqual(['heir']);
  });

  it('gives one successor to one number: both of two seats get their own, though one fits both', () => {
    const lives = [
      ...colleagues,
      life('a1', 1, 5, { ties: on('T') }),
      life('b1', 1, 5.2, { ties: on('T'), hours: EVENING }),
      life('a2', 5.4, 12, { ties: on('T') }),
      life('b2', 5.7, 12, { ties: on('T'), hours: EVENING }),
    ];
    expect(pairsOf(lives)).toMatchObject({ a1: 'a2', b1: 'b2' });
  });

  it('names nobody for an agent who left, with why: colleagues whose numbers began that week have other accounts', () => {
    const people = Array.from({ length: 40 }, (_, i) => i);
    const lives = [
      ...colleagues,
      life('gone', 2, 7, { ties: on('G'), people }),
      // Inherited some leads, but is another seat.
      life('heir', 8, 14, { ties: on('H'), people: people.slice(0, 12) }),
    ];
    const found = ofRing(lives, END).find((h) => h.from === 'gone')!;
    expect(found.to).toBe('');
    expect(found.reasons[0]!.measure).toBe('nobody_took_over');
  });

  it('takes numbers used side by side, and one seen too rarely, for no succession', () => {
    const lives = [
      ...colleagues,
      life('p1', 1, 20, { ties: on('P') }),
      life('p2', 1.5, 20.5, { ties: on('P') }),
      life('rare', 2, 3, { ties: on('R'), calls: 2 }),
    ];
    expect(pairsOf(lives)).toMatchObject({ p1: '', p2: '', rare: '' });
    const rare = ofRing(lives, END).find((h) => h.from === 'rare')!;
    expect(rare.reasons[0]!.measure).toBe('too_few_calls');
  });

  it('does not depend on the order in which numbers come', () => {
    const lives = [...colleagues, life('a1', 1, 4, { ties: on('A') }), life('a2', 4.6, 9, { ties: on('A') })];
    const sorted = (found: ReturnType<typeof ofRing>) => found.map((h) => `${h.from} ${h.to} ${h.score}`).sort();
    expect(sorted(ofRing([...lives].reverse(), END))).toEqual(sorted(ofRing(lives, END)));
  });
});

describe('people in common', () => {
  const numbers = fc.array(
    fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { maxLength: 12 }).map((people) => people.sort((x, y) => x - y)),
    { minLength: 2, maxLength: 8 },
  );

  it('are counted for every pair', () => {
    fc.assert(
      fc.property(numbers, (lists) => {
        const found = sharedContacts(
          lists.map((people, i) => life(`n${i}`, i, i + 1, { people })),
          DAY,
        );
        lists.forEach((x, a) =>
          lists.forEach((y, b) => {
            if (a !== b) expect(found.of(a, b)).toBe(x.filter((p) => y.includes(p)).length);
          }),
        );
      }),
    );
  });

  it('say nothing where colleagues side by side have as many', () => {
    const list = (seed: number) =>
      Array.from({ length: 50 }, (_, i) => (i * i + seed * 17) % 211).sort((x, y) => x - y);
    const lives = Array.from({ length: 12 }, (_, i) =>
      life(`n${i}`, i < 10 ? 0 : 6, i < 11 ? 5 : 9, { people: list(i) }),
    );
    expect(sharedContacts(lives, DAY / 4).weight(0, 11)).toBeLessThan(0.5);
    // The same number in common among people who otherwise share none.
    const apart = lives.map((l, i) => (i === 0 || i === 11 ? l : { ...l, people: l.people.map((p) => p + 1000 * i) }));
    expect(sharedContacts(apart, DAY / 4).weight(0, 11)).toBeGreaterThan(3);
  });
});

describe('the same shift', () => {
  it('says nothing where all work alike, and tells two shifts apart', () => {
    const alike = Array.from({ length: 6 }, (_, i) => life(`n${i}`, i, i + 1));
    expect(sameShift(alike)(0, 1)).toBeCloseTo(0, 9);
    const two = alike.map((l, i) => (i % 2 === 0 ? l : { ...l, hours: EVENING }));
    expect(sameShift(two)(0, 2)).toBeGreaterThan(0.5);
    expect(sameShift(two)(0, 1)).toBeLessThan(-5);
  });
});

describe('likeness of hours', () => {
  it('is none without overlap, and whole for the same', () => {
    expect(jensenShannon(MORNING, EVENING)).toBeCloseTo(1, 12);
    expect(jensenShannon(MORNING, MORNING)).toBe(0);
    // Half of each is common: 1 bit x half.
    expect(jensenShannon([1, 1, 0], [0, 1, 1])).toBeCloseTo(0.5, 12);
  });
});
