import { describe, expect, test } from '@jest/globals';
import type { AnyControl } from '../../../shared/control.ts';
import { reconcile } from '../../../shared/engine/reconcile/reconciler.ts';
import { CONFIRM_AFTER_MS } from '../../../shared/engine/run/failures.ts';
import { leftovers } from '../../../shared/engine/sweep/leftovers.ts';
import { noticeMessage } from '../../../shared/notify/compose.ts';
import { HOUR_MS } from '../../../shared/time.ts';
import { CAUSE, labelled, lidClosed, named, refusedWith, subjectOf, World } from '../../support/fake-resource.ts';
import { KEY, OPEN, scene, writes } from '../../support/reconcile-scene.ts';

const THROTTLED = named('RequestLimitExceeded', 'Slower.');
const DENIED = refusedWith(
  'AccessDenied',
  'not authorized to perform: box:GetLid because no identity-based policy allows the box:GetLid action',
);
const BY_POLICY = refusedWith('AccessDenied', 'not authorized, with an explicit deny in a resource-based policy');

/** A box, reconciled as for a message that is received for the nth time. */
function messages(world: World = new World()) {
  const made = scene({ world });
  const receive = async (receiveCount: number, control: AnyControl = lidClosed) => {
    const cause = { ...CAUSE, delivery: { receiveCount, isLastTry: receiveCount >= 6 } };
    return (await reconcile(subjectOf(control), cause, made.engine))[0];
  };
  const subjects = () => made.notified.splice(0).map((notice) => noticeMessage(notice).subject);
  return { ...made, receive, subjects };
}

describe('what cannot be read for a moment', () => {
  test('fails, is retried, and is nobody’s business where a later try can read', async () => {
    const { world, receive, subjects, ledger } = messages();
    world.errors.set('lid', THROTTLED);
    for (const count of [1, 2, 3]) expect(await receive(count)).toMatchObject({ outcome: 'failed', before: null });
    world.errors.clear();
    expect(await receive(4)).toMatchObject({ outcome: 'compliant' });
    expect(subjects()).toEqual([]);
    expect((await ledger.load(KEY)).state.findings).toEqual({});
  });

  test('is notified once the last try has failed, without a word of a remediation; then once that it is over', async () => {
    const { world, receive, subjects } = messages();
    world.errors.set('lid', THROTTLED);
    for (const count of [1, 2, 3, 4, 5, 6]) await receive(count);
    expect(subjects()).toEqual(['[CRITICAL] Not evaluated: box-1 in eu-west-1 by ann (box-lid-closed)']);
    for (const count of [1, 2, 6]) await receive(count);
    expect(subjects()).toEqual([]);
    world.errors.clear();
    await receive(1);
    await receive(1);
    expect(subjects()).toEqual(['[CRITICAL] Compliant again: box-1 in eu-west-1 by ann (box-lid-closed)']);
  });

  test('leaves a finding that people know as it is', async () => {
    const world = new World(OPEN);
    const { receive, subjects, ledger } = messages(world);
    world.errors.set('CloseLid', BY_POLICY);
    await receive(1);
    world.errors.set('lid', THROTTLED);
    await receive(1);
    expect((await ledger.load(KEY)).state.findings[lidClosed.id]).toMatchObject({ outcome: 'blocked' });
    world.errors.delete('lid');
    expect(await receive(1)).toMatchObject({ outcome: 'blocked' });
    expect(subjects()).toEqual(['[CRITICAL] Remediation blocked: box-1 in eu-west-1 by ann (box-lid-closed)']);
  });
});

describe('what cannot be read for good', () => {
  test('is blocked: the message is done, who refuses is notified once, and once that it is over', async () => {
    const { world, receive, subjects, notified, ledger, later } = messages();
    world.errors.set('lid', BY_POLICY);
    const first = await receive(1);
    expect(first).toMatchObject({
      outcome: 'blocked',
      before: null,
      after: null,
      annotation: expect.stringMatching(/^Refused by the policy of the resource itself: .*exempt the resource\.$/),
      error: expect.stringMatching(/could not read lid of box-1/),
    });
    expect(notified).toHaveLength(1);
    expect(subjects()).toEqual(['[CRITICAL] Cannot be read: box-1 in eu-west-1 by ann (box-lid-closed)']);
    for (const time of [0, HOUR_MS, HOUR_MS]) {
      later(time);
      expect(await receive(1)).toMatchObject({ outcome: 'blocked' });
    }
    expect(subjects()).toEqual([]);
    world.errors.clear();
    expect(await receive(1)).toMatchObject({ outcome: 'compliant' });
    expect(subjects()).toEqual(['[CRITICAL] Compliant again: box-1 in eu-west-1 by ann (box-lid-closed)']);
    expect((await ledger.load(KEY)).state.findings).toEqual({});
  });

  test('is remediated as soon as it can be read', async () => {
    const { world, receive } = messages(new World(OPEN));
    world.errors.set('lid', BY_POLICY);
    await receive(1);
    world.errors.clear();
    expect(await receive(1)).toMatchObject({ outcome: 'remediated' });
  });

  test('is exempt where its owner says so', async () => {
    const { world, receive, subjects, engine, ledger } = messages();
    world.errors.set('lid', BY_POLICY);
    await receive(1);
    const rule = { control: lidClosed.id, resource: 'box-1', owner: 'jo', reason: 'a vault', expires: '2027-01-31' };
    Object.assign(engine, { policy: { ...engine.policy, exemptions: [rule] } });
    expect(await receive(1)).toMatchObject({
      outcome: 'exempted',
      after: null,
      annotation: expect.stringMatching(/jo.*could not read lid/),
    });
    expect((await ledger.load(KEY)).state.findings).toEqual({});
    expect(subjects()).toHaveLength(1);
  });

  test('for want of a permission is so only some minutes later: it names the action, and that a deploy is missing', async () => {
    const { world, receive, subjects, later } = messages();
    world.errors.set('lid', DENIED);
    expect(await receive(1)).toMatchObject({ outcome: 'failed' });
    expect(await receive(2)).toMatchObject({ outcome: 'failed' });
    later(CONFIRM_AFTER_MS);
    expect(await receive(3)).toMatchObject({
      outcome: 'blocked',
      annotation: expect.stringMatching(/no permission for box:GetLid: deploy again/),
    });
    expect(await receive(1)).toMatchObject({ outcome: 'blocked' });
    expect(subjects()).toEqual(['[CRITICAL] Cannot be read: box-1 in eu-west-1 by ann (box-lid-closed)']);
  });
});

