import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Engine } from '../../../shared/engine/context.ts';
import { postpone, publishAnnouncements, publishOutbox, queued } from '../../../shared/engine/run/notices.ts';
import type { QueuedNotice } from '../../../shared/ledger/outbox.ts';
import type { Announcement, Notice } from '../../../shared/notify/notifier.ts';
import { resultWithoutResource } from '../../../shared/result.ts';
import { type BoxScene, boxScene, KEY } from '../../support/box-run.ts';
import { box, CAUSE, labelled, lidClosed, named, subjectOf } from '../../support/fake-resource.ts';
import { change } from '../../support/ledger-fixtures.ts';

const OTHERS_AFTER_MS = 60_000;
let scene: BoxScene;
let down: (notice: Notice) => boolean;
let published: Notice[];
let engine: Engine;

beforeEach(() => {
  scene = boxScene();
  down = () => false;
  published = [];
  const notifier = {
    ...scene.engine.notifier,
    async notify(notice: Notice) {
      if (down(notice)) throw named('TopicDown');
      published.push(notice);
    },
  };
  engine = { ...scene.engine, notifier };
});

const noticeFor = (controlId: string, id: string, eventId = `event of ${id}`): QueuedNotice => ({
  ...queued(
    resultWithoutResource({ ...CAUSE, eventId }, { controlId, outcome: 'detected' }),
    CAUSE,
    new Date(scene.now()),
    { reversible: true },
  ),
  id,
});
const waiting = async (...notices: readonly QueuedNotice[]) => change(engine.ledger, KEY, { outbox: notices });
const left = async () => (await scene.session()).state.outbox.map(({ id }) => id);
const SUBJECT = subjectOf(lidClosed);

test('a notice is queued with what it is about, and when', () => {
  const result = resultWithoutResource(CAUSE, { controlId: lidClosed.id, outcome: 'halted' });
  const stoppedBy = { gate: 'pause', everything: true } as const;
  const entry = queued(result, CAUSE, new Date(5), { reversible: false, stoppedBy });
  expect(entry).toEqual({
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    at: 5,
    notice: {
      controlId: lidClosed.id,
      result,
      attribution: CAUSE.attribution,
      eventTime: CAUSE.eventTime,
      reversible: false,
      stoppedBy,
    },
  });
});

