import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Identifier } from '../model/identifier.ts';
import type { Finding } from '../model/reason.ts';
import { FINDING_KINDS } from './catalogue.ts';
import { combine, FAMILY_CAP, FLAG_AT, logistic, PRIOR } from './combine.ts';
import { chanceStrength, oneIn, reason, shareStrength, strength } from './detector.ts';
import type { LawfulEvidence } from '../model/weighing.ts';
import { lawfulEvidence, type LawfulTraits } from './lawful.ts';
import { ASSOCIATION, ringMemberFinding } from './ring-member.ts';

const said = (detector: string, score = 1): Finding => ({
  detector,
  number: '+8613800000001' as Identifier,
  score,
  reasons: [],
  innocent: null,
  records: [],
});
const speaksFor = (weight: number): LawfulEvidence => ({
  weight,
  reason: reason('registered', 1, 'registry entry', null, { zh: '已登记', en: 'registered' }),
});
const NOBODY: LawfulTraits = {
  kind: 'e164',
  organisation: null,
  callBackShare: null,
  answeredInShare: null,
  callersIn: null,
  people: null,
  strangersShare: null,
  lastingShare: null,
  officeHoursShare: null,
  weekendShare: null,
  outDays: null,
  lifeDays: null,
  accounts: null,
  devices: null,
  addresses: null,
  turns: null,
  complaints: null,
  complaintsExpected: null,
};
const weightOf = (t: Partial<LawfulTraits>): number =>
  lawfulEvidence({ ...NOBODY, ...t }).reduce((sum, l) => sum + l.weight, 0);

const anyFinding = fc
  .tuple(fc.constantFrom(...FINDING_KINDS.map((d) => d.id)), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([id, score]) => said(id, score));
const anyLawful = fc.double({ min: 0, max: 8, noNaN: true }).map(speaksFor);

describe('findings together', () => {
  it('no finding is no suspicion', () => {
    expect(combine([], [])).toMatchObject({ logOdds: PRIOR, score: logistic(PRIOR), flagged: false, families: [] });
  });

  it('saying the same thing twice is not evidence twice: a family adds its cap at most', () => {
    const { logOdds } = combine([said('mass-dialling-to-strangers'), said('nobody-calls-back')], []);
    expect(logOdds).toBe(PRIOR + FAMILY_CAP.conduct);
  });

  it('one family alone flags nobody, however strong', () => {
    const harm = combine([said('convergence-on-victims'), said('named-in-cases'), said('lead-in-to-group')], []);
    expect(harm.score).toBeGreaterThan(FLAG_AT);
    expect(harm).toMatchObject({ flagged: false, families: ['harm'] });
  });

  it('two families do; a whole block of collective callers does', () => {
    expect(combine([said('mass-dialling-to-strangers'), said('displayed-abroad-placed-at-home')], []).flagged).toBe(
      true,
    );
    expect(combine([said('collective-calling')], []).flagged).toBe(true);
  });

  it('what looks like a lawful call centre, dialling in shifts down a customer list, stays below the flag', () => {
    const centre = [
      said('mass-dialling-to-strangers'),
      said('nobody-calls-back'),
      said('shift-work'),
      said('convergence-on-dealings'),
    ];
    expect(combine(centre, [speaksFor(6)]).flagged).toBe(false);
  });

  it('a ring’s account flags the number it showed, unless it is registered to somebody else', () => {
    const member = [ringMemberFinding('+442070000001', 'R1', 'a', 'account', 0.9)];
    expect(combine(member, [], ASSOCIATION.account)).toMatchObject({ flagged: true, families: [] });
    expect(combine(member, [], 0).flagged).toBe(false);
    expect(combine(member, [speaksFor(6)], ASSOCIATION.account).flagged).toBe(false);
  });

  it('can be taken apart: prior, families and ring, less what speaks for it, are the sum', () => {
    fc.assert(
      fc.property(fc.array(anyFinding), fc.array(anyLawful), fc.constantFrom(0, 3, 7), (findings, lawful, ring) => {
        const { logOdds, weighing: w } = combine(findings, lawful, ring);
        const against = w.prior + w.association + w.families.reduce((s, f) => s + f.logOdds, 0);
        expect(against - w.lawful.reduce((s, l) => s + l.weight, 0)).toBeCloseTo(logOdds, 4);
        for (const f of w.families) expect(f.detectors.length).toBeGreaterThan(0);
      }),
    );
  });

  it('does not know findings that no catalogue lists', () => {
    expect(combine([said('made-up')], []).logOdds).toBe(PRIOR);
  });

  it('more evidence never lowers a score, nor takes a flag off', () => {
    fc.assert(
      fc.property(fc.array(anyFinding), fc.array(anyLawful), anyFinding, (findings, lawful, more) => {
        const [before, after] = [combine(findings, lawful), combine([...findings, more], lawful)];
        expect(after.logOdds).toBeGreaterThanOrEqual(before.logOdds - 1e-9);
        expect(!before.flagged || after.flagged).toBe(true);
      }),
    );
  });

  it('a stronger finding never lowers a score', () => {
    fc.assert(
      fc.property(fc.array(anyFinding), anyFinding, fc.double({ min: 0, max: 1, noNaN: true }), (rest, f, other) => {
        const [low, high] = [Math.min(f.score, other), Math.max(f.score, other)];
        const [a, b] = [low, high].map((score) => combine([...rest, { ...f, score }], []).logOdds) as [number, number];
        expect(b).toBeGreaterThanOrEqual(a - 1e-9);
      }),
    );
  });

  it('more that speaks for a number never raises its score', () => {
    fc.assert(
      fc.property(fc.array(anyFinding), fc.array(anyLawful), anyLawful, (findings, lawful, more) => {
        const [before, after] = [combine(findings, lawful), combine(findings, [...lawful, more])];
        expect(after.score).toBeLessThanOrEqual(before.score);
        expect(!after.flagged || before.flagged).toBe(true);
      }),
    );
  });
});

