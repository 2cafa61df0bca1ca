import { HOUR_MS, MINUTE_MS } from '../time.ts';
import { type Store, update } from './store.ts';

/** The heartbeat of a region as the ledger keeps it; times in milliseconds since 1970. */
export interface Heartbeat {
  /** When a beat was last made, whether or not it has come back. */
  readonly sent: number | null;
  /** When a beat last came back in time. */
  readonly arrived: number | null;
  /** The latest call that is known to have come back in time. */
  readonly answered: number | null;
  /** Since when a beat is waited for; null while every beat has come back. */
  readonly waiting: number | null;
  /** Since when nothing was heard, where that is too long; null while the region answers. */
  readonly silentSince: number | null;
  /** Why the last beat could not be made; null where it was. */
  readonly failure: string | null;
  /** Why the whole region is left out; null while it is watched. */
  readonly leftOut: string | null;
  /** When the region was last swept for its silence. */
  readonly sweptAt: number | null;
  /** What is still to be done about it. */
  readonly pending: PendingActions | null;
}

/** What the state of a region asks for: a notification, a sweep. */
export interface Actions {
  readonly notify: 'silence' | 'recovery' | 'failure' | 'leftOut' | 'watchedAgain' | null;
  readonly sweep: boolean;
}

/** Actions that one run has claimed; the next run takes them over where they are not completed by then. */
export interface PendingActions extends Actions {
  readonly claimedUntil: number;
}

export const NO_BEAT: Heartbeat = {
  sent: null,
  arrived: null,
  answered: null,
  waiting: null,
  silentSince: null,
  failure: null,
  leftOut: null,
  sweptAt: null,
  pending: null,
};

/** A beat has to come back within this time; one is made every 15 minutes. */
export const LIMIT_MS = 30 * MINUTE_MS;
/** How often a silent region is swept. */
export const SWEEP_EVERY_MS = HOUR_MS;
/** How far CloudTrail's clock, which counts whole seconds, may be from ours. */
const SKEW_MS = MINUTE_MS;
/** How long a run may take to notify and to sweep before the next run takes over. */
const CLAIM_MS = MINUTE_MS;

/** An attempt to make a beat: the time before the call, and why it failed. */
export interface Beat {
  readonly at: number;
  readonly failure: string | null;
  /** Why the whole region is left out, where it is. */
  readonly leftOut?: string | null;
}

/** The next state, and what the caller has to do now, before it saves `withActionsCompleted`. */
export interface Decision {
  readonly next: Heartbeat;
  readonly answer: Actions;
}

/** The state after an attempt to make a beat. A region is silent where a beat that was made did not come back within the limit; where none could be made, none is waited for. Pure. */
export function recordBeat(heartbeat: Heartbeat, { at, failure, leftOut = null }: Beat, limit = LIMIT_MS): Decision {
  if (leftOut !== null) {
    const next = { ...heartbeat, waiting: null, silentSince: null, failure: null, leftOut };
    return claimed(next, at, { notify: heartbeat.leftOut === null ? 'leftOut' : null, sweep: false });
  }
  // The record of a beat may come before this run gets here.
  const isAnswered = heartbeat.answered !== null && at <= heartbeat.answered + SKEW_MS;
  const waiting = heartbeat.waiting ?? (failure === null && !isAnswered ? at : null);
  const silent = heartbeat.silentSince !== null || (waiting !== null && at - waiting > limit);
  const next: Heartbeat = {
    ...heartbeat,
    sent: failure === null ? at : heartbeat.sent,
    waiting,
    silentSince: silent ? (heartbeat.silentSince ?? waiting) : null,
    failure,
    leftOut: null,
  };
  const isBack = heartbeat.leftOut !== null && failure === null;
  const begins = silent && heartbeat.silentSince === null;
  const swept = heartbeat.sweptAt !== null && at - heartbeat.sweptAt < SWEEP_EVERY_MS;
  const fails = failure !== null && heartbeat.failure === null;
  return claimed(next, at, {
    notify: isBack ? 'watchedAgain' : begins ? 'silence' : fails ? 'failure' : null,
    sweep: isBack || begins || (silent && !swept),
  });
}

/** The state after the event of a beat has come. `called` is when CloudTrail saw the call; an event that comes later than the limit, or after a later one, or before its own call, does not count. Pure. */
export function recordArrival(heartbeat: Heartbeat, called: number, now: number, limit = LIMIT_MS): Decision {
  const isLate = now - called > limit + SKEW_MS;
  // Of a time to come: it would count for all beats until then.
  const isEarly = called - now > SKEW_MS;
  if (isLate || isEarly || (heartbeat.answered !== null && called <= heartbeat.answered))
    return { next: heartbeat, answer: NO_ACTIONS };
  const isLatest = heartbeat.sent === null || heartbeat.sent <= called + SKEW_MS;
  const next = { ...heartbeat, arrived: now, answered: called, waiting: isLatest ? null : now, silentSince: null };
  const isBack = heartbeat.silentSince !== null;
  return claimed(next, now, { notify: isBack ? 'recovery' : null, sweep: isBack });
}

/** The state after the actions were carried out. Pure. */
export const withActionsCompleted = (heartbeat: Heartbeat, { sweep }: Actions, now: number): Heartbeat => ({
  ...heartbeat,
  pending: null,
  sweptAt: sweep ? now : heartbeat.sweptAt,
});

/** True where a beat is missing for longer than the limit. */
export const isOverdue = ({ silentSince, waiting }: Heartbeat, now: number, limit = LIMIT_MS): boolean =>
  silentSince !== null || (waiting !== null && now - waiting > limit);

const NO_ACTIONS: Actions = { notify: null, sweep: false };

/** Gives the actions to one caller, together with those that an earlier one has claimed and not completed in time. */
function claimed(heartbeat: Heartbeat, now: number, { notify, sweep }: Actions): Decision {
  const { pending } = heartbeat;
  const isNew = notify !== null || (sweep && pending === null);
  if (!isNew && (pending === null || pending.claimedUntil > now)) return { next: heartbeat, answer: NO_ACTIONS };
  const answer = { notify: notify ?? pending?.notify ?? null, sweep: sweep || (pending?.sweep ?? false) };
  return { next: { ...heartbeat, pending: { ...answer, claimedUntil: now + CLAIM_MS } }, answer };
}

/** The heartbeats of all regions, shared by all runs. */
export interface Heartbeats {
  /** Saves the next state of a region, and gives the answer of `next`. */
  update<T>(
    region: string,
    next: (heartbeat: Heartbeat) => { readonly next: Heartbeat; readonly answer: T },
  ): Promise<T>;
  /** By region. */
  all(): Promise<ReadonlyMap<string, Heartbeat>>;
}

const PK = 'HEARTBEATS';

export const heartbeatsIn = (store: Store): Heartbeats => ({
  update: (region, decide) =>
    update(store, [{ pk: PK, sk: region }], ([document]) => {
      const { next, answer } = decide({ ...NO_BEAT, ...(document as Partial<Heartbeat> | null) });
      return { next: [next], answer };
    }),
  all: async () => new Map((await store.query(PK)).map(({ sk, document }) => [sk, document as Heartbeat])),
});
