import { beforeEach, describe, expect, test } from '@jest/globals';
import { type AnyControl, compliant, nonCompliant, settling } from '../../../shared/control.ts';
import { remediate } from '../../../shared/engine/execution/remediate.ts';
import { ACCOUNT } from '../../../shared/ledger/breaker.ts';
import type { Remediation } from '../../../shared/ledger/records.ts';
import { MINUTE_MS } from '../../../shared/time.ts';
import { KEY } from '../../support/box-run.ts';
import { type Box, closeLid, GOOD, kept, lidClosed, named, shut, World } from '../../support/fake-resource.ts';
import { change, remediationOf, saveRecord } from '../../support/ledger-fixtures.ts';
import { type RemediateScene, remediateScene, workOf } from '../../support/remediate-scene.ts';

let scene: RemediateScene;
beforeEach(() => {
  scene = remediateScene();
});

describe('a plan that is carried out', () => {
  test('is verified, and its record tells all of it', async () => {
    const { progress } = await scene.carryOut();
    expect(progress).toMatchObject({ outcome: 'remediated', before: 'NON_COMPLIANT', after: 'COMPLIANT' });
    expect(scene.world.box).toEqual(GOOD);
    expect(await scene.records()).toMatchObject([
      {
        status: 'remediated',
        before: { lid: { open: true } },
        after: { lid: { open: false } },
        steps: [{ status: 'made', requestId: 'request-1' }],
      },
    ]);
  });

  test('is in the ledger, with its finding, before the first call', async () => {
    const seen: unknown[] = [];
    scene.beforeCalls(async () => {
      seen.push(
        (await scene.records()).map(({ status, steps }) => [status, steps[0]?.status]),
        (await scene.state()).findings,
      );
    });
    await scene.carryOut();
    expect(seen).toMatchObject([[['applying', 'intended']], { [lidClosed.id]: { outcome: 'detected' } }]);
  });

  test('takes a place in the breakers of its control and of the account', async () => {
    await scene.carryOut();
    expect([await scene.placesOf(lidClosed.id), await scene.placesOf(ACCOUNT)]).toEqual([1, 1]);
  });

  test('of which a gate held back a part leaves that part as a finding', async () => {
    scene = remediateScene(new World({ lid: { open: true }, lock: { on: false } }));
    const run = await scene.run([shut]);
    const steps = workOf(run, shut).steps.slice(0, 1);
    const heldBack = { outcome: 'pending', reason: 'AWS is at work on it.' } as const;
    expect(await remediate(run, workOf(run, shut, { steps, heldBack }))).toMatchObject({
      outcome: 'pending',
      annotation: 'AWS is at work on it. It is not shut.',
    });
    expect(scene.operations()).toEqual(['CloseLid']);
  });

  describe('but for what a gate held back', () => {
    const heldBack = { outcome: 'pending', reason: 'AWS is at work on it.' } as const;
    const partOf = async (control: AnyControl) => {
      const run = await scene.run([control]);
      await run.readForPlan(control);
      return remediate(run, workOf(run, control, { steps: workOf(run, control).steps.slice(0, 1), heldBack }));
    };
    beforeEach(() => {
      scene = remediateScene(new World({ lid: { open: true }, lock: { on: false } }));
    });

    test('has failed where its own part took no effect', async () => {
      scene.world.inert.add('CloseLid');
      expect(await partOf(shut)).toMatchObject({ outcome: 'failed', error: expect.stringMatching(/NotConverged/) });
    });

    test('is verified with what only the plan sees', async () => {
      const plan: AnyControl['plan'] = (state, context) =>
        (state as unknown as Box).label.text === 'tools' ? (shut.plan?.(state, context) ?? []) : [];
      const labelNeeded: AnyControl = { ...shut, planNeeds: ['label'], plan };
      expect(await partOf(labelNeeded)).toMatchObject({ outcome: 'pending' });
    });
  });

  test('on a resource that is deleted meanwhile has nothing left to remediate', async () => {
    scene.world.onCall = () => {
      scene.world.box = null;
    };
    expect((await scene.carryOut()).progress).toMatchObject({ outcome: 'remediated', after: 'NOT_APPLICABLE' });
  });
});

