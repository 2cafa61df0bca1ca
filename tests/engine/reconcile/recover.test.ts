import { beforeEach, describe, expect, test } from '@jest/globals';
import { type AnyControl, compliant } from '../../../shared/control.ts';
import { recover } from '../../../shared/engine/reconcile/recover.ts';
import { newRecord } from '../../../shared/engine/run/record.ts';
import type { Run } from '../../../shared/engine/run/run.ts';
import type { RecordedStep, Remediation } from '../../../shared/ledger/records.ts';
import { HOUR_MS, MINUTE_MS } from '../../../shared/time.ts';
import { type BoxScene, boxScene } from '../../support/box-run.ts';
import { box, closeLid, GOOD, kept, lidClosed, locked, named } from '../../support/fake-resource.ts';

let scene: BoxScene;
beforeEach(() => {
  scene = boxScene();
});
const iso = (milliseconds: number) => new Date(milliseconds).toISOString();

/** A record that a run left open, of the lid that is open now. */
async function leftOpen(rest: Partial<Remediation> = {}, control: AnyControl = lidClosed): Promise<Remediation> {
  const run = await scene.run([control]);
  const evaluated = run.evaluate(control);
  const record = newRecord(run, control, evaluated, [closeLid()], { status: 'applying', mode: 'remediate', ...rest });
  run.draft.save(record);
  await run.draft.release();
  return record;
}
const pending = (rest: Partial<Remediation> = {}) =>
  leftOpen({
    status: 'pending',
    recheckAt: iso(scene.now() + MINUTE_MS),
    expires: iso(scene.now() + HOUR_MS),
    ...rest,
  });
/** Looks at the box and brings to their end what it can. */
async function recovered(controls: readonly AnyControl[] = [lidClosed]) {
  const run = await scene.run(controls);
  const ended = await recover(run);
  await run.draft.release();
  return { run, ended: Object.fromEntries(ended) };
}
const statusOf = async ({ id }: Remediation) => (await scene.engine.ledger.remediation(id))?.status;
const kindsOfNotices = ({ draft }: Run) => draft.state.outbox.map(({ notice }) => notice.result.outcome);
const close = () => {
  scene.world.box = GOOD;
};

describe('a run that was cut off', () => {
  test('and had remediated it: the record ends so, its steps are taken for made, and people are notified', async () => {
    const record = await leftOpen();
    close();
    const { run, ended } = await recovered();
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
    const record = await leftOpen();
    const { run, ended } = await recovered();
    expect(ended).toEqual({});
    expect(await scene.engine.ledger.remediation(record.id)).toMatchObject({
      status: 'interrupted',
      steps: [{ status: 'unknown' }],
    });
    expect(kindsOfNotices(run)).toEqual([]);
    expect(run.draft.state.open).toEqual([]);
  });

  test('of a control that is not evaluated waits for it, and the next record is ended all the same', async () => {
    const [others, own] = [await leftOpen(), await leftOpen({}, locked)];
    close();
    await recovered([locked]);
    expect(await statusOf(others)).toBe('applying');
    expect(await statusOf(own)).not.toBe('applying');
  });

  test('waits for a look that can read', async () => {
    const record = await leftOpen();
    scene.world.errors.set('lid', named('AccessDenied'));
    expect((await recovered()).ended).toEqual({});
    expect(await statusOf(record)).toBe('applying');
  });

  test('is one whose resource is gone: nothing is left to be wrong, but where its deletion is drift', async () => {
    const record = await leftOpen();
    scene.world.box = null;
    expect((await recovered()).ended).toMatchObject({
      [lidClosed.id]: { outcome: 'remediated', after: 'NOT_APPLICABLE' },
    });
    expect(await statusOf(record)).toBe('remediated');
    scene.world.box = GOOD;
    const other = await leftOpen({}, kept);
    scene.world.box = null;
    expect((await recovered([kept])).ended).toEqual({});
    expect(await statusOf(other)).toBe('interrupted');
  });

  test('is not taken to have remediated a resource that is gone where its deletion may be drift, whatever its control says now', async () => {
    const indifferent: AnyControl = {
      ...kept,
      whenDeleted: { evaluate: () => compliant('So be it.'), plan: () => [] },
    };
    const record = await leftOpen({}, indifferent);
    scene.world.box = null;
    expect((await recovered([indifferent])).ended).toEqual({});
    expect(await statusOf(record)).toBe('interrupted');
  });

  test('of a control that this look is not about waits for one that is', async () => {
    const record = await leftOpen();
    close();
    expect((await recovered([locked])).ended).toEqual({});
    expect(await statusOf(record)).toBe('applying');
  });

  test.each([false, true])(
    'had undone something: the undo is interrupted, and goes on by the same command; closed: %s',
    async (isClosed) => {
      const record = await leftOpen({ kind: 'undo', undoes: 'rem-0' });
      // Compliant or not: what an undo restores is not judged by that.
      if (isClosed) close();
      const { run, ended } = await recovered();
      expect(ended).toEqual({});
      expect(await scene.engine.ledger.remediation(record.id)).toMatchObject({
        status: 'interrupted',
        after: { lid: { open: !isClosed } },
        steps: [{ status: 'unknown' }],
      });
      expect(kindsOfNotices(run)).toEqual([]);
    },
  );

  test('keeps what is known of each step', async () => {
    const [intended] = (await leftOpen()).steps;
    await recovered();
    const known = (['made', 'failed', 'intended'] as const).map((status) => ({
      ...(intended as RecordedStep),
      status,
    }));
    const record = await leftOpen({ steps: known });
    await recovered();
    expect(await scene.engine.ledger.remediation(record.id)).toMatchObject({
      steps: [{ status: 'made' }, { status: 'failed' }, { status: 'unknown' }],
    });
  });
});

