import { describe, expect, test } from '@jest/globals';
import { flap } from '../../../../shared/engine/reconcile/gates/flap.ts';
import type { Candidate } from '../../../../shared/engine/reconcile/gates/gate.ts';
import { NO_FLAP } from '../../../../shared/ledger/flap.ts';
import type { PolicyDocument } from '../../../../shared/policy/policy.ts';
import { policyFrom } from '../../../../shared/policy/settings.ts';
import { HOUR_MS } from '../../../../shared/time.ts';
import { KEY } from '../../../support/box-run.ts';
import { CAUSE, closeLid, lidClosed } from '../../../support/fake-resource.ts';
import { gateScene, turnKey } from '../../../support/gate-scene.ts';
import { change } from '../../../support/ledger-fixtures.ts';

describe('a flap', () => {
  const policy: PolicyDocument = { limits: { flap: { times: 2, within: '1h' } } };
  const flapping = async () => {
    const scene = gateScene();
    const times = [Date.parse('2026-01-01T11:40:00Z'), Date.parse('2026-01-01T11:50:00Z')];
    await change(scene.ledger, KEY, { flaps: { lid: { ...NO_FLAP, times, controlId: lidClosed.id } } });
    return scene;
  };

  test('stops, and names who it was and with which tool', async () => {
    const { asked: ask } = await flapping();
    expect(await ask({ policy })).toEqual({
      outcome: 'halted',
      reason: 'Remediated 2 times, and the drift came back each time.',
      by: 'Last changed by ann with console.',
      gate: 'flap',
      stoppedBy: { gate: 'flap', everything: false },
    });
    const made = { tags: { 'aws:cloudformation:stack-name': 'web' } };
    expect((await ask({ policy, owner: made }))?.by).toBe(
      'Last changed by ann with console on a resource created by CloudFormation.',
    );
    const launched = { tags: { 'aws:autoscaling:groupName': 'web', 'aws:ec2launchtemplate:id': 'lt-1' } };
    expect((await ask({ policy, owner: launched }))?.by).toBe(
      'Last changed by ann with console on an instance launched by Auto Scaling group web, launch template lt-1.',
    );
  });

  test('stops as well where nobody knows who it was', async () => {
    const scene = await flapping();
    expect(await scene.asked({ policy, owner: null })).toMatchObject({ by: 'Last changed by ann with console.' });
    const run = Object.assign(await scene.run([lidClosed]), { cause: { ...CAUSE, attribution: null } });
    Object.assign(scene.engine, { policy: policyFrom(policy) });
    const candidate = { run, ownership: null } as Candidate;
    expect(flap('lid', candidate)).not.toHaveProperty('by');
    expect(flap('lid', candidate)).toMatchObject({ outcome: 'halted' });
  });

  test('goes on stopping while the drift is seen, and ends by itself after a quiet time', async () => {
    const { asked: ask, later } = await flapping();
    for (let turn = 0; turn < 5; turn += 1) {
      expect(await ask({ policy })).toMatchObject({ outcome: 'halted' });
      later(HOUR_MS / 2);
    }
    later(HOUR_MS / 2 + 1);
    expect(await ask({ policy })).toBeNull();
  });

  test('stops what it holds of a remediation, and not the rest', async () => {
    const { verdictOf } = await flapping();
    const { steps, refusal } = await verdictOf({ policy, steps: [closeLid(), turnKey] });
    expect([steps, refusal?.outcome]).toEqual([[turnKey], 'halted']);
  });

  test('is not counted by asking', async () => {
    const { asked: ask, session } = gateScene();
    for (let turn = 0; turn < 5; turn += 1) expect(await ask({ policy })).toBeNull();
    expect((await session()).state.flaps).toEqual({});
  });
});