test('what was refused is tried again when its time has come, without an event', async () => {
  const { world, receive, engine, later, ledger } = messages(new World(OPEN));
  world.errors.set('CloseLid', BY_POLICY);
  await receive(1);
  const due = async () => (await leftovers(engine)).map(({ reason }) => reason);
  expect(await due()).toEqual([]);
  later(HOUR_MS);
  expect(await due()).toEqual(['what was refused is tried again']);
  expect(await receive(1)).toMatchObject({ outcome: 'blocked' });
  expect(await due()).toEqual([]);
  later(HOUR_MS);
  world.errors.clear();
  expect(await receive(1)).toMatchObject({ outcome: 'remediated' });
  expect((await ledger.load(KEY)).state.findings).toEqual({});
});

describe('drift that cannot be remediated', () => {
  test('is notified after the second try, and once more how it ended: remediated', async () => {
    const { world, receive, subjects } = messages(new World(OPEN));
    world.errors.set('CloseLid', named('ServiceUnavailable'));
    await receive(1);
    expect(subjects()).toEqual([]);
    for (const count of [2, 3, 4]) await receive(count);
    expect(subjects()).toEqual(['[CRITICAL] Open, being retried: box-1 in eu-west-1 by ann (box-lid-closed)']);
    world.errors.clear();
    expect(await receive(5)).toMatchObject({ outcome: 'remediated' });
    expect(subjects()).toEqual(['[CRITICAL] Remediated: box-1 in eu-west-1 by ann (box-lid-closed)']);
  });

  test('is notified after the second try, and once more how it ended: failed', async () => {
    const { world, receive, subjects } = messages(new World(OPEN));
    world.errors.set('CloseLid', named('ServiceUnavailable'));
    for (const count of [1, 2, 3, 4, 5, 6]) await receive(count);
    expect(subjects()).toEqual([
      '[CRITICAL] Open, being retried: box-1 in eu-west-1 by ann (box-lid-closed)',
      '[CRITICAL] Remediation FAILED: box-1 in eu-west-1 by ann (box-lid-closed)',
    ]);
  });

  test('for want of a permission is blocked some minutes later: one record more, and no dead letter', async () => {
    const { world, receive, subjects, later, kept } = messages(new World(OPEN));
    world.errors.set('CloseLid', refusedWith('UnauthorizedOperation', 'You are not authorized.'));
    expect(await receive(1)).toMatchObject({ outcome: 'failed' });
    later(CONFIRM_AFTER_MS);
    expect(await receive(3)).toMatchObject({
      outcome: 'blocked',
      annotation: expect.stringMatching(/no permission for box:CloseLid: deploy again/),
    });
    expect(subjects()).toEqual(['[CRITICAL] Remediation blocked: box-1 in eu-west-1 by ann (box-lid-closed)']);
    const records = kept().length;
    later(HOUR_MS);
    expect(await receive(1)).toMatchObject({ outcome: 'blocked' });
    expect(kept()).toHaveLength(records);
    expect(subjects()).toEqual([]);
    world.errors.clear();
    later(HOUR_MS);
    expect(await receive(1)).toMatchObject({ outcome: 'remediated' });
    expect(writes(world)).toEqual(['CloseLid']);
  });
});

test('a remediation whose record the ledger never takes is blocked, names that, and stops no other control', async () => {
  const world = new World({ ...OPEN, label: { text: '' } });
  const made = scene({ world });
  const { update } = made.ledger;
  made.ledger.update = (session, decide) => {
    const { records = [] } = decide(session.state, session.shared);
    if (records.length > 0) throw named('ValidationException', 'Item size has exceeded the maximum allowed size');
    return update(session, decide);
  };
  for (let look = 0; look < 2; look += 1)
    expect(await made.run(lidClosed, labelled)).toMatchObject([
      { outcome: 'blocked', annotation: expect.stringMatching(/ledger, which takes no record of this size/) },
      { outcome: 'detected' },
    ]);
  expect(world.calls).toEqual([]);
  expect(made.notified.map(({ result }) => result.outcome)).toEqual(['blocked', 'detected']);
});