describe('an approval', () => {
  const awaiting = () => leftOpen({ status: 'awaitingApproval', mode: 'approve', expires: iso(scene.now() + HOUR_MS) });

  test('waits while its drift lasts', async () => {
    const record = await awaiting();
    await recovered();
    expect(await statusOf(record)).toBe('awaitingApproval');
  });

  test('is superseded where the drift has gone', async () => {
    const record = await awaiting();
    close();
    await recovered();
    expect(await scene.engine.ledger.remediation(record.id)).toMatchObject({
      status: 'superseded',
      error: 'the drift is gone',
    });
  });

  test('ends by its time, whether the resource can be read or not', async () => {
    const record = await awaiting();
    scene.world.errors.set('lid', named('AccessDenied'));
    scene.later(HOUR_MS - 1);
    await recovered();
    expect(await statusOf(record)).toBe('awaitingApproval');
    scene.later(1);
    await recovered();
    expect(await statusOf(record)).toBe('expired');
  });
});

describe('what AWS was at work on', () => {
  test('is remediated where the resource reads so', async () => {
    const record = await pending();
    close();
    const { run, ended } = await recovered();
    expect(ended).toMatchObject({ [lidClosed.id]: { outcome: 'remediated', remediationId: record.id } });
    expect(await scene.engine.ledger.remediation(record.id)).toMatchObject({ status: 'remediated', recheckAt: null });
    expect(kindsOfNotices(run)).toEqual(['remediated']);
  });

  test('waits, its elements held, and its recheck moves on once its time has come', async () => {
    const record = await pending();
    scene.later(MINUTE_MS / 2);
    const { run, ended } = await recovered();
    expect(ended).toMatchObject({
      [lidClosed.id]: { outcome: 'pending', before: 'NON_COMPLIANT', after: 'NON_COMPLIANT', remediationId: record.id },
    });
    expect(run.pendingElements.get('lid')?.id).toBe(record.id);
    expect(await scene.engine.ledger.remediation(record.id)).toMatchObject({ recheckAt: record.recheckAt });
    scene.later(MINUTE_MS);
    await recovered();
    expect(await scene.engine.ledger.remediation(record.id)).toMatchObject({ recheckAt: iso(scene.now() + MINUTE_MS) });
    expect(kindsOfNotices(run)).toEqual([]);
  });

  test('waits where it cannot be read', async () => {
    const record = await pending();
    scene.world.errors.set('lid', named('ThrottlingException'));
    scene.later(MINUTE_MS);
    expect((await recovered()).ended).toMatchObject({
      [lidClosed.id]: { outcome: 'pending', annotation: 'The lid is open.' },
    });
    expect(await statusOf(record)).toBe('pending');
  });

  test('stays open beyond its deadline while nobody can read, and is remediated by the first who can', async () => {
    const record = await pending();
    scene.world.errors.set('lid', named('ThrottlingException'));
    scene.later(HOUR_MS);
    expect((await recovered()).ended).toEqual({});
    expect(await statusOf(record)).toBe('pending');
    expect((await scene.session()).state.recheckAt).toBe(scene.now() + HOUR_MS);
    scene.world.errors.clear();
    close();
    const { run, ended } = await recovered();
    expect(ended).toMatchObject({ [lidClosed.id]: { outcome: 'remediated' } });
    expect(kindsOfNotices(run)).toEqual(['remediated']);
  });

  test.each([
    ['is still open', true, 'interrupted'],
    ['is right', false, 'remediated'],
  ])('where it only waited for a read, and the resource %s, is decided by that read', async (_what, isOpen, status) => {
    const record = await pending({ error: 'not verified yet: a reset' });
    if (!isOpen) close();
    const { run } = await recovered();
    expect(await statusOf(record)).toBe(status);
    expect(run.pendingElements.size).toBe(0);
  });

  test('has failed at its deadline', async () => {
    const record = await pending();
    scene.later(HOUR_MS);
    const { run, ended } = await recovered();
    expect(ended).toMatchObject({
      [lidClosed.id]: { outcome: 'failed', error: expect.stringMatching(/AWS did not finish by/) },
    });
    expect(await statusOf(record)).toBe('failed');
    expect(kindsOfNotices(run)).toEqual(['failed']);
    expect(run.draft.state.findings[lidClosed.id]).toMatchObject({
      outcome: 'failed',
      retryAt: iso(scene.now() + HOUR_MS),
    });
  });
});

