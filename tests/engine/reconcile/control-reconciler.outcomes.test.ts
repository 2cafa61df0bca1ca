import { beforeEach, describe, expect, test } from '@jest/globals';
import { type AnyControl, settling } from '../../../shared/control.ts';
import { ControlReconciler } from '../../../shared/engine/reconcile/control-reconciler.ts';
import type { Remediation } from '../../../shared/ledger/records.ts';
import type { PolicyDocument } from '../../../shared/policy/policy.ts';
import { policyFrom } from '../../../shared/policy/settings.ts';
import { HOUR_MS } from '../../../shared/time.ts';
import { type BoxScene, boxScene } from '../../support/box-run.ts';
import { box, GOOD, lidClosed, locked, refusedWith, withSeverity } from '../../support/fake-resource.ts';

let scene: BoxScene;
beforeEach(() => {
  scene = boxScene();
});
interface Given {
  readonly approved?: Remediation | null;
  readonly siblings?: readonly AnyControl[];
}
async function outcomes(controls: readonly AnyControl[], { approved = null, siblings = controls }: Given = {}) {
  const run = await scene.run(controls, { siblings, resource: controls[0]?.resource ?? box });
  const results = await new ControlReconciler(run, true, approved, new Map()).run();
  await run.draft.release();
  return results;
}
const findings = async () => (await scene.session()).state.findings;
const setPolicy = (document: PolicyDocument) =>
  Object.assign(scene.engine, { policy: policyFrom({ defaults: { mode: 'remediate' }, ...document }) });

test('a control whose drift a sibling has just remediated names that remediation', async () => {
  const [first, second] = await outcomes([locked, lidClosed]);
  expect(first).toMatchObject({ controlId: locked.id, outcome: 'remediated' });
  expect(second).toMatchObject({
    controlId: lidClosed.id,
    outcome: 'remediated',
    before: 'NON_COMPLIANT',
    after: 'COMPLIANT',
    annotation: 'The lid is open.',
    remediationId: first?.remediationId,
  });
});

test('what does not exist is not applicable', async () => {
  scene.world.box = null;
  expect(await outcomes([lidClosed])).toMatchObject([{ outcome: 'notApplicable', after: 'NOT_APPLICABLE' }]);
});

test('a breaker that is open halts, and that is its finding', async () => {
  setPolicy({ limits: { remediationsPerHour: 1 } });
  await outcomes([lidClosed]);
  scene.world.box = { ...GOOD, lid: { open: true } };
  expect(await outcomes([lidClosed])).toMatchObject([
    { outcome: 'halted', gate: 'breaker', before: 'NON_COMPLIANT', after: 'NON_COMPLIANT' },
  ]);
  expect(await findings()).toMatchObject({ [lidClosed.id]: { outcome: 'halted' } });
});

test('what was blocked and is halted now is not retried at the time of the block', async () => {
  scene.world.errors.set('CloseLid', refusedWith('AccessDenied', 'with an explicit deny in a service control policy'));
  await outcomes([lidClosed]);
  expect((await findings())[lidClosed.id]).toMatchObject({ outcome: 'blocked', retryAt: expect.any(String) });
  await scene.engine.ledger.pause({ control: null, reason: 'a launch', by: 'ann', at: '' });
  await outcomes([lidClosed]);
  expect((await findings())[lidClosed.id]).toMatchObject({ outcome: 'halted', retryAt: null, blocked: null });
});

describe('an approved plan', () => {
  const requested = async () => {
    setPolicy({ defaults: { mode: 'approve' } });
    const [asked] = await outcomes([lidClosed]);
    return (await scene.engine.ledger.remediation(asked?.remediationId ?? '')) as Remediation;
  };

  test('is carried out', async () => {
    const { id, ...rest } = await requested();
    expect(await outcomes([lidClosed], { approved: { id, ...rest } })).toMatchObject([
      { outcome: 'remediated', remediationId: id },
    ]);
  });

  test('is no approval once its record is closed', async () => {
    const record = await requested();
    const run = await scene.run([lidClosed]);
    const [session] = await scene.engine.ledger.adopt(run.draft.session, record.id);
    run.draft.adopt(session);
    run.draft.save({ ...record, status: 'superseded' });
    await run.draft.release();
    expect(await outcomes([lidClosed], { approved: record })).toMatchObject([{ outcome: 'awaitingApproval' }]);
    expect(scene.world.calls).toEqual([]);
  });

  test('says nothing of why another control is only detected', async () => {
    const approved = await requested();
    const other = withSeverity(lidClosed, 'box-other', 'LOW');
    setPolicy({ controls: { [other.id]: { mode: 'detect' } } });
    expect(await outcomes([other], { approved })).toMatchObject([
      { outcome: 'detected', annotation: 'The lid is open.' },
    ]);
  });

  test('is no approval of another control', async () => {
    const approved = await requested();
    const other = withSeverity(lidClosed, 'box-other', 'LOW');
    expect(await outcomes([other], { approved })).toMatchObject([{ outcome: 'awaitingApproval' }]);
    expect(scene.world.calls).toEqual([]);
  });
});

