import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DETECTORS, FINDING_KINDS, findingKind } from './catalogue.ts';
import { inForce } from './detector.ts';
import { detectorsDocument } from './document.ts';
import { unitWords } from './threshold-words.ts';
import { explainSteps } from './run-detectors.ts';
import { FACT_KINDS } from '../model/fact-kinds.ts';

const home = { country: 'CN', zone: 'Asia/Shanghai' };

describe('the catalogue', () => {
  it('names every kind of finding once', () => {
    expect(new Set(FINDING_KINDS.map((d) => d.id)).size).toBe(FINDING_KINDS.length);
    expect(findingKind('ring-member')?.title.en).toBe('Number of a ring member');
    expect(findingKind('no-such-thing')).toBeUndefined();
  });

  it.each(FINDING_KINDS.map((d) => [d.id, d] as const))(
    '%s says what it sees and what looks the same, twice',
    (_, d) => {
      for (const said of [d.title, d.sees, d.looksTheSame, d.tellsApart]) {
        expect(said.zh).toMatch(/\p{Script=Han}/u);
        expect(said.en).toMatch(/[a-z]/i);
      }
      expect(d.source).not.toBe('');
      for (const t of Object.values(d.thresholds)) {
        expect(t.unit).not.toBe('');
        if ('needs' in d) expect(unitWords(t.unit).zh, t.unit).toMatch(/\p{Script=Han}/u);
        expect(t.value).toBeGreaterThanOrEqual(t.min);
        expect(t.value).toBeLessThanOrEqual(t.max);
      }
    },
  );

  it('asks for tables that exist, and for named steps', () => {
    for (const d of DETECTORS) {
      for (const table of d.needs) expect(Object.keys(FACT_KINDS)).toContain(table);
      expect(d.steps(inForce(d), home).length).toBeGreaterThan(0);
    }
    const names = explainSteps(home).map((s) => s.name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain('convergence-on-victims.victims_reached');
  });

  it('is what docs/detectors.md says (npx ringbreak numbers --catalogue > docs/detectors.md)', () => {
    expect(readFileSync(join(import.meta.dirname, '../../docs/detectors.md'), 'utf8')).toBe(detectorsDocument());
  });
});