describe('an undo that AWS was at work on', () => {
  const undoing = (rest: Partial<Remediation> = {}) =>
    pending({
      kind: 'undo',
      undoes: 'rem-0',
      after: { lid: { open: true }, ref: {} },
      annotation: 'Undo of rem-0: a demo',
      ...rest,
    });
  /** As the record of the undo meant it: the state of before. */
  const meant = async () => {
    const run = await scene.run([lidClosed]);
    const after = run.evaluate(lidClosed).state;
    await run.draft.release();
    return pending({ kind: 'undo', undoes: 'rem-0', after, annotation: 'Undo of rem-0: a demo' });
  };

  test('is done where the resource reads as it was meant to, and notified', async () => {
    const record = await meant();
    const { run, ended } = await recovered();
    expect(ended).toEqual({});
    expect(await scene.engine.ledger.remediation(record.id)).toMatchObject({ status: 'remediated', recheckAt: null });
    expect(run.draft.state.outbox.map(({ notice }) => notice.result)).toMatchObject([
      { outcome: 'exempted', annotation: `Undo of rem-0: a demo. ${record.id} undid rem-0.` },
    ]);
  });

  test('waits, and its recheck moves on once its time has come, whether it can be read or not', async () => {
    const record = await undoing();
    scene.later(MINUTE_MS / 2);
    await recovered();
    expect(await scene.engine.ledger.remediation(record.id)).toMatchObject({
      status: 'pending',
      recheckAt: record.recheckAt,
    });
    for (const blind of [false, true]) {
      if (blind) scene.world.errors.set('lid', named('ThrottlingException'));
      scene.later(MINUTE_MS);
      const { run } = await recovered();
      expect(await scene.engine.ledger.remediation(record.id)).toMatchObject({
        status: 'pending',
        recheckAt: iso(scene.now() + MINUTE_MS),
      });
      expect(run.draft.state.recheckAt).toBe(scene.now() + MINUTE_MS);
    }
  });

  test('is done too where only volatile fields and ids that AWS assigns anew differ', async () => {
    const inked: AnyControl = { ...lidClosed, resource: { ...box, volatile: ['ink'] } };
    const lid = (ink: number, id: string) => ({ open: true, ink, SecurityGroupRuleId: id, SecurityGroupRuleArn: id });
    scene.world.box = { ...GOOD, lid: lid(1, 'sgr-1') };
    const after = (await scene.run([inked])).evaluate(inked).state;
    const record = await pending({ kind: 'undo', undoes: 'rem-0', after });
    scene.world.box = { ...GOOD, lid: lid(2, 'sgr-2') };
    const run = await scene.run([inked], { resource: inked.resource });
    await recover(run);
    await run.draft.release();
    expect(await statusOf(record)).toBe('remediated');
  });

  test('is looked at again no later than at its deadline', async () => {
    const record = await undoing({ expires: iso(scene.now() + 1.5 * MINUTE_MS) });
    scene.later(MINUTE_MS);
    await recovered();
    expect(await scene.engine.ledger.remediation(record.id)).toMatchObject({ recheckAt: record.expires });
  });

  test('has failed at its deadline: people are notified', async () => {
    const record = await undoing();
    scene.later(HOUR_MS);
    const { run } = await recovered();
    expect(await statusOf(record)).toBe('failed');
    expect(kindsOfNotices(run)).toEqual(['failed']);
  });
});

test('several open records are each brought to their end', async () => {
  const first = await leftOpen();
  const second = await leftOpen({}, locked);
  close();
  const { ended } = await recovered([lidClosed, locked]);
  expect(Object.keys(ended).sort()).toEqual([lidClosed.id, locked.id].sort());
  expect([await statusOf(first), await statusOf(second)]).toEqual(['remediated', 'remediated']);
});
