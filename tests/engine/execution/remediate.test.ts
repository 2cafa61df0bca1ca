import { beforeEach, describe, expect, test } from '@jest/globals';
import { type AnyControl, compliant, nonCompliant, settling } from '../../../shared/control.ts';
import { CutShortError } from '../../../shared/engine/errors.ts';
import { remediate, type Work } from '../../../shared/engine/execution/remediate.ts';
import type { Run } from '../../../shared/engine/run/run.ts';
import { ACCOUNT, COOL_DOWN_MS } from '../../../shared/ledger/breaker.ts';
import { LEASE_MS } from '../../../shared/ledger/lease.ts';
import { withLease } from '../../../shared/ledger/ledger.ts';
import type { Remediation } from '../../../shared/ledger/records.ts';
import { policyFrom } from '../../../shared/policy/settings.ts';
import { MINUTE_MS } from '../../../shared/time.ts';
import { type BoxScene, boxScene, KEY } from '../../support/box-run.ts';
import {
  type Box,
  closeLid,
  GOOD,
  kept,
  lidClosed,
  named,
  refusedWith,
  shut,
  World,
} from '../../support/fake-resource.ts';
import { change, findingOf, remediationOf, saveRecord } from '../../support/ledger-fixtures.ts';

let scene: BoxScene;
beforeEach(() => {
  scene = boxScene();
});

const workOf = (run: Run, control: AnyControl = lidClosed, rest: Partial<Work> = {}): Work => {
  const evaluated = run.evaluate(control);
  const { steps } = run.plan(control, evaluated);
  return { control, evaluated, steps, heldBack: null, approved: null, ...rest };
};
/** Carries the plan of a control out, and writes what it has decided. */
async function carryOut(control: AnyControl = lidClosed, rest: Partial<Work> = {}) {
  const run = await scene.run([control]);
  const progress = await remediate(run, workOf(run, control, rest));
  await run.draft.write();
  return { run, progress };
}
const records = () => Array.fromAsync(scene.engine.ledger.remediations());
const operations = () => scene.world.calls.map(({ operation }) => operation);
const placesOf = async (scope: string) => (await scene.engine.ledger.breakers.all()).get(scope)?.times.length ?? 0;
const state = async () => (await scene.session()).state;
/** Does something before each call that is made on the account. */
function beforeCalls(hook: () => Promise<void>): void {
  const { aws } = scene.engine;
  const hooked: typeof aws = (region) => (client, elsewhere) => {
    const inner = aws(region)(client, elsewhere) as { send(command: object): Promise<unknown> };
    return Object.assign(Object.create(inner as object), {
      async send(command: object) {
        await hook();
        return inner.send(command);
      },
    });
  };
  Object.assign(scene.engine, { aws: hooked });
}
const DENIED = refusedWith('AccessDenied', 'with an explicit deny in a service control policy');

