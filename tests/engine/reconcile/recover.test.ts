import { beforeEach, describe, expect, test } from '@jest/globals';
import { type AnyControl, compliant } from '../../../shared/control.ts';
import type { RecordedStep } from '../../../shared/ledger/records.ts';
import { HOUR_MS } from '../../../shared/time.ts';
import { GOOD, kept, lidClosed, locked, named } from '../../support/fake-resource.ts';
import { iso, kindsOfNotices, type RecoverScene, recoverScene } from '../../support/recover-scene.ts';

let scene: RecoverScene;
beforeEach(() => {
  scene = recoverScene();
});

describe('a run that was cut off', () => {
  test('and had remediated it: the record ends so, its steps are taken for made, and people are notified', async () => {
    const record = await scene.leftOpen();
    scene.close();
    const { run, ended } = await scene.recovered();
    expect(ended).toMatchObject({
      [lidClosed.id]: {
        outcome: 'remediated',
        remediationId: record.id,
        annotation: expect.stringMatching(/interrupted run\. The lid is open/),
      },
    });
    expect(await scene.engine.ledger.remediation(record.id)).toMatchObject({
      status: 'remediated',
      afterCompliance: 'COMPLIANT',
      error: expect.stringMatching(/interrupted/),
      steps: [{ status: 'made' }],
    });
    expect(kindsOfNotices(run)).toEqual(['remediated']);
  });

  test('and had not: the record is interrupted, what was called nobody knows, and the drift is another look’s', async () => {
    const record = await scene.leftOpen();
    const { run, ended } = await scene.recovered();
    expect(ended).toEqual({});
    expect(await scene.engine.ledger.remediation(record.id)).toMatchObject({
      status: 'interrupted',
      steps: [{ status: 'unknown' }],
    });
    expect(kindsOfNotices(run)).toEqual([]);
    expect(run.draft.state.open).toEqual([]);
  });

  test('of a control that is not evaluated waits for it, and the next record is ended all the same', async () => {
    const [others, own] = [await scene.leftOpen(), await scene.leftOpen({}, locked)];
    scene.close();
    await scene.recovered([locked]);
    expect(await scene.statusOf(others)).toBe('applying');
    expect(await scene.statusOf(own)).not.toBe('applying');
  });

  test('waits for a look that can read', async () => {
    const record = await scene.leftOpen();
    scene.world.errors.set('lid', named('AccessDenied'));
    expect((await scene.recovered()).ended).toEqual({});
    expect(await scene.statusOf(record)).toBe('applying');
  });

  test('is one whose resource is gone: nothing is left to be wrong, but where its deletion is drift', async () => {
    const record = await scene.leftOpen();
    scene.world.box = null;
    expect((await scene.recovered()).ended).toMatchObject({
      [lidClosed.id]: { outcome: 'remediated', after: 'NOT_APPLICABLE' },
    });
    expect(await scene.statusOf(record)).toBe('remediated');
    scene.world.box = GOOD;
    const other = await scene.leftOpen({}, kept);
    scene.world.box = null;
    expect((await scene.recovered([kept])).ended).toEqual({});
    expect(await scene.statusOf(other)).toBe('interrupted');
  });

  test('is not taken to have remediated a resource that is gone where its deletion may be drift, whatever its control says now', async () => {
    const indifferent: AnyControl = {
      ...kept,
      whenDeleted: { evaluate: () => compliant('So be it.'), plan: () => [] },
    };
    const record = await scene.leftOpen({}, indifferent);
    scene.world.box = null;
    expect((await scene.recovered([indifferent])).ended).toEqual({});
    expect(await scene.statusOf(record)).toBe('interrupted');
  });

  test('of a control that this look is not about waits for one that is', async () => {
    const record = await scene.leftOpen();
    scene.close();
    expect((await scene.recovered([locked])).ended).toEqual({});
    expect(await scene.statusOf(record)).toBe('applying');
  });

  test.each([false, true])(
    'had undone something: the undo is interrupted, and goes on by the same command; closed: %s',
    async (isClosed) => {
      const record = await scene.leftOpen({ kind: 'undo', undoes: 'rem-0' });
      // Compliant or not: what an undo restores is not judged by that.
      if (isClosed) scene.close();
      const { run, ended } = await scene.recovered();
      expect(ended).toEqual({});
      expect(await scene.engine.ledger.remediation(record.id)).toMatchObject({
        status: 'interrupted',
        after: { lid: { open: !isClosed } },
        // The state differs from the one that the undo began with: its call was made.
        steps: [{ status: isClosed ? 'made' : 'unknown' }],
      });
      expect(kindsOfNotices(run)).toEqual([]);
    },
  );

  test('keeps what is known of each step', async () => {
    const [intended] = (await scene.leftOpen()).steps;
    await scene.recovered();
    const known = (['made', 'failed', 'intended'] as const).map((status) => ({
      ...(intended as RecordedStep),
      status,
    }));
    const record = await scene.leftOpen({ steps: known });
    await scene.recovered();
    expect(await scene.engine.ledger.remediation(record.id)).toMatchObject({
      steps: [{ status: 'made' }, { status: 'failed' }, { status: 'unknown' }],
    });
  });
});

describe('an approval', () => {
  const awaiting = () =>
    scene.leftOpen({ status: 'awaitingApproval', mode: 'approve', expires: iso(scene.now() + HOUR_MS) });

  test('waits while its drift lasts', async () => {
    const record = await awaiting();
    await scene.recovered();
    expect(await scene.statusOf(record)).toBe('awaitingApproval');
  });

  test('is superseded where the drift has gone', async () => {
    const record = await awaiting();
    scene.close();
    await scene.recovered();
    expect(await scene.engine.ledger.remediation(record.id)).toMatchObject({
      status: 'superseded',
      error: 'the drift is gone',
    });
  });

  test('ends by its time, whether the resource can be read or not', async () => {
    const record = await awaiting();
    scene.world.errors.set('lid', named('AccessDenied'));
    scene.later(HOUR_MS - 1);
    await scene.recovered();
    expect(await scene.statusOf(record)).toBe('awaitingApproval');
    scene.later(1);
    await scene.recovered();
    expect(await scene.statusOf(record)).toBe('expired');
  });
});

test('several open records are each brought to their end', async () => {
  const first = await scene.leftOpen();
  const second = await scene.leftOpen({}, locked);
  scene.close();
  const { ended } = await scene.recovered([lidClosed, locked]);
  expect(Object.keys(ended).sort()).toEqual([lidClosed.id, locked.id].sort());
  expect([await scene.statusOf(first), await scene.statusOf(second)]).toEqual(['remediated', 'remediated']);
});
