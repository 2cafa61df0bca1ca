import { describe, expect, test } from '@jest/globals';
import { closeLid } from '../../../support/fake-resource.ts';
import { gateScene, turnKey } from '../../../support/gate-scene.ts';

describe('what AWS is at work on', () => {
  test('is not changed again, and the rest is', async () => {
    const { verdictOf } = gateScene();
    const { steps, refusal } = await verdictOf({ steps: [closeLid(), turnKey], pendingElements: ['lid'] });
    expect(steps).toEqual([turnKey]);
    expect(refusal).toEqual({
      outcome: 'pending',
      reason: 'AWS is still applying rem-1; the next check is at 2026-01-01T12:15:00.000Z.',
      quiet: true,
    });
  });
});
