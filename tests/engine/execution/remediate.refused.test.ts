import { beforeEach, describe, expect, test } from '@jest/globals';
import { CutShortError } from '../../../shared/engine/errors.ts';
import { remediate } from '../../../shared/engine/execution/remediate.ts';
import { ACCOUNT, COOL_DOWN_MS } from '../../../shared/ledger/breaker.ts';
import { LEASE_MS } from '../../../shared/ledger/lease.ts';
import { withLease } from '../../../shared/ledger/ledger.ts';
import type { Remediation } from '../../../shared/ledger/records.ts';
import { policyFrom } from '../../../shared/policy/settings.ts';
import { KEY } from '../../support/box-run.ts';
import { GOOD, lidClosed, named, refusedWith, shut, World } from '../../support/fake-resource.ts';
import { change, findingOf, remediationOf, saveRecord } from '../../support/ledger-fixtures.ts';
import { type RemediateScene, remediateScene, workOf } from '../../support/remediate-scene.ts';

let scene: RemediateScene;
beforeEach(() => {
  scene = remediateScene();
});
const DENIED = refusedWith('AccessDenied', 'with an explicit deny in a service control policy');

describe('a refusal', () => {
  test.each([
    ['that may pass fails', refusedWith('AccessDenied'), 'failed'],
    ['that lasts blocks', DENIED, 'blocked'],
  ] as const)('%s: the place is given back, and no flap is counted', async (_what, error, outcome) => {
    scene.world.errors.set('CloseLid', error);
    const { progress } = await scene.carryOut();
    expect(progress).toMatchObject({ outcome, error: expect.stringContaining('StepFailedError: box:CloseLid failed') });
    expect([await scene.placesOf(lidClosed.id), await scene.placesOf(ACCOUNT)]).toEqual([0, 0]);
    expect((await scene.state()).flaps).toEqual({});
  });

  test('of a probe keeps the breaker open', async () => {
    const { ledger } = scene.engine;
    const open = { openedAt: scene.now() - COOL_DOWN_MS, probeUntil: null };
    await change(ledger, KEY, {}, { breakers: [{ scope: lidClosed.id, shard: null, read: 0, value: open }] });
    scene.world.errors.set('CloseLid', refusedWith('AccessDenied'));
    await scene.carryOut();
    expect((await ledger.breakers.all()).get(lidClosed.id)).toMatchObject({ openedAt: scene.now(), probeUntil: null });
  });

  test('after which the resource is right all the same was another’s doing: it is no drift, and nobody is notified', async () => {
    scene.world.errors.set('CloseLid', refusedWith('AccessDenied'));
    const run = await scene.run([lidClosed]);
    const work = workOf(run);
    scene.world.box = GOOD;
    expect(await remediate(run, work)).toMatchObject({ outcome: 'compliant', after: 'COMPLIANT' });
    await run.draft.write();
    expect(await scene.records()).toMatchObject([
      { status: 'failed', error: 'the resource changed while the call was in flight' },
    ]);
    expect((await scene.state()).findings).toEqual({});
    expect(run.notices).toEqual([]);
    expect(await scene.placesOf(lidClosed.id)).toBe(0);
  });

  test('of a later call, after which the resource is right all the same, leaves what was made: notified, and it can be undone', async () => {
    scene = remediateScene(new World({ lid: { open: true }, lock: { on: false } }));
    scene.world.errors.set('TurnKey', refusedWith('AccessDenied'));
    const run = await scene.run([shut]);
    const work = workOf(run, shut);
    scene.world.onCall = () => {
      scene.world.box = GOOD;
    };
    expect(await remediate(run, work)).toMatchObject({ outcome: 'remediated', after: 'COMPLIANT' });
    await run.draft.write();
    expect(await scene.records()).toMatchObject([
      { status: 'remediated', steps: [{ status: 'made' }, { status: 'failed' }], after: { lid: GOOD.lid } },
    ]);
    expect(run.notices).toHaveLength(1);
    expect(await scene.placesOf(shut.id)).toBe(1);
  });

  test('of a later call, after which the resource is gone, remediated nothing', async () => {
    scene = remediateScene(new World({ lid: { open: true }, lock: { on: false } }));
    scene.world.errors.set('TurnKey', refusedWith('AccessDenied'));
    const run = await scene.run([shut]);
    const work = workOf(run, shut);
    scene.world.onCall = () => {
      scene.world.box = null;
    };
    expect(await remediate(run, work)).toMatchObject({ outcome: 'notApplicable' });
    await run.draft.write();
    expect(await scene.records()).toMatchObject([
      { status: 'failed', steps: [{ status: 'made' }, { status: 'failed' }] },
    ]);
    expect(run.notices).toEqual([]);
    expect(await scene.placesOf(shut.id)).toBe(1);
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
    await scene.carryOut();
    scene.world.box = { ...GOOD, lid: { open: true } };
    const { progress } = await scene.carryOut();
    expect(progress).toMatchObject({ refusal: { outcome: 'halted', gate: 'breaker' } });
    expect(scene.operations()).toEqual(['CloseLid']);
    expect(await scene.records()).toHaveLength(1);
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
    expect(await scene.records()).toMatchObject([{ status: 'remediated', steps: [{ status: 'made', error: null }] }]);
  });

  test('of a call that took none is a failure, and its place stays taken', async () => {
    scene.world.errors.set('CloseLid', named('ECONNRESET'));
    const began = scene.now();
    expect((await scene.carryOut()).progress).toMatchObject({
      outcome: 'failed',
      error: expect.stringContaining('was not answered'),
    });
    expect(await scene.placesOf(lidClosed.id)).toBe(1);
    // It is read once: no call is left that could still take effect.
    expect(scene.now()).toBe(began);
  });

  test('after which a step was never sent, and all is right, was another’s doing', async () => {
    scene = remediateScene(new World({ lid: { open: true }, lock: { on: false } }));
    const run = await scene.run([shut]);
    const work = workOf(run, shut);
    scene.world.errors.set('CloseLid', named('ECONNRESET'));
    scene.world.box = GOOD;
    expect(await remediate(run, work)).toMatchObject({ outcome: 'compliant' });
    await run.draft.write();
    expect(await scene.records()).toMatchObject([
      { status: 'failed', steps: [{ status: 'unknown' }, { status: 'intended' }] },
    ]);
    // The call may have been made.
    expect(await scene.placesOf(shut.id)).toBe(1);
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
    expect(await scene.records()).toMatchObject([{ status: 'applying', steps: [{ status: 'unknown' }] }]);
  });

  test('that cannot be read after a refusal ends as a failure', async () => {
    const run = await scene.run([lidClosed]);
    const work = workOf(run);
    scene.world.errors.set('CloseLid', refusedWith('AccessDenied'));
    scene.world.errors.set('lid', named('Throttled'));
    expect(await remediate(run, work)).toMatchObject({ outcome: 'failed' });
    await run.draft.write();
    expect(await scene.records()).toMatchObject([{ status: 'failed', steps: [{ status: 'failed' }] }]);
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
  scene = remediateScene(new World({ lid: { open: true }, lock: { on: false } }));
  const run = await scene.run([shut]);
  scene.beforeCalls(async () => {
    scene.later(LEASE_MS + 1);
    const stolen = { ...(await scene.state()).lease, holder: 'another', until: scene.now() + LEASE_MS };
    await change(scene.engine.ledger, KEY, withLease(await scene.state(), stolen, scene.now()));
  });
  const error = await remediate(run, workOf(run, shut)).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(CutShortError);
  expect(scene.operations()).toEqual(['CloseLid']);
  expect(await scene.records()).toMatchObject([{ id: (error as CutShortError).remediationId, status: 'applying' }]);
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
    expect((await scene.carryOut()).progress).toMatchObject({ outcome: 'remediated', remediationId: 'rem-former' });
    expect(await scene.records()).toHaveLength(1);
  });

  test('has a record of its own where that one is not there', async () => {
    const blocked = { by: 'an SCP', recordId: 'rem-lost', facets: '', version: '' };
    await change(scene.engine.ledger, KEY, {
      findings: { [lidClosed.id]: findingOf(lidClosed.id, { outcome: 'blocked', blocked }) },
    });
    expect((await scene.carryOut()).progress).toMatchObject({ outcome: 'remediated' });
    expect(await scene.engine.ledger.remediation('rem-lost')).toBeNull();
  });

  test('has a record of its own where that one has come to another end', async () => {
    await blockedAs('failed');
    const { remediationId } = (await scene.carryOut()).progress as { remediationId: string };
    expect(remediationId).not.toBe('rem-former');
  });
});
