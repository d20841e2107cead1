import { describe, expect, it } from 'vitest';
import { combine } from '../../detect/combine.ts';
import type { LawfulEvidence } from '../../model/weighing.ts';
import { wouldChange } from './would-change.ts';

const found = (...ids: string[]) => ids.map((detector) => ({ detector, score: 1 }));
const registered: LawfulEvidence = {
  weight: 6,
  reason: {
    measure: 'registered',
    value: 1,
    unit: 'registry entry',
    threshold: null,
    text: { zh: '已登记', en: 'registered to a bank' },
  },
};
const told = (findings: ReturnType<typeof found>, lawful: LawfulEvidence[] = [], association = 0): string[] => {
  const c = combine(findings, lawful, association);
  return wouldChange(c.weighing, c.flagged).map((t) => t.en);
};

describe('what would change the verdict', () => {
  it('names the piece without which a number is not flagged, and what would have to be shown for it', () => {
    const two = found('mass-dialling-to-strangers', 'displayed-abroad-placed-at-home');
    expect(combine(two, []).flagged).toBe(true);
    const texts = told(two);
    expect(texts.filter((t) => t.startsWith('If “'))).toHaveLength(2);
    expect(texts.join()).toMatch(/registered to an organisation/);
  });

  it('says how much would have to be untrue where no single piece is decisive', () => {
    const many = found(
      'mass-dialling-to-strangers',
      'displayed-abroad-placed-at-home',
      'many-faces',
      'convergence-on-victims',
    );
    const texts = told(many, [], 4);
    expect(texts[0]).toMatch(/^No single piece changes it/);
    expect(texts.join()).not.toMatch(/registered/);
  });

  it('names the lawful evidence that holds a number back, and what might still come in', () => {
    const cleared = told(found('mass-dialling-to-strangers', 'displayed-abroad-placed-at-home'), [registered]);
    expect(cleared[0]).toBe('If this were untrue it would be flagged: registered to a bank');
    expect(told(found('mass-dialling-to-strangers')).join()).toMatch(/a victim naming it/);
    expect(told([])).toEqual([]);
  });
});
