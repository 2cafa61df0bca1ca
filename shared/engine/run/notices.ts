import { randomUUID } from 'node:crypto';
import type { Session } from '../../ledger/ledger.ts';
import type { QueuedNotice } from '../../ledger/outbox.ts';
import { combined, type Notice } from '../../notify/notifier.ts';
import type { ResourceRef } from '../../resource.ts';
import type { Result } from '../../result.ts';
import type { Cause, Engine } from '../context.ts';

/** A notice queued for longer than this was left by a run that died; its own run would have published it. */
export const PUBLISH_GRACE_MS = 60_000;

/** What a notice says beside its result, where it is known. */
export type NoticeDetails = Pick<
  Partial<Notice>,
  'stoppedBy' | 'isRetrying' | 'verified' | 'after' | 'changes' | 'tags'
>;

/** A notice as the outbox keeps it. */
export const queued = (
  result: Result,
  cause: Cause,
  now: Date,
  rest: Pick<Notice, 'reversible'> & NoticeDetails,
): QueuedNotice => ({
  id: randomUUID(),
  at: now.getTime(),
  notice: {
    controlId: result.controlId ?? '',
    result,
    attribution: cause.attribution,
    eventTime: cause.eventTime,
    ...rest,
  },
});

/** What a notice says beside its result: the control's texts and the console link. */
export interface Published {
  readonly resource: { consoleUrl(ref: ResourceRef): string };
  readonly ref: ResourceRef;
  readonly controls: readonly Notice['control'][];
  readonly siblings?: readonly Notice['control'][];
}

/** What one event led to on the resource is one notification. */
const eventOf = ({ notice: { result, eventTime } }: QueuedNotice): string => `${result.eventId} ${eventTime}`;

/** Publishes what a run has queued (`own`: the ids) and what dead runs left, then clears it. One that fails does not stop the others: it stays queued for the next run or the schedule. Throws what the notifier throws. */
export async function publishOutbox(
  session: Session,
  subject: Published,
  engine: Engine,
  own: readonly string[],
): Promise<Session> {
  const dead = engine.clock.now().getTime() - PUBLISH_GRACE_MS;
  const due = session.state.outbox.filter(({ id, at, waits }) => own.includes(id) || (at < dead && waits !== true));
  if (due.length === 0) return session;
  const published: string[] = [];
  const deferred: string[] = [];
  const errors: unknown[] = [];
  for (const entries of Map.groupBy(due, eventOf).values()) {
    const notice = combined(entries.map((entry) => noticeOf(entry, subject)) as [Notice, ...Notice[]]);
    const ids = entries.map(({ id }) => id);
    if (engine.notifier.defers?.(notice) === true) deferred.push(...ids);
    else
      await engine.notifier.notify(notice).then(
        () => published.push(...ids),
        (error: unknown) => errors.push(error),
      );
  }
  const isDone = published.length + deferred.length > 0;
  const after = isDone ? await clear(session, engine, published, deferred) : session;
  if (errors.length > 0) throw errors[0];
  return after;
}

/** Leaves what could not be published to the next run, at once. Returns the controls whose notices wait; never throws. */
export async function postpone(
  session: Session,
  { ledger }: Engine,
  own: readonly string[],
): Promise<readonly string[]> {
  const waiting = ({ id, waits }: QueuedNotice) => own.includes(id) && waits !== true;
  try {
    const [after] = await ledger.update(session, (state) => ({
      next: { ...state, outbox: state.outbox.map((entry) => (waiting(entry) ? { ...entry, at: 0 } : entry)) },
      answer: undefined,
    }));
    return after.state.outbox.filter(waiting).map(({ notice }) => notice.controlId);
  } catch {
    return session.state.outbox.filter(waiting).map(({ notice }) => notice.controlId);
  }
}

/** Clears what was published, and marks what waits for the digest. */
export async function clear(
  session: Session,
  { ledger }: Pick<Engine, 'ledger'>,
  published: readonly string[],
  deferred: readonly string[] = [],
): Promise<Session> {
  const [after] = await ledger.update(session, (state) => {
    const isConcerned = ({ id }: QueuedNotice) => published.includes(id) || deferred.includes(id);
    if (!state.outbox.some(isConcerned)) return { answer: undefined };
    const outbox = state.outbox
      .filter(({ id }) => !published.includes(id))
      .map((entry) => (deferred.includes(entry.id) ? { ...entry, waits: true as const } : entry));
    return { next: { ...state, outbox }, answer: undefined };
  });
  return after;
}

function noticeOf({ id, notice }: QueuedNotice, { resource, ref, controls, siblings = [] }: Published): Notice {
  const { controlId, ...rest } = notice;
  const control = [...controls, ...siblings].find(({ id }) => id === controlId) ?? {
    id: controlId,
    title: controlId,
    severity: notice.result.severity ?? 'MEDIUM',
    rationale: '',
    guidance: '',
  };
  return { ...rest, id, control, consoleUrl: resource.consoleUrl(ref) };
}

/** Publishes the announcements that no other run is publishing. Throws what the notifier throws: another run may claim the rest after a minute. */
export async function publishAnnouncements({ ledger, notifier, clock }: Engine): Promise<void> {
  for (const { key, announcement } of await ledger.announcements.claim(clock.now().getTime())) {
    await notifier.announce(announcement);
    await ledger.announcements.done(key);
  }
}
