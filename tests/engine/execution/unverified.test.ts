import { beforeEach, expect, test } from '@jest/globals';
import { deadlineOf, RECHECK_MS } from '../../../shared/engine/execution/outcomes.ts';
import { finishOpen, finishUnverified } from '../../../shared/engine/execution/unverified.ts';
import { type BoxScene, boxScene } from '../../support/box-run.ts';
import { lidClosed } from '../../support/fake-resource.ts';
import { remediationOf, saveRecord } from '../../support/ledger-fixtures.ts';

let scene: BoxScene;
beforeEach(() => {
  scene = boxScene();
});

const APPLYING = remediationOf('rem-1', { status: 'applying', after: null });

test('what nobody can read yet is pending, with its deadline, and is read again within a minute', async () => {
  const run = await scene.run([lidClosed]);
  const now = run.now().getTime();
  expect(finishUnverified(run, lidClosed, APPLYING, 'Throttled')).toMatchObject({
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

test('a call that may have been made leaves its record open, and the finding says that it has failed', async () => {
  await saveRecord(scene.engine.ledger, APPLYING);
  const run = await scene.run([lidClosed]);
  expect(finishOpen(run, lidClosed, APPLYING, 'ECONNRESET')).toMatchObject({
    outcome: 'failed',
    after: null,
    error: 'ECONNRESET',
    remediationId: 'rem-1',
  });
  expect(run.draft.pending('rem-1')).toMatchObject({ status: 'applying', error: 'ECONNRESET' });
  expect(run.draft.state.findings[lidClosed.id]).toMatchObject({ outcome: 'failed', annotation: 'ECONNRESET' });
});
