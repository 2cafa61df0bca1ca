import { describe, expect, test } from '@jest/globals';
import type { Mode } from '../../../../shared/control.ts';
import { refusalOf } from '../../../support/gate-scene.ts';

describe('by its mode a remediation', () => {
  test.each<[Mode, object]>([
    ['off', { outcome: 'detected', reason: 'policy.yml sets every control to off.', quiet: true }],
    ['detect', { outcome: 'detected', reason: null }],
    ['approve', { outcome: 'awaitingApproval', reason: null }],
  ])('is refused in mode %s', async (mode, refusal) => {
    expect(await refusalOf({ mode })).toEqual(refusal);
  });

  test('is let through in mode remediate, and in mode approve once a person has approved it', async () => {
    expect(await refusalOf()).toBeNull();
    expect(await refusalOf({ mode: 'approve', approved: true })).toBeNull();
  });

  test('is refused under a ceiling, approved or not', async () => {
    expect(await refusalOf({ ceiling: 'detect', approved: true })).toEqual({ outcome: 'detected', reason: null });
    expect(await refusalOf({ ceiling: 'approve' })).toMatchObject({ outcome: 'awaitingApproval' });
  });

  test('that a person has approved, and no longer may be made, is refused with why', async () => {
    const lowered = { outcome: 'detected', reason: null, by: 'policy.yml sets every control to detect.' };
    expect(await refusalOf({ mode: 'detect', decided: true })).toEqual(lowered);
    expect(await refusalOf({ ceiling: 'detect', decided: true })).toEqual({ outcome: 'detected', reason: null });
  });

  test.each<Mode>(['approve', 'remediate'])('is a person’s where there is no plan, in mode %s', async (mode) => {
    expect(await refusalOf({ mode, steps: [] })).toEqual({ outcome: 'detected', reason: null });
  });
});
