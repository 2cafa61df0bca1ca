import { describe, expect, test } from '@jest/globals';
import { MODES } from '../../../shared/control.ts';
import { lower } from '../../../shared/engine/run/modes.ts';

describe('lower', () => {
  test('is the lesser of two modes, whichever comes first', () => {
    for (const a of MODES)
      for (const b of MODES) {
        expect(MODES.indexOf(lower(a, b))).toBe(Math.min(MODES.indexOf(a), MODES.indexOf(b)));
        expect(lower(a, b)).toBe(lower(b, a));
      }
  });
});
