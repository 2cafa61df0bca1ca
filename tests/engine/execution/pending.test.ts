import { beforeEach, describe, expect, test } from '@jest/globals';
import { type AnyControl, type Evaluation, settling } from '../../../shared/control.ts';
import {
  deadlineOf,
  finishPending,
  finishUnverified,
  markPending,
  RECHECK_MS,
  sendRecheck,
} from '../../../shared/engine/execution/pending.ts';
import type { Evaluated } from '../../../shared/engine/run/observation.ts';
import type { Run } from '../../../shared/engine/run/run.ts';
import type { Remediation } from '../../../shared/ledger/records.ts';
import { HOUR_MS, MINUTE_MS } from '../../../shared/time.ts';
import { type BoxScene, boxScene } from '../../support/box-run.ts';
import { lidClosed, REF, withSeverity } from '../../support/fake-resource.ts';
import { remediationOf } from '../../support/ledger-fixtures.ts';

let scene: BoxScene;
let run: Run;
let wrong: Evaluated;
let record: Remediation;
beforeEach(async () => {
  scene = boxScene();
  record = remediationOf('rem-1', { service: 'box', ref: REF, status: 'applying', after: null });
  run = await scene.run([lidClosed]);
  wrong = run.evaluate(lidClosed);
});
const isoAt = (milliseconds: number) => new Date(milliseconds).toISOString();
const read = (evaluation: Partial<Evaluation>): Evaluated => ({
  ...wrong,
  evaluation: { ...wrong.evaluation, ...evaluation },
});
const saved = () => run.draft.pending(record.id);
const finding = () => run.draft.state.findings[lidClosed.id];
const notices = () => run.draft.state.outbox.map(({ notice }) => notice.result.outcome);

describe('what AWS is still at work on', () => {
  const pendingAt = (control: AnyControl = lidClosed, evaluated = read(settling('AWS is at work.', '5m'))) => {
    finishPending(run, control, record, evaluated);
    return run.draft.state.recheckAt;
  };

  test('waits without a notice, and is looked at again when the state says', () => {
    expect(pendingAt()).toBe(scene.now() + 5 * MINUTE_MS);
    expect(saved()).toMatchObject({
      status: 'pending',
      recheckAt: isoAt(scene.now() + 5 * MINUTE_MS),
      expires: isoAt(scene.now() + HOUR_MS),
    });
    expect(finding()).toMatchObject({
      outcome: 'pending',
      retryAt: isoAt(scene.now() + 5 * MINUTE_MS),
      deadline: isoAt(scene.now() + HOUR_MS),
    });
    expect(notices()).toEqual([]);
  });

  test('or the control says, or after a minute; and at the latest at its deadline', () => {
    expect(pendingAt({ ...lidClosed, settles: '15m' }, wrong)).toBe(scene.now() + 15 * MINUTE_MS);
    expect(pendingAt(lidClosed, wrong)).toBe(scene.now() + RECHECK_MS);
    expect(deadlineOf({ ...lidClosed, deadline: '2m' }, 0)).toBe(isoAt(2 * MINUTE_MS));
    run.draft.change((state) => ({ ...state, recheckAt: null }));
    expect(pendingAt({ ...lidClosed, deadline: '2m' })).toBe(scene.now() + 2 * MINUTE_MS);
  });

  test('keeps its deadline however often it is looked at', () => {
    const expires = isoAt(scene.now() + 7 * MINUTE_MS);
    record = { ...record, status: 'pending', expires };
    scene.later(MINUTE_MS);
    pendingAt();
    expect(saved()).toMatchObject({ expires });
  });

  test('has one recheck for all that waits: the earliest that is still to come', () => {
    const wait = (after: number, id: string) =>
      markPending(run, withSeverity(lidClosed, id, 'LOW'), scene.now() + after, isoAt(scene.now() + HOUR_MS), '', 'f');
    wait(300, 'a');
    wait(500, 'b');
    expect(run.draft.state.recheckAt).toBe(scene.now() + 300);
    wait(200, 'c');
    expect(run.draft.state.recheckAt).toBe(scene.now() + 200);
    scene.later(1000);
    wait(300, 'a');
    expect(run.draft.state.recheckAt).toBe(scene.now() + 300);
  });

  test('has its recheck sent by the run that asked for it, and by no other', async () => {
    pendingAt();
    await run.draft.write();
    const at = scene.now() + 5 * MINUTE_MS;
    await sendRecheck(run, at);
    expect(scene.engine.sent).toEqual([]);
    await sendRecheck(run, null);
    expect(scene.engine.sent).toMatchObject([{ service: 'box', notBefore: at, detail: run.subject.ref }]);
  });
});

test('what nobody can read yet is pending, with its deadline, and is read again within a minute', async () => {
  const now = run.now().getTime();
  expect(finishUnverified(run, lidClosed, record, 'Throttled')).toMatchObject({
    outcome: 'pending',
    annotation: 'Remediated, but not verified yet: Throttled',
    remediationId: 'rem-1',
  });
  expect(run.draft.pending('rem-1')).toMatchObject({
    status: 'pending',
    expires: deadlineOf(lidClosed, now),
    recheckAt: new Date(now + RECHECK_MS).toISOString(),
    error: 'not verified yet: Throttled',
  });
  expect(run.draft.state.findings[lidClosed.id]).toMatchObject({ outcome: 'pending' });
});
