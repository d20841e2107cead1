import { describe, expect, it } from 'vitest';
import { Country } from '../country.ts';
import { atScale, presetNamed } from '../presets.ts';
import { streamsOf } from '../random.ts';
import { placeOf, recruit } from './structure.ts';

const ringAt = (seed: number, scale: number) => {
  const streams = streamsOf(seed);
  const country = new Country(Math.round(200_000 * scale), 8000 * scale, streams);
  const plan = atScale(presetNamed('pudong').rings[0]!, scale);
  return { country, ring: recruit('ring-1', plan, country, 28, new Set(), streams('people')) };
};

describe('the base case at full size', () => {
  for (const seed of [1, 2, 3]) {
    it(`has the numbers of the report (seed ${seed})`, () => {
      const { ring } = ringAt(seed, 1);
      const count = (role: string): number => ring.everybody.filter((m) => m.role === role).length;
      expect(ring.everybody).toHaveLength(506);
      expect(new Set(ring.everybody.map((m) => m.person)).size).toBe(506);
      expect(count('principal') + count('leader')).toBe(27);
      expect(count('principal')).toBe(3);
      expect(count('technician')).toBe(3);
      expect(count('inspector')).toBe(18);
      expect(new Set(ring.everybody.map((m) => placeOf(m).province)).size).toBe(24);
      expect(new Set(ring.everybody.map((m) => placeOf(m).city)).size).toBeGreaterThanOrEqual(100);
    });
  }

  it('reports upwards: agent to leader, leader and technician to principal, inspector to either', () => {
    const { ring } = ringAt(1, 1);
    const above: Record<string, readonly string[]> = {
      agent: ['leader'],
      leader: ['principal'],
      technician: ['principal'],
      inspector: ['principal', 'leader'],
    };
    for (const m of ring.everybody) {
      if (m.role === 'principal') expect(m.boss).toBeNull();
      else expect(above[m.role]).toContain(m.boss?.role);
    }
  });
});

it('shrinks with the country below scale 1, with every role kept', () => {
  const { ring } = ringAt(1, 0.1);
  expect(ring.everybody.length).toBe(51);
  expect(new Set(ring.everybody.map((m) => m.role)).size).toBe(5);
});
