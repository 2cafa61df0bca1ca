import { beforeEach, describe, expect, test } from '@jest/globals';
import { type AnyControl, nonCompliant, settling } from '../../../shared/control.ts';
import { ControlReconciler } from '../../../shared/engine/reconcile/control-reconciler.ts';
import type { Progress } from '../../../shared/engine/run/run.ts';
import type { ResourceState } from '../../../shared/ledger/ledger.ts';
import type { PolicyDocument } from '../../../shared/policy/policy.ts';
import { policyFrom } from '../../../shared/policy/settings.ts';
import { HOUR_MS, MINUTE_MS } from '../../../shared/time.ts';
import { type BoxScene, boxScene, KEY } from '../../support/box-run.ts';
import { GOOD, labelled, lidClosed, locked, named, refusedWith, withSeverity } from '../../support/fake-resource.ts';
import { change, exemptionOf, findingOf } from '../../support/ledger-fixtures.ts';

let scene: BoxScene;
beforeEach(() => {
  scene = boxScene();
});
interface Given {
  readonly leased?: boolean;
  readonly recovered?: Readonly<Record<string, Progress>>;
  readonly siblings?: readonly AnyControl[];
}
/** Settles the box by these controls, and writes what was decided. */
async function settled(
  controls: readonly AnyControl[],
  { leased = true, recovered = {}, siblings = controls }: Given = {},
) {
  const run = await scene.run(controls, { siblings });
  const results = await new ControlReconciler(run, leased, null, new Map(Object.entries(recovered))).run();
  await run.draft.release();
  return { run, results };
}
const remember = (next: Partial<ResourceState>) => change(scene.engine.ledger, KEY, next);
const state = async () => (await scene.session()).state;
const notices = async () => (await state()).outbox.map(({ notice }) => `${notice.controlId} ${notice.result.outcome}`);
const isoAt = (milliseconds: number) => new Date(milliseconds).toISOString();
const setPolicy = (document: PolicyDocument) =>
  Object.assign(scene.engine, { policy: policyFrom({ defaults: { mode: 'remediate' }, ...document }) });

describe('without the lease', () => {
  test('nothing is written to the account, and who is at work is said', async () => {
    const { results } = await settled([lidClosed], { leased: false });
    expect(results).toMatchObject([
      {
        outcome: 'detected',
        annotation: 'Another run is working on the resource and will re-evaluate it. The lid is open.',
        steps: [{ operation: 'CloseLid' }],
      },
    ]);
    expect(scene.world.calls).toEqual([]);
    expect(await state()).toMatchObject({ findings: {}, outbox: [] });
  });

  test('an approval is not asked for either', async () => {
    setPolicy({ defaults: { mode: 'approve' } });
    const { results } = await settled([lidClosed], { leased: false });
    expect(results).toMatchObject([{ outcome: 'detected', remediationId: null }]);
    expect((await state()).open).toEqual([]);
  });

  test('what AWS is at work on stays pending until its deadline', async () => {
    const deadline = isoAt(scene.now() + HOUR_MS);
    await remember({ findings: { [lidClosed.id]: findingOf(lidClosed.id, { outcome: 'pending', deadline }) } });
    expect((await settled([lidClosed], { leased: false })).results).toMatchObject([{ outcome: 'pending' }]);
    scene.later(HOUR_MS);
    expect((await settled([lidClosed], { leased: false })).results).toMatchObject([{ outcome: 'detected' }]);
  });
});

