import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hash53, RowIndex, Seen } from './vicidial-index.ts';

it('finds what a plain list finds: by id, else the lead’s nearest in time', () => {
  const key = fc.constantFrom('', '0', '1', '2', '3', '44');
  const row = fc.record({ id: key, lead: key, at: fc.option(fc.nat(300)), text: fc.string({ maxLength: 5 }) });
  const ask = fc.record({ id: key, lead: key, at: fc.nat(300), before: fc.nat(60), after: fc.nat(60) });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 200 }), fc.array(ask, { maxLength: 20 }), (rows, asks) => {
      const index = new RowIndex();
      for (const r of rows) index.push(r.id, r.lead, r.at, r.text);
      expect(index.length).toBe(rows.length);
      for (const a of asks) {
        const found = index.find(a.id, a.lead, a.at, a.before, a.after);
        const byId = a.id === '' ? [] : rows.filter((r) => r.id === a.id);
        if (byId.length > 0) {
          expect(rows[found]?.id).toBe(a.id);
          continue;
        }
        const near = rows
          .filter((r) => r.lead === a.lead && a.lead !== '' && a.lead !== '0' && r.at !== null)
          .map((r) => (r.at as number) - a.at)
          .filter((d) => d >= -a.before && d <= a.after);
        if (near.length === 0) expect(found).toBe(-1);
        else expect(Math.abs((rows[found]?.at ?? 0) - a.at)).toBe(Math.min(...near.map(Math.abs)));
        expect(index.textOf(found)).toBe(found < 0 ? '' : Buffer.from(rows[found]?.text ?? '').toString());
      }
    }),
  );
});

it('holds a hundred thousand keys, and no other', () => {
  const seen = new Seen();
  const index = new RowIndex();
  for (let i = 0; i < 100_000; i++) {
    seen.add(`1677628800.${i}`);
    index.push(`1677628800.${i}`, `L${i % 1000}`, i, `r${i}`);
  }
  for (let i = 0; i < 100_000; i += 997) {
    expect(seen.has(`1677628800.${i}`)).toBe(true);
    expect(seen.has(`1677628801.${i}`)).toBe(false);
    expect(index.textOf(index.find(`1677628800.${i}`, '', null, 0, 0))).toBe(`r${i}`);
    expect(index.find('', `L${i % 1000}`, i, 0, 0)).toBe(i);
  }
  expect(new Set(Array.from({ length: 100_000 }, (_, i) => hash53(`k${i}`))).size).toBe(100_000);
});
