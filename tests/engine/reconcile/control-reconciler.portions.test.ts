import { beforeEach, describe, expect, test } from '@jest/globals';
import { type AnyControl, settling } from '../../../shared/control.ts';
import type { Unfinished } from '../../../shared/engine/execution/unfinished.ts';
import { ControlReconciler } from '../../../shared/engine/reconcile/control-reconciler.ts';
import type { Remediation } from '../../../shared/ledger/records.ts';
import { policyFrom } from '../../../shared/policy/settings.ts';
import { step } from '../../../shared/step.ts';
import { HOUR_MS, MINUTE_MS } from '../../../shared/time.ts';
import { type BoxScene, boxScene, KEY } from '../../support/box-run.ts';
import {
  BoxClient,
  CloseLidCommand,
  lidClosed,
  locked,
  named,
  OpenLidCommand,
  shut,
  TurnKeyCommand,
  World,
} from '../../support/fake-resource.ts';
import { change } from '../../support/ledger-fixtures.ts';
import { writes } from '../../support/reconcile-scene.ts';

let scene: BoxScene;
beforeEach(() => {
  scene = boxScene(new World({ lid: { open: true }, lock: { on: false } }));
});
const setMode = (mode: 'approve' | 'remediate') =>
  Object.assign(scene.engine, { policy: policyFrom({ defaults: { mode } }) });

/** Evaluates the box by a control, and writes what was decided. */
async function reconciled(
  control: AnyControl,
  { approved = null, unfinished }: { approved?: Remediation | null; unfinished?: Unfinished } = {},
) {
  const run = await scene.run([control]);
  if (unfinished !== undefined) run.unfinished.set(control.id, unfinished);
  const [result] = await new ControlReconciler(run, true, approved, new Map()).run();
  await run.draft.release();
  return result;
}
const recordOf = async (id: string | null | undefined) =>
  (await scene.engine.ledger.remediation(id ?? '')) as Remediation;

const undo = () => [step(BoxClient, OpenLidCommand, {})];
/** So large that a record holds one such step. */
const text = 'x'.repeat(40_000);
const large: AnyControl = {
  ...shut,
  plan: ({ lid, lock }) => [
    ...(lid.open ? [step(BoxClient, CloseLidCommand, { text }, { elements: ['lid'], undo })] : []),
    ...(lock.on ? [] : [step(BoxClient, TurnKeyCommand, { text }, { elements: ['lock'], undo })]),
  ],
};

describe('a plan that is larger than a record', () => {
  test('is carried out in remediations of their own, one after the other', async () => {
    expect(await reconciled(large)).toMatchObject({ outcome: 'remediated', after: 'COMPLIANT', error: null });
    expect(writes(scene.world)).toEqual(['CloseLid', 'TurnKey']);
    const records = await Array.fromAsync(scene.engine.ledger.remediations());
    expect(records.map(({ steps }) => steps.map(({ operation }) => operation)).sort()).toEqual([
      ['CloseLid'],
      ['TurnKey'],
    ]);
  });

  test('ends with the first that fails', async () => {
    scene.world.errors.set('CloseLid', named('InternalError'));
    expect(await reconciled(large)).toMatchObject({ outcome: 'failed' });
    expect(scene.world.log).not.toContain('call TurnKey');
  });

  test('is approved a record at a time', async () => {
    setMode('approve');
    const asked = await reconciled(large);
    expect(asked).toMatchObject({ outcome: 'awaitingApproval' });
    await reconciled(large, { approved: await recordOf(asked?.remediationId) });
    expect(writes(scene.world)).toEqual(['CloseLid']);
  });
});

describe('a plan that an interrupted run has made in part', () => {
  const interrupted = async (): Promise<Unfinished> => {
    setMode('approve');
    const asked = await reconciled(shut);
    setMode('remediate');
    const record = await recordOf(asked?.remediationId);
    return {
      record: { ...record, mode: 'remediate' },
      steps: shut.plan?.({ lid: { open: true }, lock: { on: false } } as never, {} as never) as Unfinished['steps'],
    };
  };

  test('is not finished where a person has paused meanwhile', async () => {
    const unfinished = await interrupted();
    await scene.engine.ledger.pause({ control: null, reason: 'a launch', by: 'ann', at: '' });
    expect(await reconciled(shut, { unfinished })).toMatchObject({ outcome: 'halted', gate: 'pause' });
    expect(writes(scene.world)).toEqual([]);
  });
});

test('an approval is none where its record is closed, though another record of the resource is open', async () => {
  setMode('approve');
  const other = await reconciled(locked);
  const record = await recordOf((await reconciled(lidClosed))?.remediationId);
  const { open } = (await scene.session()).state;
  await change(scene.engine.ledger, KEY, { open: open.filter(({ id }) => id === other?.remediationId) });
  expect(await reconciled(lidClosed, { approved: record })).toMatchObject({ outcome: 'awaitingApproval' });
  expect(writes(scene.world)).toEqual([]);
});

test('what has missed its deadline is a failed finding, and due again when the state says', async () => {
  const slow: AnyControl = { ...lidClosed, evaluate: () => settling('AWS is closing it.', '5m', 'closing') };
  await reconciled(slow);
  scene.later(HOUR_MS);
  await reconciled(slow);
  expect((await scene.session()).state.findings[slow.id]).toMatchObject({
    outcome: 'failed',
    retryAt: new Date(scene.now() + 5 * MINUTE_MS).toISOString(),
  });
});