describe('what former runs left', () => {
  const remediated: Progress = { outcome: 'remediated', remediationId: 'rem-1', annotation: 'before' };
  const pending: Progress = { outcome: 'pending', remediationId: 'rem-1', annotation: 'AWS is at work.' };

  test('is the outcome of its control, and of a sibling whose drift went with it', async () => {
    scene.world.box = GOOD;
    const { results } = await settled([lidClosed], { recovered: { [lidClosed.id]: remediated } });
    expect(results).toMatchObject([{ outcome: 'remediated', remediationId: 'rem-1', annotation: 'before' }]);
  });

  test('is the outcome of a control that has just failed for its deadline: no second write in the same look', async () => {
    const failed: Progress = { outcome: 'failed', remediationId: 'rem-1', error: 'late' };
    const { results } = await settled([lidClosed], { recovered: { [lidClosed.id]: failed } });
    expect(results).toMatchObject([{ outcome: 'failed', remediationId: 'rem-1' }]);
    expect(scene.world.calls).toEqual([]);
  });

  test('is waited for where AWS is at work on the same element', async () => {
    const run = await scene.run([lidClosed]);
    run.pendingElements.set('lid', { id: 'rem-1', recheckAt: 'soon' } as never);
    const [waiting] = await new ControlReconciler(run, true, null, new Map([[lidClosed.id, pending]])).run();
    expect(waiting).toMatchObject({ outcome: 'pending', remediationId: 'rem-1' });
    expect(scene.world.calls).toEqual([]);
    run.pendingElements.clear();
    const [gone] = await new ControlReconciler(run, true, null, new Map([[lidClosed.id, pending]])).run();
    expect(gone).toMatchObject({ outcome: 'remediated' });
  });
});

describe('what AWS is at work on by another’s hand', () => {
  const slow: AnyControl = { ...lidClosed, evaluate: () => settling('AWS is closing it.', '5m', 'closing') };

  test('is pending without a record or a notice, and looked at again when the state says', async () => {
    expect((await settled([slow])).results).toMatchObject([{ outcome: 'pending', remediationId: null }]);
    expect(await state()).toMatchObject({
      findings: { [slow.id]: { outcome: 'pending', retryAt: isoAt(scene.now() + 5 * MINUTE_MS) } },
      recheckAt: scene.now() + 5 * MINUTE_MS,
      open: [],
      outbox: [],
    });
    expect(scene.world.calls).toEqual([]);
  });

  test('is asked for once, and keeps its deadline', async () => {
    await settled([slow]);
    const { findings } = await state();
    scene.later(MINUTE_MS);
    await settled([slow]);
    expect((await state()).findings).toEqual(findings);
    scene.later(5 * MINUTE_MS);
    await settled([slow]);
    expect((await state()).findings[slow.id]).toMatchObject({
      deadline: findings[slow.id]?.deadline,
      retryAt: isoAt(scene.now() + 5 * MINUTE_MS),
    });
  });

  test('has failed at its deadline, and is said so once while it lasts', async () => {
    await settled([slow]);
    scene.later(HOUR_MS);
    expect((await settled([slow])).results).toMatchObject([
      { outcome: 'failed', error: expect.stringMatching(/^AWS did not finish by .*AWS is closing it\.$/) },
    ]);
    scene.later(MINUTE_MS);
    expect((await settled([slow])).results).toMatchObject([{ outcome: 'blocked', error: null }]);
    expect(await notices()).toEqual([`${slow.id} failed`]);
    scene.world.box = GOOD;
    expect((await settled([lidClosed])).results).toMatchObject([{ outcome: 'compliant' }]);
    expect((await state()).findings).toEqual({});
  });
});

describe('a person’s part', () => {
  test('is said before the drift', async () => {
    const byHand: AnyControl = { ...lidClosed, plan: () => ({ byHand: 'Ask the carpenter.' }) };
    expect((await settled([byHand])).results).toMatchObject([
      { outcome: 'detected', annotation: 'Ask the carpenter. The lid is open.', steps: [] },
    ]);
  });

  test('of a refusal names the gate, and its notice says whether what is planned could be undone', async () => {
    await scene.engine.ledger.pause({ control: null, reason: 'a launch', by: 'ann', at: '' });
    const { results } = await settled([lidClosed, locked]);
    expect(results).toMatchObject([
      { outcome: 'halted', gate: 'pause', annotation: 'Paused by ann: a launch. The lid is open.' },
      { outcome: 'halted', gate: 'pause' },
    ]);
    const { outbox } = await state();
    expect(outbox.map(({ notice: { reversible, stoppedBy } }) => ({ reversible, stoppedBy }))).toEqual([
      { reversible: true, stoppedBy: { gate: 'pause', everything: true } },
      { reversible: false, stoppedBy: { gate: 'pause', everything: true } },
    ]);
  });
});

