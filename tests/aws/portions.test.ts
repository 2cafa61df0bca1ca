import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { inPortions } from '../../shared/aws/portions.ts';

test('portions hold all entries in their order, each within both limits but for one that is too large by itself', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(30)),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 40 }),
      (entries, most, bytes) => {
        const portions = inPortions(entries, { entries: most, bytes }, (entry) => entry);
        expect(portions.flat()).toEqual(entries);
        for (const portion of portions) {
          expect(portion.length).toBeLessThanOrEqual(most);
          expect(portion.length === 1 || portion.reduce((sum, entry) => sum + entry) <= bytes).toBe(true);
        }
        // No two neighbours would have been one portion.
        portions.slice(1).forEach(([first], index) => {
          const before = portions[index] ?? [];
          const sum = before.reduce((total: number, entry) => total + entry, 0);
          expect(before.length === most || sum + first > bytes).toBe(true);
        });
      },
    ),
  );
});
