import { randomUUID } from 'node:crypto';
import type { AnyResource } from '../../control.ts';
import type { Session } from '../../ledger/ledger.ts';
import type { QueuedNotice } from '../../ledger/outbox.ts';
import { combined, type Notice } from '../../notify/notifier.ts';
import { outcomeEvent } from '../../notify/outcome.ts';
import { knownBy } from '../../notify/tags.ts';
import type { ResourceRef } from '../../resource.ts';
import type { Result } from '../../result.ts';
import type { Cause, Engine } from '../context.ts';

/** A notice queued for longer than this was left by a run that died; its own run would have published it. */
export const PUBLISH_GRACE_MS = 60_000;

/** What a notice says beside its result, where it is known. */
export type NoticeDetails = Pick<
  Partial<Notice>,
  'stoppedBy' | 'isRetrying' | 'verified' | 'after' | 'was' | 'expires' | 'undo' | 'changes' | 'tags'
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
  readonly resource: Pick<AnyResource, 'consoleUrl' | 'arn' | 'ownership'>;
  readonly ref: ResourceRef;
  readonly controls: readonly PublishedControl[];
  readonly siblings?: readonly PublishedControl[];
}

type PublishedControl = Notice['control'] & { readonly relatedRequirements?: readonly string[] };

/** What one event led to on the resource is one notification. */
const eventOf = ({ notice: { result, eventTime } }: QueuedNotice): string => `${result.eventId} ${eventTime}`;

/** Publishes what a run has queued (`own`: the ids) and what dead runs left, to people and to those who follow each outcome, then clears it. One that fails does not stop the others: it stays queued for the next run or the schedule. Throws what the notifier, or the sender of outcomes, throws. */
export async function publishOutbox(
  session: Session,
  subject: Published,
  engine: Engine,
  own: readonly string[],
): Promise<Session> {
  const dead = engine.clock.now().getTime() - PUBLISH_GRACE_MS;
  const found = session.state.outbox.filter(({ id, at, waits }) => own.includes(id) || (at < dead && waits !== true));
  if (found.length === 0) return session;
  const due = await withTags(found, subject, engine);
  const [sent, notified] = await Promise.all([sendOutcomes(due, subject, engine), notifyAll(due, subject, engine)]);
  const errors = [...notified.errors, ...sent.errors];
  const deferred = new Map(due.filter(({ id }) => notified.deferred.includes(id)).map((entry) => [entry.id, entry]));
  const progress = { published: notified.published, deferred, sent: sent.ids };
  const isDone = concernedBy(progress).length > 0;
  const after = isDone ? await settle(session, engine, progress) : session;
  if (errors.length > 0) throw errors[0];
  return after;
}

/** The notices that people get, with the tags by which they know the resource where nothing has needed these yet. Never throws: without them, a notice says less. */
async function withTags(
  due: readonly QueuedNotice[],
  { resource, ref }: Published,
  { aws }: Engine,
): Promise<readonly QueuedNotice[]> {
  const isWanting = ({ quiet, notice }: QueuedNotice) => quiet !== true && notice.tags === undefined;
  if (resource.ownership === undefined || !due.some(isWanting)) return due;
  const read = await resource.ownership.read(aws(ref.region), ref).catch(() => null);
  const tags = knownBy(read?.tags ?? {});
  if (Object.keys(tags).length === 0) return due;
  return due.map((entry) => (isWanting(entry) ? { ...entry, notice: { ...entry.notice, tags } } : entry));
}

/** One notification for what one event led to; never throws. */
async function notifyAll(due: readonly QueuedNotice[], subject: Published, { notifier }: Engine) {
  const published: string[] = [];
  const deferred: string[] = [];
  const errors: unknown[] = [];
  const loud = due.filter(({ quiet }) => quiet !== true);
  for (const entries of Map.groupBy(loud, eventOf).values()) {
    const notice = combined(entries.map((entry) => noticeOf(entry, subject)) as [Notice, ...Notice[]]);
    const ids = entries.map(({ id }) => id);
    if (notifier.defers?.(notice) === true) deferred.push(...ids);
    else
      await notifier.notify(notice).then(
        () => published.push(...ids),
        (error: unknown) => errors.push(error),
      );
  }
  return { published, deferred, errors };
}

/** Each outcome by itself, in their order. Where nobody follows them any more, they count as sent. Never throws. */
async function sendOutcomes(due: readonly QueuedNotice[], subject: Published, engine: Engine) {
  const owed = due.filter(({ outcome, quiet }) => outcome !== undefined || quiet === true);
  const ids = owed.map(({ id }) => id);
  const events = owed.flatMap((entry) => (entry.outcome === undefined ? [] : [eventFor(entry, entry.outcome)]));
  function eventFor(entry: QueuedNotice, outcome: NonNullable<QueuedNotice['outcome']>) {
    const { relatedRequirements = [] } = controlOf(entry.notice.controlId, subject) ?? {};
    const details = { ...outcome, arn: subject.resource.arn(subject.ref), relatedRequirements };
    return outcomeEvent(noticeOf(entry, subject), details, engine.policy.notify);
  }
  try {
    if (events.length > 0) await engine.sendOutcomes?.(events);
    return { ids, errors: [] };
  } catch (error) {
    return { ids: [], errors: [error] };
  }
}

/** Ids of notices, by what became of them. */
interface PublishProgress {
  readonly published: readonly string[];
  /** As they wait. */
  readonly deferred: ReadonlyMap<string, QueuedNotice>;
  readonly sent: readonly string[];
}

/** Clears what everybody has, and keeps the rest for those who do not have it. */
async function settle(
  session: Session,
  { ledger }: Pick<Engine, 'ledger'>,
  progress: PublishProgress,
): Promise<Session> {
  const [after] = await ledger.update(session, (state) => {
    const outbox = state.outbox.flatMap((entry) => leftOf(entry, progress) ?? []);
    const concerned = concernedBy(progress);
    const isConcerned = state.outbox.some(({ id }) => concerned.includes(id));
    return isConcerned ? { next: { ...state, outbox }, answer: undefined } : { answer: undefined };
  });
  return after;
}

const concernedBy = ({ published, deferred, sent }: PublishProgress): readonly string[] => [
  ...published,
  ...deferred.keys(),
  ...sent,
];

function leftOf(entry: QueuedNotice, { published, deferred, sent }: PublishProgress): QueuedNotice | null {
  const { outcome, ...others } = entry;
  const isTold = entry.quiet === true || published.includes(entry.id);
  const isSent = outcome === undefined || sent.includes(entry.id);
  if (isTold && isSent) return null;
  if (isTold) return { ...entry, quiet: true };
  if (!isSent) return entry;
  const waiting = deferred.get(entry.id);
  if (waiting !== undefined) return { ...others, notice: waiting.notice, waits: true };
  return outcome === undefined ? entry : others;
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

/** Clears what was published. */
export const clear = (
  session: Session,
  engine: Pick<Engine, 'ledger'>,
  published: readonly string[],
): Promise<Session> => settle(session, engine, { published, deferred: new Map(), sent: [] });

const controlOf = (controlId: string, { controls, siblings = [] }: Published): PublishedControl | undefined =>
  [...controls, ...siblings].find(({ id }) => id === controlId);

function noticeOf({ id, notice }: QueuedNotice, subject: Published): Notice {
  const { controlId, ...rest } = notice;
  const { resource, ref } = subject;
  const control = controlOf(controlId, subject) ?? {
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
