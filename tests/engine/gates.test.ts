import { describe, expect, test } from '@jest/globals';
import { MODES, type Mode } from '../../shared/control.ts';
import { lower, refusalOf } from '../../shared/engine/gates.ts';
import { testEngine } from '../support/engine.ts';
import { closeLid, lidClosed, REF, World } from './box.ts';

const asked = (mode: Mode, plan = [closeLid()]) => {
  const engine = testEngine((region) => new World().aws(region));
  const settings = { mode, parameters: {}, why: 'policy.yml says so' };
  return refusalOf({ control: lidClosed, ref: REF, mode, settings, plan }, engine);
};

describe('lower', () => {
  test('is the lesser of two modes, whichever comes first', () => {
    for (const a of MODES)
      for (const b of MODES) {
        expect(MODES.indexOf(lower(a, b))).toBe(Math.min(MODES.indexOf(a), MODES.indexOf(b)));
        expect(lower(a, b)).toBe(lower(b, a));
      }
  });
});

describe('refusalOf', () => {
  test.each<[Mode, string]>([
    ['off', 'detected'],
    ['detect', 'detected'],
    ['approve', 'awaitingApproval'],
  ])('refuses in mode %s: %s, with the reason', async (mode, outcome) => {
    expect(await asked(mode)).toEqual({ outcome, reason: 'policy.yml says so' });
  });

  test('lets a plan through in mode remediate', async () => {
    expect(await asked('remediate')).toBeNull();
  });

  test.each<Mode>(['approve', 'remediate'])('asks for a person where there is no plan, in mode %s', async (mode) => {
    expect(await asked(mode, [])).toEqual({ outcome: 'detected', reason: expect.stringMatching(/needs a person/) });
  });
});