test('an approved plan runs in the record that was approved, decided now by who approved it', async () => {
  const run = await scene.run([lidClosed]);
  const { ref, resource } = run.subject;
  const stored = { service: resource.service.id, ref, controlId: lidClosed.id, status: 'awaitingApproval' } as const;
  await saveRecord(scene.engine.ledger, remediationOf('rem-asked', { ...stored, expires: '2026-01-03T00:00:00.000Z' }));
  const asked = await scene.run([lidClosed]);
  const [session, record] = await scene.engine.ledger.adopt(asked.draft.session, 'rem-asked');
  asked.draft.adopt(session);
  const approved = { ...(record as Remediation), decidedBy: 'ann' };
  expect(await remediate(asked, workOf(asked, lidClosed, { approved }))).toMatchObject({ remediationId: 'rem-asked' });
  await asked.draft.write();
  expect(await scene.engine.ledger.remediation('rem-asked')).toMatchObject({
    status: 'remediated',
    decidedBy: 'ann',
    expires: null,
    steps: [{ operation: 'CloseLid', status: 'made' }],
    times: { decided: new Date(scene.now()).toISOString() },
    codeVersion: scene.engine.codeVersion,
  });
});

describe('what AWS takes its time with', () => {
  /** After the call the lid is open still, and AWS says that it is at work. */
  const atWork: AnyControl = {
    ...lidClosed,
    evaluate: () =>
      scene.world.calls.length > 0 ? settling('AWS closes it.', '5m') : nonCompliant('The lid is open.'),
  };

  test.each<[string, AnyControl, number]>([
    ['the state says so', atWork, 5 * MINUTE_MS],
    ['the control says so', { ...lidClosed, settles: '15m' }, 15 * MINUTE_MS],
  ])('is pending where %s: read once, and looked at again at its time', async (_what, control, wait) => {
    scene.world.inert.add('CloseLid');
    const began = scene.now();
    const { run, progress } = await scene.carryOut(control);
    expect(progress).toMatchObject({ outcome: 'pending' });
    expect(run.notices).toEqual([]);
    expect([scene.now() - began, (await scene.state()).recheckAt]).toEqual([0, began + wait]);
    expect(await scene.records()).toMatchObject([{ status: 'pending', steps: [{ status: 'made' }] }]);
  });

  test('is pending too where it cannot be read after the call', async () => {
    scene.world.onCall = () => {
      scene.world.errors.set('lid', named('Throttled'));
    };
    const began = scene.now();
    expect((await scene.carryOut()).progress).toMatchObject({
      outcome: 'pending',
      annotation: expect.stringMatching(/^Remediated, but not verified yet: .*could not read lid/),
    });
    expect(scene.now()).toBeGreaterThan(began);
  });
});

describe('what is made again', () => {
  beforeEach(async () => {
    scene = remediateScene(new World(null));
    await change(scene.engine.ledger, KEY, { lastKnown: { label: { text: 'tools' } } });
  });

  test('is read again where a read does not show it yet', async () => {
    const began = scene.now();
    scene.world.onCall = (operation) => {
      if (operation === 'TurnKey') scene.world.stale.push(null, null);
    };
    const { progress } = await scene.carryOut(kept);
    expect(progress).toMatchObject({ outcome: 'remediated', after: 'COMPLIANT' });
    expect(scene.now()).toBeGreaterThan(began);
  });

  test('and is gone all the same is not remediated, whatever its control says of what is gone', async () => {
    const fickle: AnyControl = {
      ...kept,
      whenDeleted: {
        evaluate: () => (scene.world.calls.length > 0 ? compliant('So be it.') : nonCompliant('It was lost.')),
        plan: () => [closeLid()],
      },
    };
    expect((await scene.carryOut(fickle)).progress).toMatchObject({
      outcome: 'failed',
      error: expect.stringMatching(/^NotConvergedError/),
    });
  });
});

test('calls that took no effect are a failure after all waits', async () => {
  scene.world.inert.add('CloseLid');
  const began = scene.now();
  expect((await scene.carryOut()).progress).toMatchObject({
    outcome: 'failed',
    error: 'NotConvergedError: still non-compliant after the remediation: The lid is open.',
  });
  expect(scene.now() - began).toBe(15_750);
  expect((await scene.state()).flaps).toEqual({});
});
