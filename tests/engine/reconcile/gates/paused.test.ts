import { describe, expect, test } from '@jest/globals';
import { lidClosed } from '../../../support/fake-resource.ts';
import { EXEMPTION, gateScene } from '../../../support/gate-scene.ts';

describe('a pause', () => {
  const pause = (control: string | null) => ({ control, reason: 'a launch', by: 'ann', at: '' });

  test.each([[null], [lidClosed.id]])('of %s stops what would act, and says by whom and why', async (control) => {
    const { ledger, asked: ask } = gateScene();
    await ledger.pause(pause(control));
    for (const mode of ['approve', 'remediate'] as const)
      expect(await ask({ mode, approved: true })).toEqual({
        outcome: 'halted',
        reason: 'Paused by ann: a launch.',
        gate: 'pause',
        stoppedBy: { gate: 'pause', everything: control === null },
      });
    expect(await ask({ mode: 'detect' })).toEqual({ outcome: 'detected', reason: null });
    await ledger.resume(control);
    expect(await ask()).toBeNull();
  });

  test('of another control stops nothing', async () => {
    const { ledger, asked: ask } = gateScene();
    await ledger.pause(pause('box-locked'));
    expect(await ask()).toBeNull();
  });

  test('comes before every other gate', async () => {
    const { ledger, asked: ask } = gateScene();
    await ledger.pause(pause(null));
    expect(await ask({ policy: { exemptions: [EXEMPTION] }, owner: { service: 'EKS' } })).toMatchObject({
      outcome: 'halted',
    });
  });
});