describe('the mode goes by the tags of the resource', () => {
  const tagged = (control: AnyControl, read = async () => ({ tags: { env: 'lab' }, service: null })): AnyControl => ({
    ...control,
    resource: { ...box, ownership: { grants: {}, read } },
  });

  test.each([
    ['remediate', 'detect'],
    ['remediate', 'off'],
    ['detect', 'off'],
    ['off', 'detect'],
  ] as const)('%s elsewhere, %s where the tags say so', async (elsewhere, mode) => {
    setPolicy({ defaults: { mode: elsewhere }, matches: [{ tags: { env: 'lab' }, mode }] });
    expect(await outcomes([tagged(lidClosed)])).toMatchObject([{ outcome: 'detected', mode }]);
    expect((await findings())[lidClosed.id]?.annotation).toMatch(mode === 'off' ? /sets it to off/ : /^The lid/);
    expect(scene.world.calls).toEqual([]);
  });

  test('tags that cannot be read pass over no drift', async () => {
    setPolicy({ defaults: { mode: 'off' }, matches: [{ tags: { env: 'lab' }, mode: 'detect' }] });
    const unread = tagged(lidClosed, async () => Promise.reject(new Error('AccessDenied')));
    expect(await outcomes([unread])).toMatchObject([{ outcome: 'detected', mode: 'detect', error: null }]);
  });

  test('also for a sibling that requires approval by them', async () => {
    const sibling = withSeverity(tagged(locked), 'box-sibling', 'CRITICAL');
    setPolicy({ matches: [{ tags: { env: 'lab' }, controls: [sibling.id], mode: 'approve' }] });
    const control = tagged(lidClosed);
    expect(await outcomes([control], { siblings: [control, sibling] })).toMatchObject([
      { outcome: 'detected', annotation: expect.stringMatching(/^Not remediated: box-sibling/) },
    ]);
    expect(scene.world.calls).toEqual([]);
  });
});

test('a sibling that requires approval holds what it would change', async () => {
  const sibling = withSeverity(locked, 'box-sibling', 'CRITICAL');
  setPolicy({ controls: { [sibling.id]: { mode: 'approve' } } });
  expect(await outcomes([lidClosed], { siblings: [lidClosed, sibling] })).toMatchObject([
    { outcome: 'detected', annotation: expect.stringMatching(/^Not remediated: box-sibling/) },
  ]);
  expect(scene.world.calls).toEqual([]);
});

describe('the owner', () => {
  test.each([
    ['detect', 0],
    ['approve', 1],
    ['remediate', 1],
  ] as const)('is asked for only where a write is considered: in mode %s, %d times', async (mode, times) => {
    setPolicy({ defaults: { mode } });
    let reads = 0;
    const read = async () => {
      reads += 1;
      return { tags: {}, service: null };
    };
    await outcomes([{ ...lidClosed, resource: { ...box, ownership: { grants: {}, read } } }]);
    expect(reads).toBe(times);
  });
});

describe('what has missed its deadline', () => {
  const slow: AnyControl = { ...lidClosed, evaluate: () => settling('AWS is closing it.', '5m', 'closing') };
  beforeEach(async () => {
    await outcomes([slow]);
    scene.later(HOUR_MS);
    await outcomes([slow]);
  });

  test('says so while it lasts', async () => {
    expect(await outcomes([slow])).toMatchObject([
      { outcome: 'blocked', annotation: 'AWS did not finish in time. AWS is closing it.' },
    ]);
  });

  test('has a new one where the state has changed since', async () => {
    scene.world.box = { ...GOOD, lid: { open: true, hinge: 'new' } as never };
    expect(await outcomes([slow])).toMatchObject([{ outcome: 'pending' }]);
  });
});
