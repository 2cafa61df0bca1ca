import { describe, expect, test } from '@jest/globals';
import { HOUR_MS } from '../../../../shared/time.ts';
import { closeLid, lidClosed, withSeverity } from '../../../support/fake-resource.ts';
import { EXEMPTION, gateScene, turnKey } from '../../../support/gate-scene.ts';
import { exemptionOf } from '../../../support/ledger-fixtures.ts';

/** A scene in which an undo of the lid's control has restored the lid. */
async function restored(rest: Partial<Parameters<typeof exemptionOf>[1]> = {}) {
  const scene = gateScene();
  await scene.ledger.saveExemption(exemptionOf('ex-1', { ...EXEMPTION, elements: ['lid'], ...rest }));
  return scene;
}

describe('what an undo restored', () => {
  test('is exempt from the control that was undone, until the last day is over', async () => {
    const { asked, later } = await restored();
    expect(await asked()).toEqual({
      outcome: 'exempted',
      reason: 'Exempt until 2026-01-01 (bob): a demo.',
      quiet: true,
    });
    later(12 * HOUR_MS);
    expect(await asked()).toBeNull();
  });

  test('is left alone by every other control too, which notifies why', async () => {
    const { asked } = await restored();
    expect(await asked({ control: withSeverity(lidClosed, 'box-shut', 'CRITICAL') })).toEqual({
      outcome: 'detected',
      reason: 'Not remediated: an undo of box-lid-closed restored it; exempt until 2026-01-01 (bob).',
    });
  });

  test('is left alone where a person has approved a plan for it', async () => {
    const { asked } = await restored();
    expect(await asked({ approved: true })).toMatchObject({ outcome: 'exempted' });
  });

  test.each(['detect', 'approve'] as const)(
    'is exempt in mode %s too, where nothing else is to be done',
    async (mode) => {
      const { asked, verdictOf } = await restored();
      expect(await asked({ mode })).toMatchObject({ outcome: 'exempted', quiet: true });
      const { refusal } = await verdictOf({ mode, steps: [closeLid(), turnKey] });
      expect(refusal?.outcome).toBe(mode === 'detect' ? 'detected' : 'awaitingApproval');
      expect((await verdictOf({ mode, steps: [] })).refusal?.outcome).toBe('detected');
    },
  );

  test('stops only the steps on these elements', async () => {
    const { verdictOf } = await restored();
    const { steps, refusal } = await verdictOf({ steps: [closeLid(), turnKey] });
    expect([steps, refusal?.outcome]).toEqual([[turnKey], 'exempted']);
  });

  test('of another resource stops nothing', async () => {
    const { asked } = await restored({ resource: 'box-2' });
    expect(await asked()).toBeNull();
  });
});