describe('what speaks for a number', () => {
  it('nothing, where nothing is known', () => {
    expect(lawfulEvidence(NOBODY)).toEqual([]);
  });

  it('a registration outweighs any one family but harm', () => {
    expect(lawfulEvidence({ ...NOBODY, organisation: '晨光学校' })).toMatchObject([
      { weight: 6, reason: { measure: 'registered', text: { zh: '已登记为「晨光学校」的号码' } } },
    ]);
    expect(FAMILY_CAP.conduct).toBeLessThan(6);
    expect(FAMILY_CAP.identity).toBeLessThan(6);
  });

  it('a service code is assigned on application', () => {
    expect(weightOf({ kind: 'service' })).toBe(3);
  });

  it('being called back counts only where somebody picks up: a missed call is returned whoever made it', () => {
    expect(weightOf({ callBackShare: 0.15, answeredInShare: 0.9 })).toBe(4);
    expect(weightOf({ callBackShare: 0.15, answeredInShare: 0 })).toBe(0);
    expect(weightOf({ callBackShare: 0.15, answeredInShare: null })).toBe(0);
  });

  it('people who call of their own accord', () => {
    expect(weightOf({ callersIn: 60, people: 100, answeredInShare: 0.5 })).toBe(3);
    expect(weightOf({ callersIn: 60, people: 100, answeredInShare: 0 })).toBe(0);
    expect(weightOf({ callersIn: 5, people: 0, answeredInShare: 1 })).toBe(0);
  });

  it('acquaintances', () => {
    expect(weightOf({ strangersShare: 0 })).toBe(3);
    expect(weightOf({ strangersShare: 0.5 })).toBe(0);
  });

  const kept = { outDays: 20, lifeDays: 60, accounts: 1, devices: null, addresses: 2, turns: 0 };

  it('a stable identity: one account, sixty days; not where the account used others, or where nothing is known of it', () => {
    expect(weightOf(kept)).toBeCloseTo(1.2, 12);
    expect(weightOf({ ...kept, lifeDays: 30 })).toBeCloseTo(0.6, 12);
    expect(weightOf({ ...kept, turns: 1 })).toBe(0);
    expect(weightOf({ ...kept, devices: 3 })).toBe(0);
    expect(weightOf({ ...kept, outDays: 4 })).toBe(0);
    expect(weightOf({ ...kept, accounts: null, addresses: null })).toBe(0);
  });

  it('few complaints: none of 1000 people where anybody meets five; not none of 100, nor eight of 1000', () => {
    // (1 - 0.01)^1000 = 4e-5; (1 - 0.01)^100 = 0.37.
    expect(weightOf({ people: 1000, complaints: 0, complaintsExpected: 5 })).toBe(0.8);
    expect(weightOf({ people: 100, complaints: 0, complaintsExpected: 0.5 })).toBe(0);
    expect(weightOf({ people: 1000, complaints: 8, complaintsExpected: 5 })).toBe(0);
    expect(weightOf({ people: 1000, complaints: null, complaintsExpected: 5 })).toBe(0);
    expect(weightOf({ people: 1000, complaints: 0, complaintsExpected: 0 })).toBe(0);
  });

  it('business hours with weekends off, over two weeks', () => {
    const office = { outDays: 10, officeHoursShare: 0.9, weekendShare: 0 };
    expect(weightOf(office)).toBe(0.5);
    expect(weightOf({ ...office, weekendShare: 0.1 })).toBe(0);
    expect(weightOf({ ...office, outDays: 5 })).toBe(0);
  });

  it('people it keeps calling for weeks, which alone clears nobody', () => {
    expect(weightOf({ lastingShare: 0.2 })).toBe(0);
    expect(weightOf({ lastingShare: 0.25 })).toBe(1.25);
    expect(weightOf({ lastingShare: 1 })).toBe(2.5);
  });

  it('supports alone clear nobody', () => {
    expect(
      weightOf({ ...kept, people: 5000, complaints: 0, complaintsExpected: 50, officeHoursShare: 1, weekendShare: 0 }),
    ).toBeLessThan(3);
  });

  it('never counts against a number, and each piece has a reason in both languages', () => {
    const share = fc.option(fc.double({ min: 0, max: 1, noNaN: true }));
    const traits = fc.record({
      kind: fc.constantFrom('e164', 'service', 'opaque', ''),
      organisation: fc.option(fc.constant('甲')),
      callBackShare: share,
      answeredInShare: share,
      callersIn: fc.option(fc.nat(500)),
      people: fc.option(fc.nat(500)),
      strangersShare: share,
      lastingShare: share,
      officeHoursShare: share,
      weekendShare: share,
      outDays: fc.option(fc.nat(60)),
      lifeDays: fc.option(fc.nat(400)),
      accounts: fc.option(fc.nat(5)),
      devices: fc.option(fc.nat(5)),
      addresses: fc.option(fc.nat(5)),
      turns: fc.option(fc.nat(5)),
      complaints: fc.option(fc.nat(20)),
      complaintsExpected: fc.option(fc.double({ min: 0, max: 20, noNaN: true })),
    });
    fc.assert(
      fc.property(traits, (t) => {
        for (const l of lawfulEvidence(t)) {
          expect(l.weight).toBeGreaterThanOrEqual(0);
          expect(`${l.reason.text.zh}${l.reason.text.en}`).not.toMatch(/NaN|undefined|null/);
        }
      }),
    );
  });
});

