import { beforeEach, expect, test } from '@jest/globals';
import { publishOutbox, queued } from '../../shared/engine/run/notices.ts';
import { leftovers } from '../../shared/engine/sweep/leftovers.ts';
import { policyFrom } from '../../shared/policy/settings.ts';
import { resultWithoutResource } from '../../shared/result.ts';
import { HOUR_MS, MINUTE_MS } from '../../shared/time.ts';
import { publishWaitingNotices } from '../../shared/watch/waiting-notices.ts';
import { type BoxScene, boxScene, KEY } from '../support/box-run.ts';
import { CAUSE, lidClosed, named, subjectOf } from '../support/fake-resource.ts';
import { change } from '../support/ledger-fixtures.ts';

let scene: BoxScene;
beforeEach(() => {
  scene = boxScene();
});
const engine = () => scene.engine;
const deaf = () => ({ ...engine(), notifier: { ...engine().notifier, defers: () => true } });
const notice = (id: string) => ({
  ...queued(
    resultWithoutResource(CAUSE, { controlId: lidClosed.id, severity: 'HIGH', resourceId: id, outcome: 'detected' }),
    CAUSE,
    new Date(scene.now()),
    { reversible: true },
  ),
  id,
});
const keys = Array.from({ length: 30 }, (_, at) => KEY.replace('box-1', `box-${at}`));
/** Drift of many resources at once, whose notices wait. */
async function burst() {
  for (const [at, key] of keys.entries()) {
    const session = await change(engine().ledger, key, { outbox: [notice(`box-${at}`)] });
    await publishOutbox(session, subjectOf(lidClosed), deaf(), [`box-${at}`]);
  }
}
const left = async () =>
  (await Array.fromAsync(engine().ledger.active())).flatMap(({ state }) => state.outbox.map(({ id }) => id));

test('what waits is published by nobody but the digest, once, and nothing is missing', async () => {
  await burst();
  scene.later(6 * MINUTE_MS);
  expect(engine().notified).toEqual([]);
  expect(await leftovers(engine())).toEqual([]);
  await publishOutbox(await engine().ledger.load(keys[0] ?? ''), subjectOf(lidClosed), engine(), []);
  expect(engine().notified).toEqual([]);
  expect(await publishWaitingNotices(engine())).toBe(30);
  expect(engine().announced).toMatchObject([
    { kind: 'digest', subject: expect.stringMatching(/^30 findings of 1 control/) },
  ]);
  expect(await left()).toEqual([]);
  expect(await publishWaitingNotices(engine())).toBe(0);
});

test('the digest waits until nothing comes any more, and no longer than an hour', async () => {
  await burst();
  scene.later(4 * MINUTE_MS);
  expect(await publishWaitingNotices(engine())).toBe(0);
  scene.later(HOUR_MS - 5 * MINUTE_MS);
  await change(engine().ledger, KEY, { outbox: [{ ...notice('late'), waits: true }] });
  expect(await publishWaitingNotices(engine())).toBe(0);
  scene.later(MINUTE_MS);
  expect(await publishWaitingNotices(engine())).toBeGreaterThan(1);
});

test('a digest that could not be published is the next run’s', async () => {
  await burst();
  scene.later(6 * MINUTE_MS);
  const announce = () => Promise.reject(named('TopicDown'));
  await expect(publishWaitingNotices({ ...engine(), notifier: { ...engine().notifier, announce } })).rejects.toThrow(
    'TopicDown',
  );
  expect(await publishWaitingNotices(engine())).toBe(30);
});

test('in quiet hours nothing is published', async () => {
  await burst();
  scene.later(6 * MINUTE_MS);
  const policy = policyFrom({ notify: { quietHours: { from: '12:00', to: '13:00', timeZone: 'UTC' } } });
  expect(await publishWaitingNotices({ ...engine(), policy })).toBe(0);
  expect(await publishWaitingNotices(engine())).toBe(30);
});