describe('sibling controls', () => {
  const sibling = withSeverity(locked, 'box-sibling', 'CRITICAL');

  test('that hold nothing are not read for', async () => {
    await settled([lidClosed], { siblings: [lidClosed, labelled, sibling] });
    expect(scene.world.log.filter((line) => line.startsWith('read') && line !== 'read lid')).toEqual([]);
  });

  test('that are exempt are read for, and planned', async () => {
    await scene.engine.ledger.saveExemption(exemptionOf('ex-1', { control: sibling.id, expires: '2026-12-31' }));
    const { results } = await settled([lidClosed], { siblings: [lidClosed, sibling] });
    expect(results).toMatchObject([
      { outcome: 'detected', annotation: expect.stringMatching(/^Not remediated: box-sibling/) },
    ]);
    expect(scene.world.log).toContain('read lock');
    expect(scene.world.calls).toEqual([]);
  });
});

describe('what only a plan needs', () => {
  const careful: AnyControl = { ...lidClosed, planNeeds: ['label'] };

  test('is read where something is wrong, and never for a compliant resource', async () => {
    await settled([careful]);
    expect(scene.world.log).toContain('read label');
    scene.world.log.length = 0;
    await settled([careful]);
    expect(scene.world.log).toEqual(['read lid']);
  });
});

describe('a control that fails', () => {
  test('is a finding and a notice, and the next take their turn', async () => {
    scene.world.errors.set('label', named('AccessDenied'));
    const { results } = await settled([labelled, lidClosed]);
    expect(results).toMatchObject([
      { controlId: labelled.id, outcome: 'failed', before: null },
      { controlId: lidClosed.id, outcome: 'remediated' },
    ]);
    expect(await notices()).toEqual([`${labelled.id} failed`, `${lidClosed.id} remediated`]);
    expect((await state()).findings).toMatchObject({ [labelled.id]: { outcome: 'failed', fingerprint: 'failed' } });
  });
});

describe('what is blocked', () => {
  const denied = () =>
    scene.world.errors.set(
      'CloseLid',
      refusedWith('AccessDenied', 'with an explicit deny in a service control policy'),
    );

  test('is notified once and not tried again, until its time: then in the same record', async () => {
    setPolicy({});
    denied();
    const [first] = (await settled([lidClosed])).results;
    expect(first).toMatchObject({ outcome: 'blocked', error: expect.stringMatching(/explicit deny/) });
    const calls = () => scene.world.log.filter((line) => line === 'call CloseLid').length;
    scene.later(MINUTE_MS);
    expect((await settled([lidClosed])).results).toMatchObject([{ outcome: 'blocked', error: null }]);
    expect(calls()).toBe(1);
    scene.later(HOUR_MS);
    const [again] = (await settled([lidClosed])).results;
    expect([again?.outcome, again?.remediationId, calls()]).toEqual(['blocked', first?.remediationId, 2]);
    expect(await notices()).toEqual([`${lidClosed.id} blocked`]);
    scene.world.errors.clear();
    scene.later(HOUR_MS + 1);
    expect((await settled([lidClosed])).results).toMatchObject([
      { outcome: 'remediated', remediationId: first?.remediationId },
    ]);
    expect((await state()).findings).toEqual({});
  });

  test('takes no place in the breaker', async () => {
    setPolicy({ limits: { remediationsPerHour: 1 } });
    denied();
    await settled([lidClosed]);
    scene.world.errors.clear();
    scene.later(HOUR_MS / 2);
    expect((await settled([withSeverity(lidClosed, lidClosed.id, 'CRITICAL')])).results).toMatchObject([
      { outcome: 'blocked' },
    ]);
    scene.later(HOUR_MS);
    expect((await settled([lidClosed])).results).toMatchObject([{ outcome: 'remediated' }]);
  });
});

test('what reads otherwise is news, in the words of now', async () => {
  setPolicy({ defaults: { mode: 'detect' } });
  let text = 'one';
  const fickle: AnyControl = { ...lidClosed, evaluate: () => nonCompliant(text) };
  await settled([fickle]);
  text = 'two';
  await settled([fickle]);
  expect((await state()).findings[fickle.id]).toMatchObject({ annotation: 'two' });
  expect(await notices()).toHaveLength(2);
});