describe('publishing', () => {
  test('notifies of what the run has queued, with the control’s texts, and clears it', async () => {
    const session = await waiting(noticeFor(lidClosed.id, 'own'));
    await publishOutbox(session, SUBJECT, engine, ['own']);
    expect(published).toMatchObject([
      {
        control: { id: lidClosed.id, title: 'A box', rationale: 'Because.' },
        consoleUrl: 'https://example.com/box-1',
        result: { outcome: 'detected' },
        attribution: { actor: 'ann' },
      },
    ]);
    expect(published[0]).not.toHaveProperty('controlId');
    expect(await left()).toEqual([]);
  });

  test('leaves what another run has just queued to that one, and publishes it once that must be dead', async () => {
    const session = await waiting(noticeFor(lidClosed.id, 'another’s'));
    scene.later(OTHERS_AFTER_MS);
    expect(await publishOutbox(session, SUBJECT, engine, [])).toBe(session);
    expect(published).toEqual([]);
    scene.later(1);
    await publishOutbox(session, SUBJECT, engine, []);
    expect([published.length, await left()]).toEqual([1, []]);
  });

  test('of what was written meanwhile clears only what it has published', async () => {
    const own = noticeFor(lidClosed.id, 'own');
    const session = await waiting(own);
    await waiting(own, noticeFor(lidClosed.id, 'newer'));
    await publishOutbox(session, SUBJECT, engine, ['own']);
    expect(await left()).toEqual(['newer']);
  });

  test('of what another has cleared meanwhile is no conflict', async () => {
    const session = await waiting(noticeFor(lidClosed.id, 'own'));
    await waiting();
    await publishOutbox(session, SUBJECT, engine, ['own']);
    expect(await left()).toEqual([]);
  });

  test('of what one event led to on the resource is one notification, the most severe first', async () => {
    const queue = [
      noticeFor(labelled.id, 'a', 'e-1'),
      noticeFor(lidClosed.id, 'b', 'e-1'),
      noticeFor(labelled.id, 'c', 'e-2'),
    ];
    const session = await waiting(...queue);
    await publishOutbox(session, subjectOf(lidClosed, labelled), engine, ['a', 'b', 'c']);
    expect(published.map(({ control, others = [] }) => [control.id, ...others.map((one) => one.control.id)])).toEqual([
      [lidClosed.id, labelled.id],
      [labelled.id],
    ]);
    expect(await left()).toEqual([]);
  });

  test('has the tags by which people know the resource, read where nothing has needed them yet; those of the digest too', async () => {
    const tags = { Name: 'web', Owner: 'ann', secret: 'x' };
    let reads = 0;
    const read = async () => {
      reads += 1;
      return { tags, service: null };
    };
    const of = (own: typeof read) => ({ ...SUBJECT, resource: { ...box, ownership: { grants: {}, read: own } } });
    await publishOutbox(await waiting(noticeFor(lidClosed.id, 'a')), of(read), engine, ['a']);
    const denied = () => Promise.reject(named('AccessDenied'));
    await publishOutbox(await waiting(noticeFor(lidClosed.id, 'b')), of(denied), engine, ['b']);
    expect(published.map((notice) => notice.tags)).toEqual([{ Name: 'web', Owner: 'ann' }, undefined]);

    const deferring = { ...engine, notifier: { ...engine.notifier, defers: () => true } };
    await publishOutbox(await waiting(noticeFor(lidClosed.id, 'c')), of(read), deferring, ['c']);
    expect((await scene.session()).state.outbox).toMatchObject([
      { id: 'c', waits: true, notice: { tags: { Name: 'web', Owner: 'ann' } } },
    ]);
    const quiet = { ...noticeFor(lidClosed.id, 'd'), quiet: true } as const;
    await publishOutbox(await waiting(quiet), of(read), engine, ['d']);
    expect(reads).toBe(2);
  });

  test('that fails throws, keeps that one and no other: what was published is cleared', async () => {
    const session = await waiting(
      noticeFor(lidClosed.id, 'a'),
      noticeFor(labelled.id, 'b'),
      noticeFor(lidClosed.id, 'c'),
    );
    down = ({ control }) => control.id === labelled.id;
    await expect(publishOutbox(session, subjectOf(lidClosed, labelled), engine, ['a', 'b', 'c'])).rejects.toThrow(
      'TopicDown',
    );
    expect([published.length, await left()]).toEqual([2, ['b']]);
  });

  test('knows the controls of the resource that this run is not about, and makes do without one that is no more', async () => {
    const session = await waiting(noticeFor(labelled.id, 'sibling'), noticeFor('box-retired', 'retired'));
    await publishOutbox(session, { ...SUBJECT, siblings: [lidClosed, labelled] }, engine, ['sibling', 'retired']);
    expect(published.map(({ control: { id, title, severity } }) => [id, title, severity])).toEqual([
      [labelled.id, 'A box', 'LOW'],
      ['box-retired', 'box-retired', 'MEDIUM'],
    ]);
  });
});

describe('what could not be published', () => {
  test('is left to whoever comes next, at once', async () => {
    const session = await waiting(noticeFor(lidClosed.id, 'own'), noticeFor(labelled.id, 'another’s'));
    expect(await postpone(session, engine, ['own'])).toEqual([lidClosed.id]);
    await publishOutbox(await scene.session(), SUBJECT, engine, []);
    expect([published.length, await left()]).toEqual([1, ['another’s']]);
  });

  test('is named also where the ledger does not answer', async () => {
    const session = await waiting(noticeFor(lidClosed.id, 'own'));
    const update = () => Promise.reject(named('LedgerDown'));
    const broken = { ...engine, ledger: { ...engine.ledger, update } };
    expect(await postpone(session, broken, ['own'])).toEqual([lidClosed.id]);
  });

  test('is not what another has published meanwhile', async () => {
    const session = await waiting(noticeFor(lidClosed.id, 'own'));
    await waiting();
    expect(await postpone(session, engine, ['own'])).toEqual([]);
  });
});

describe('announcements', () => {
  const ANNOUNCEMENT: Announcement = { severity: 'CRITICAL', subject: 'The breaker', text: '' };

  test('are published once, by whoever claims them', async () => {
    await engine.ledger.announcements.enqueue('breaker', ANNOUNCEMENT);
    await Promise.all([publishAnnouncements(engine), publishAnnouncements(engine)]);
    await publishAnnouncements(engine);
    expect(scene.engine.announced).toEqual([ANNOUNCEMENT]);
  });

  test('that could not be published are another’s after a while', async () => {
    await engine.ledger.announcements.enqueue('breaker', ANNOUNCEMENT);
    const announce = () => Promise.reject(named('TopicDown'));
    const deaf = { ...engine, notifier: { ...engine.notifier, announce } };
    await expect(publishAnnouncements(deaf)).rejects.toThrow('TopicDown');
    await publishAnnouncements(engine);
    expect(scene.engine.announced).toEqual([]);
    scene.later(OTHERS_AFTER_MS);
    await publishAnnouncements(engine);
    expect(scene.engine.announced).toEqual([ANNOUNCEMENT]);
  });
});