describe('strength of an observation', () => {
  it('is half at the threshold, nothing below the start, full at the end', () => {
    expect(strength(4, 4, 12, 48)).toBe(0);
    expect(strength(12, 4, 12, 48)).toBe(0.5);
    expect(strength(24, 4, 12, 48)).toBeCloseTo(0.75, 12);
    expect(strength(48, 4, 12, 48)).toBe(1);
    expect(strength(Number.NaN, 4, 12, 48)).toBe(0);
    expect([shareStrength(0.79, 0.8), shareStrength(0.8, 0.8), shareStrength(1, 0.8)]).toEqual([0, 0.5, 1]);
    expect([chanceStrength(0.002, 0.001), chanceStrength(0.001, 0.001), chanceStrength(1e-9, 0.001)]).toEqual([
      0, 0.5, 1,
    ]);
    expect(chanceStrength(0, 0.001)).toBe(1);
  });

  it('grows with what is observed and stays between 0 and 1', () => {
    const value = fc.double({ min: 0, max: 1000, noNaN: true });
    fc.assert(
      fc.property(value, value, (x, y) => {
        const [a, b] = [Math.min(x, y), Math.max(x, y)];
        expect(strength(b, 4, 12, 48)).toBeGreaterThanOrEqual(strength(a, 4, 12, 48));
        expect(shareStrength(b / 1000, 0.3)).toBeGreaterThanOrEqual(shareStrength(a / 1000, 0.3));
        expect(chanceStrength(a / 1000, 0.01)).toBeGreaterThanOrEqual(chanceStrength(b / 1000, 0.01));
        for (const s of [strength(b, 4, 12, 48), shareStrength(b / 1000, 0.3), chanceStrength(b / 1000, 0.01)]) {
          expect(s).toBeGreaterThanOrEqual(0);
          expect(s).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('says chances as people say them', () => {
    expect([oneIn(0.00012), oneIn(0.5), oneIn(0)]).toEqual(['1/8,333', '1/2', '< 1/10¹²']);
    expect([oneIn(3e-9), oneIn(1e-7), oneIn(2.06e-12)]).toEqual(['1/3×10⁸', '1/10⁷', '1/5×10¹¹']);
  });
});
