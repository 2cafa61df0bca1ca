import { beforeEach, describe, expect, test } from '@jest/globals';
import type { AnyControl } from '../../../shared/control.ts';
import { recover } from '../../../shared/engine/reconcile/recover.ts';
import type { Remediation } from '../../../shared/ledger/records.ts';
import { HOUR_MS, MINUTE_MS } from '../../../shared/time.ts';
import { box, GOOD, lidClosed, named } from '../../support/fake-resource.ts';
import { iso, kindsOfNotices, type RecoverScene, recoverScene } from '../../support/recover-scene.ts';

let scene: RecoverScene;
beforeEach(() => {
  scene = recoverScene();
});

describe('what AWS was at work on', () => {
  test('is remediated where the resource reads so', async () => {
    const record = await scene.pending();
    scene.close();
    const { run, ended } = await scene.recovered();
    expect(ended).toMatchObject({ [lidClosed.id]: { outcome: 'remediated', remediationId: record.id } });
    expect(await scene.engine.ledger.remediation(record.id)).toMatchObject({ status: 'remediated', recheckAt: null });
    expect(kindsOfNotices(run)).toEqual(['remediated']);
  });

  test('waits, its elements held, and its recheck moves on once its time has come', async () => {
    const record = await scene.pending();
    scene.later(MINUTE_MS / 2);
    const { run, ended } = await scene.recovered();
    expect(ended).toMatchObject({
      [lidClosed.id]: { outcome: 'pending', before: 'NON_COMPLIANT', after: 'NON_COMPLIANT', remediationId: record.id },
    });
    expect(run.pendingElements.get('lid')?.id).toBe(record.id);
    expect(await scene.engine.ledger.remediation(record.id)).toMatchObject({ recheckAt: record.recheckAt });
    scene.later(MINUTE_MS);
    await scene.recovered();
    expect(await scene.engine.ledger.remediation(record.id)).toMatchObject({ recheckAt: iso(scene.now() + MINUTE_MS) });
    expect(kindsOfNotices(run)).toEqual([]);
  });

  test('waits where it cannot be read', async () => {
    const record = await scene.pending();
    scene.world.errors.set('lid', named('ThrottlingException'));
    scene.later(MINUTE_MS);
    expect((await scene.recovered()).ended).toMatchObject({
      [lidClosed.id]: { outcome: 'pending', annotation: 'The lid is open.' },
    });
    expect(await scene.statusOf(record)).toBe('pending');
  });

  test('stays open beyond its deadline while nobody can read, and is remediated by the first who can', async () => {
    const record = await scene.pending();
    scene.world.errors.set('lid', named('ThrottlingException'));
    scene.later(HOUR_MS);
    expect((await scene.recovered()).ended).toEqual({});
    expect(await scene.statusOf(record)).toBe('pending');
    expect((await scene.session()).state.recheckAt).toBe(scene.now() + HOUR_MS);
    scene.world.errors.clear();
    scene.close();
    const { run, ended } = await scene.recovered();
    expect(ended).toMatchObject({ [lidClosed.id]: { outcome: 'remediated' } });
    expect(kindsOfNotices(run)).toEqual(['remediated']);
  });

  test.each([
    ['is still open', true, 'interrupted'],
    ['is right', false, 'remediated'],
  ])('where it only waited for a read, and the resource %s, is decided by that read', async (_what, isOpen, status) => {
    const record = await scene.pending({ error: 'not verified yet: a reset' });
    if (!isOpen) scene.close();
    const { run } = await scene.recovered();
    expect(await scene.statusOf(record)).toBe(status);
    expect(run.pendingElements.size).toBe(0);
  });

  test('has failed at its deadline', async () => {
    const record = await scene.pending();
    scene.later(HOUR_MS);
    const { run, ended } = await scene.recovered();
    expect(ended).toMatchObject({
      [lidClosed.id]: { outcome: 'failed', error: expect.stringMatching(/AWS did not finish by/) },
    });
    expect(await scene.statusOf(record)).toBe('failed');
    expect(kindsOfNotices(run)).toEqual(['failed']);
    expect(run.draft.state.findings[lidClosed.id]).toMatchObject({
      outcome: 'failed',
      retryAt: iso(scene.now() + HOUR_MS),
    });
  });
});

describe('an undo that AWS was at work on', () => {
  const undoing = (rest: Partial<Remediation> = {}) =>
    scene.pending({
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
    return scene.pending({ kind: 'undo', undoes: 'rem-0', after, annotation: 'Undo of rem-0: a demo' });
  };

  test('is done where the resource reads as it was meant to, and notified', async () => {
    const record = await meant();
    const { run, ended } = await scene.recovered();
    expect(ended).toEqual({});
    expect(await scene.engine.ledger.remediation(record.id)).toMatchObject({ status: 'remediated', recheckAt: null });
    // Whatever the cause of this run, it is a person's undo.
    expect(run.draft.state.outbox.map(({ notice }) => notice)).toMatchObject([
      {
        result: { outcome: 'exempted', annotation: `Undo of rem-0: a demo. ${record.id} undid rem-0.` },
        undo: { exemption: null },
        verified: iso(scene.now()),
      },
    ]);
  });

  test('waits, and its recheck moves on once its time has come, whether it can be read or not', async () => {
    const record = await undoing();
    scene.later(MINUTE_MS / 2);
    await scene.recovered();
    expect(await scene.engine.ledger.remediation(record.id)).toMatchObject({
      status: 'pending',
      recheckAt: record.recheckAt,
    });
    for (const blind of [false, true]) {
      if (blind) scene.world.errors.set('lid', named('ThrottlingException'));
      scene.later(MINUTE_MS);
      const { run } = await scene.recovered();
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
    const record = await scene.pending({ kind: 'undo', undoes: 'rem-0', after });
    scene.world.box = { ...GOOD, lid: lid(2, 'sgr-2') };
    const run = await scene.run([inked], { resource: inked.resource });
    await recover(run);
    await run.draft.release();
    expect(await scene.statusOf(record)).toBe('remediated');
  });

  test('is looked at again no later than at its deadline', async () => {
    const record = await undoing({ expires: iso(scene.now() + 1.5 * MINUTE_MS) });
    scene.later(MINUTE_MS);
    await scene.recovered();
    expect(await scene.engine.ledger.remediation(record.id)).toMatchObject({ recheckAt: record.expires });
  });

  test('has failed at its deadline: people are notified', async () => {
    const record = await undoing();
    scene.later(HOUR_MS);
    const { run } = await scene.recovered();
    expect(await scene.statusOf(record)).toBe('failed');
    expect(kindsOfNotices(run)).toEqual(['failed']);
  });
});