describe('a plan that is carried out', () => {
  test('is verified, and its record tells all of it', async () => {
    const { progress } = await carryOut();
    expect(progress).toMatchObject({ outcome: 'remediated', before: 'NON_COMPLIANT', after: 'COMPLIANT' });
    expect(scene.world.box).toEqual(GOOD);
    expect(await records()).toMatchObject([
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
    beforeCalls(async () => {
      seen.push(
        (await records()).map(({ status, steps }) => [status, steps[0]?.status]),
        (await state()).findings,
      );
    });
    await carryOut();
    expect(seen).toMatchObject([[['applying', 'intended']], { [lidClosed.id]: { outcome: 'detected' } }]);
  });

  test('takes a place in the breakers of its control and of the account', async () => {
    await carryOut();
    expect([await placesOf(lidClosed.id), await placesOf(ACCOUNT)]).toEqual([1, 1]);
  });

  test('of which a gate held back a part leaves that part as a finding', async () => {
    scene = boxScene(new World({ lid: { open: true }, lock: { on: false } }));
    const run = await scene.run([shut]);
    const steps = workOf(run, shut).steps.slice(0, 1);
    const heldBack = { outcome: 'pending', reason: 'AWS is at work on it.' } as const;
    expect(await remediate(run, workOf(run, shut, { steps, heldBack }))).toMatchObject({
      outcome: 'pending',
      annotation: 'AWS is at work on it. It is not shut.',
    });
    expect(operations()).toEqual(['CloseLid']);
  });

  describe('but for what a gate held back', () => {
    const heldBack = { outcome: 'pending', reason: 'AWS is at work on it.' } as const;
    const partOf = async (control: AnyControl) => {
      const run = await scene.run([control]);
      await run.readForPlan(control);
      return remediate(run, workOf(run, control, { steps: workOf(run, control).steps.slice(0, 1), heldBack }));
    };
    beforeEach(() => {
      scene = boxScene(new World({ lid: { open: true }, lock: { on: false } }));
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
    expect((await carryOut()).progress).toMatchObject({ outcome: 'remediated', after: 'NOT_APPLICABLE' });
  });
});

describe('a refusal', () => {
  test.each([
    ['that may pass fails', refusedWith('AccessDenied'), 'failed'],
    ['that lasts blocks', DENIED, 'blocked'],
  ] as const)('%s: the place is given back, and no flap is counted', async (_what, error, outcome) => {
    scene.world.errors.set('CloseLid', error);
    const { progress } = await carryOut();
    expect(progress).toMatchObject({ outcome, error: expect.stringContaining('StepFailedError: box:CloseLid failed') });
    expect([await placesOf(lidClosed.id), await placesOf(ACCOUNT)]).toEqual([0, 0]);
    expect((await state()).flaps).toEqual({});
  });

  test('of a probe keeps the breaker open', async () => {
    const { ledger } = scene.engine;
    const open = { openedAt: scene.now() - COOL_DOWN_MS, probeUntil: null };
    await change(ledger, KEY, {}, { breakers: [{ scope: lidClosed.id, shard: null, read: 0, value: open }] });
    scene.world.errors.set('CloseLid', refusedWith('AccessDenied'));
    await carryOut();
    expect((await ledger.breakers.all()).get(lidClosed.id)).toMatchObject({ openedAt: scene.now(), probeUntil: null });
  });

  test('after which the resource is right all the same was another’s doing: it is no drift, and nobody is notified', async () => {
    scene.world.errors.set('CloseLid', refusedWith('AccessDenied'));
    const run = await scene.run([lidClosed]);
    const work = workOf(run);
    scene.world.box = GOOD;
    expect(await remediate(run, work)).toMatchObject({ outcome: 'compliant', after: 'COMPLIANT' });
    await run.draft.write();
    expect(await records()).toMatchObject([
      { status: 'failed', error: 'the resource changed while the call was in flight' },
    ]);
    expect((await state()).findings).toEqual({});
    expect(run.notices).toEqual([]);
    expect(await placesOf(lidClosed.id)).toBe(0);
  });

  test('of a later call, after which the resource is right all the same, leaves what was made: notified, and it can be undone', async () => {
    scene.world.errors.set('TurnKey', refusedWith('AccessDenied'));
    scene.world.box = { ...GOOD, lid: { open: true }, lock: { on: false } };
    const run = await scene.run([shut]);
    const work = workOf(run, shut);
    scene.world.onCall = () => {
      scene.world.box = GOOD;
    };
    expect(await remediate(run, work)).toMatchObject({ outcome: 'remediated', after: 'COMPLIANT' });
    await run.draft.write();
    expect(await records()).toMatchObject([
      { status: 'remediated', steps: [{ status: 'made' }, { status: 'failed' }], after: { lid: GOOD.lid } },
    ]);
    expect(run.notices).toHaveLength(1);
    expect(await placesOf(shut.id)).toBe(1);
  });

  test('after which the resource is gone is another’s doing too', async () => {
    scene.world.errors.set('CloseLid', refusedWith('AccessDenied'));
    const run = await scene.run([lidClosed]);
    const work = workOf(run);
    scene.world.box = null;
    expect(await remediate(run, work)).toMatchObject({ outcome: 'notApplicable', after: 'NOT_APPLICABLE' });
  });

  test('of a breaker comes before the record and the call', async () => {
    Object.assign(scene.engine, { policy: policyFrom({ limits: { remediationsPerHour: 1 } }) });
    await carryOut();
    scene.world.box = { ...GOOD, lid: { open: true } };
    const { progress } = await carryOut();
    expect(progress).toMatchObject({ refusal: { outcome: 'halted', gate: 'breaker' } });
    expect(operations()).toEqual(['CloseLid']);
    expect(await records()).toHaveLength(1);
    expect(await scene.engine.ledger.announcements.claim(scene.now())).toMatchObject([
      { key: `breaker|${lidClosed.id}` },
    ]);
  });
});

describe('a lost answer', () => {
  test('of a call that took effect is a remediation', async () => {
    const run = await scene.run([lidClosed]);
    const work = workOf(run);
    scene.world.errors.set('CloseLid', named('ECONNRESET'));
    scene.world.box = GOOD;
    expect(await remediate(run, work)).toMatchObject({ outcome: 'remediated' });
    await run.draft.write();
    expect(await records()).toMatchObject([{ status: 'remediated', steps: [{ status: 'made', error: null }] }]);
  });

  test('of a call that took none is a failure, and its place stays taken', async () => {
    scene.world.errors.set('CloseLid', named('ECONNRESET'));
    const began = scene.now();
    expect((await carryOut()).progress).toMatchObject({
      outcome: 'failed',
      error: expect.stringContaining('was not answered'),
    });
    expect(await placesOf(lidClosed.id)).toBe(1);
    // It is read once: no call is left that could still take effect.
    expect(scene.now()).toBe(began);
  });

  test('after which a step was never sent, and all is right, was another’s doing', async () => {
    scene = boxScene(new World({ lid: { open: true }, lock: { on: false } }));
    const run = await scene.run([shut]);
    const work = workOf(run, shut);
    scene.world.errors.set('CloseLid', named('ECONNRESET'));
    scene.world.box = GOOD;
    expect(await remediate(run, work)).toMatchObject({ outcome: 'compliant' });
    await run.draft.write();
    expect(await records()).toMatchObject([
      { status: 'failed', steps: [{ status: 'unknown' }, { status: 'intended' }] },
    ]);
  });

  test('that cannot be read after either is open until somebody can read, and says both', async () => {
    const run = await scene.run([lidClosed]);
    const work = workOf(run);
    scene.world.errors.set('CloseLid', named('ECONNRESET'));
    scene.world.errors.set('lid', named('Throttled'));
    expect(await remediate(run, work)).toMatchObject({
      outcome: 'failed',
      error: expect.stringMatching(/ECONNRESET.*; then: .*could not read lid/),
    });
    await run.draft.write();
    // It may have been made: the next run that can read decides.
    expect(await records()).toMatchObject([{ status: 'applying', steps: [{ status: 'unknown' }] }]);
  });

  test('that cannot be read after a refusal ends as a failure', async () => {
    const run = await scene.run([lidClosed]);
    const work = workOf(run);
    scene.world.errors.set('CloseLid', refusedWith('AccessDenied'));
    scene.world.errors.set('lid', named('Throttled'));
    expect(await remediate(run, work)).toMatchObject({ outcome: 'failed' });
    await run.draft.write();
    expect(await records()).toMatchObject([{ status: 'failed', steps: [{ status: 'failed' }] }]);
  });

  test('of a call that is refused for good, on a resource that is gone meanwhile, is nothing to notify', async () => {
    const run = await scene.run([lidClosed]);
    const work = workOf(run);
    scene.world.errors.set(
      'CloseLid',
      refusedWith('AccessDenied', 'with an explicit deny in a service control policy'),
    );
    scene.world.box = null;
    expect(await remediate(run, work)).toMatchObject({ outcome: 'notApplicable' });
    expect(run.draft.state.findings).toEqual({});
  });
});

test('where the lease is lost between two calls, no further call is made, and the error names the record', async () => {
  scene = boxScene(new World({ lid: { open: true }, lock: { on: false } }));
  const run = await scene.run([shut]);
  beforeCalls(async () => {
    scene.later(LEASE_MS + 1);
    const stolen = { ...(await state()).lease, holder: 'another', until: scene.now() + LEASE_MS };
    await change(scene.engine.ledger, KEY, withLease(await state(), stolen, scene.now()));
  });
  const error = await remediate(run, workOf(run, shut)).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(CutShortError);
  expect(operations()).toEqual(['CloseLid']);
  expect(await records()).toMatchObject([{ id: (error as CutShortError).remediationId, status: 'applying' }]);
  expect(run.draft.pending((error as CutShortError).remediationId)).toMatchObject({
    status: 'failed',
    steps: [{ status: 'made' }, { status: 'intended' }],
    after: { lid: { open: false }, lock: { on: false } },
  });
});

describe('a try after a block', () => {
  const blockedAs = async (status: Remediation['status']) => {
    const { ref, resource } = (await scene.run([lidClosed])).subject;
    const former = remediationOf('rem-former', { service: resource.service.id, ref, controlId: lidClosed.id });
    await saveRecord(scene.engine.ledger, former);
    await saveRecord(scene.engine.ledger, { ...former, status });
    const blocked = { by: 'an SCP', recordId: 'rem-former', facets: '', version: '' };
    await change(scene.engine.ledger, KEY, {
      findings: { [lidClosed.id]: findingOf(lidClosed.id, { outcome: 'blocked', blocked }) },
    });
  };

  test('goes on in the record of the block', async () => {
    await blockedAs('blocked');
    expect((await carryOut()).progress).toMatchObject({ outcome: 'remediated', remediationId: 'rem-former' });
    expect(await records()).toHaveLength(1);
  });

  test('has a record of its own where that one is not there', async () => {
    const blocked = { by: 'an SCP', recordId: 'rem-lost', facets: '', version: '' };
    await change(scene.engine.ledger, KEY, {
      findings: { [lidClosed.id]: findingOf(lidClosed.id, { outcome: 'blocked', blocked }) },
    });
    expect((await carryOut()).progress).toMatchObject({ outcome: 'remediated' });
    expect(await scene.engine.ledger.remediation('rem-lost')).toBeNull();
  });

  test('has a record of its own where that one has come to another end', async () => {
    await blockedAs('failed');
    const { remediationId } = (await carryOut()).progress as { remediationId: string };
    expect(remediationId).not.toBe('rem-former');
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
    const { run, progress } = await carryOut(control);
    expect(progress).toMatchObject({ outcome: 'pending' });
    expect(run.notices).toEqual([]);
    expect([scene.now() - began, (await state()).recheckAt]).toEqual([0, began + wait]);
    expect(await records()).toMatchObject([{ status: 'pending', steps: [{ status: 'made' }] }]);
  });

  test('is pending too where it cannot be read after the call', async () => {
    scene.world.onCall = () => {
      scene.world.errors.set('lid', named('Throttled'));
    };
    const began = scene.now();
    expect((await carryOut()).progress).toMatchObject({
      outcome: 'pending',
      annotation: expect.stringMatching(/^Remediated, but not verified yet: .*could not read lid/),
    });
    expect(scene.now()).toBeGreaterThan(began);
  });
});

describe('what is made again', () => {
  beforeEach(async () => {
    scene = boxScene(new World(null));
    await change(scene.engine.ledger, KEY, { lastKnown: { label: { text: 'tools' } } });
  });

  test('is read again where a read does not show it yet', async () => {
    const began = scene.now();
    scene.world.onCall = (operation) => {
      if (operation === 'TurnKey') scene.world.stale.push(null, null);
    };
    const { progress } = await carryOut(kept);
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
    expect((await carryOut(fickle)).progress).toMatchObject({
      outcome: 'failed',
      error: expect.stringMatching(/^NotConvergedError/),
    });
  });
});

test('calls that took no effect are a failure after all waits', async () => {
  scene.world.inert.add('CloseLid');
  const began = scene.now();
  expect((await carryOut()).progress).toMatchObject({
    outcome: 'failed',
    error: 'NotConvergedError: still non-compliant after the remediation: The lid is open.',
  });
  expect(scene.now() - began).toBe(15_750);
  expect((await state()).flaps).toEqual({});
});
