import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Engine } from '../../../shared/engine/context.ts';
import { publishOutbox, queued } from '../../../shared/engine/run/notices.ts';
import type { QueuedNotice } from '../../../shared/ledger/outbox.ts';
import type { OutcomeEvent } from '../../../shared/notify/outcome.ts';
import { resultWithoutResource } from '../../../shared/result.ts';
import { type BoxScene, boxScene, KEY } from '../../support/box-run.ts';
import { CAUSE, labelled, lidClosed, named, REF, subjectOf } from '../../support/fake-resource.ts';
import { change } from '../../support/ledger-fixtures.ts';
import { assertValidOutcome } from '../../support/outcome.ts';

let scene: BoxScene;
let isTopicDown: boolean;
let isQueueDown: boolean;
let defers: boolean;
let notified: string[];
let sent: OutcomeEvent[];
let engine: Engine;

beforeEach(() => {
  scene = boxScene();
  [isTopicDown, isQueueDown, defers] = [false, false, false];
  notified = [];
  sent = [];
  engine = {
    ...scene.engine,
    notifier: {
      ...scene.engine.notifier,
      async notify({ id = '' }) {
        if (isTopicDown) throw named('TopicDown');
        notified.push(id);
      },
      defers: () => defers,
    },
    async sendOutcomes(outcomes) {
      if (isQueueDown) throw named('QueueDown');
      outcomes.forEach(assertValidOutcome);
      sent.push(...outcomes);
    },
  };
});

const OWED = { time: Date.parse('2026-01-01T12:00:00Z'), firstSeen: '2026-01-01T11:00:00.000Z' };
const entry = (id: string, rest: Partial<QueuedNotice> = {}, controlId = lidClosed.id): QueuedNotice => ({
  ...queued(resultWithoutResource(CAUSE, { ...REF, controlId, outcome: 'detected' }), CAUSE, new Date(scene.now()), {
    reversible: true,
  }),
  id,
  outcome: OWED,
  ...rest,
});
const publish = async (...entries: readonly QueuedNotice[]) => {
  const session = entries.length > 0 ? await change(engine.ledger, KEY, { outbox: entries }) : await scene.session();
  const own = session.state.outbox.map(({ id }) => id);
  return publishOutbox(session, subjectOf(lidClosed, labelled), engine, own).then(
    () => null,
    ({ name }: Error) => name,
  );
};
const left = async () => (await scene.session()).state.outbox;

test('an outcome is sent with its time and its control’s texts, and people are notified', async () => {
  expect(await publish(entry('a'))).toBeNull();
  expect(notified).toEqual(['a']);
  expect(sent).toMatchObject([
    {
      id: 'a',
      time: '2026-01-01T12:00:00.000Z',
      firstSeen: OWED.firstSeen,
      resource: { id: REF.resourceId, arn: lidClosed.resource.arn(REF) },
      control: { id: lidClosed.id, title: 'A box', relatedRequirements: lidClosed.relatedRequirements },
    },
  ]);
  expect(await left()).toEqual([]);
});

test('each outcome of a run is sent by itself, in their order; nothing that nobody follows', async () => {
  const { outcome: _, ...unfollowed } = entry('c');
  await publish(entry('a'), entry('b', {}, labelled.id), unfollowed);
  expect(sent.map(({ id }) => id)).toEqual(['a', 'b']);
  // One event, one notification.
  expect(notified).toHaveLength(1);
});

test('a quiet one is sent, and nobody is notified', async () => {
  await publish(entry('a', { quiet: true }));
  expect([notified, sent.length, await left()]).toEqual([[], 1, []]);
});

describe('where the queue does not answer', () => {
  beforeEach(() => {
    isQueueDown = true;
  });

  test('people are notified, once, and the outcome is sent by whoever comes next', async () => {
    expect(await publish(entry('a'))).toBe('QueueDown');
    expect(notified).toEqual(['a']);
    expect(await left()).toEqual([expect.objectContaining({ id: 'a', quiet: true, outcome: OWED })]);
    expect(await publish()).toBe('QueueDown');
    isQueueDown = false;
    expect(await publish()).toBeNull();
    expect([notified, sent.map(({ id }) => id), await left()]).toEqual([['a'], ['a'], []]);
  });

  test('what waits for the digest is not marked before it is sent', async () => {
    defers = true;
    const owed = entry('a');
    expect(await publish(owed)).toBe('QueueDown');
    expect(await left()).toEqual([owed]);
    isQueueDown = false;
    expect(await publish()).toBeNull();
    expect([notified, sent.length]).toEqual([[], 1]);
    const [waiting] = await left();
    expect(waiting).toMatchObject({ id: 'a', waits: true });
    expect(waiting).not.toHaveProperty('outcome');
  });
});

test('where the topic does not answer, an outcome is sent once', async () => {
  isTopicDown = true;
  expect(await publish(entry('a'))).toBe('TopicDown');
  isTopicDown = false;
  expect(await publish()).toBeNull();
  expect([notified, sent.length, await left()]).toEqual([['a'], 1, []]);
});

test('where neither answers, all of it is left', async () => {
  [isTopicDown, isQueueDown] = [true, true];
  const owed = [entry('a'), entry('b', { quiet: true })];
  expect(await publish(...owed)).toBe('TopicDown');
  expect(await left()).toEqual(owed);
});

test('once nobody follows them any more, what is owed is forgotten', async () => {
  const { sendOutcomes: _, ...alone } = engine;
  engine = alone;
  expect(await publish(entry('a'), entry('b', { quiet: true }))).toBeNull();
  expect([notified, sent, await left()]).toEqual([['a'], [], []]);
});
