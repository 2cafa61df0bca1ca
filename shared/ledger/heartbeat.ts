import type { Debt, Heartbeat } from './heartbeats.ts';

/** A beat has to come back within this long; one is made every 15 minutes. */
export const LIMIT_MS = 1_800_000;
/** A silent region is swept again after this long. */
export const SWEEP_EVERY_MS = 3_600_000;
/** How far CloudTrail's clock, which counts whole seconds, may be from ours. */
const SKEW_MS = 60_000;
/** How long a run has to notify people, or to sweep; then it is left to the next. */
const DEBT_MS = 60_000;

/** How the attempt to make a beat went: made, or why it could not be. `at` is the time before the call. */
export interface Beat {
  readonly at: number;
  readonly failure: string | null;
}

/** What the caller has to do now, before it says `settled`. */
export interface Due {
  readonly tell: Debt['tell'];
  readonly sweep: boolean;
}

export interface Decision {
  readonly next: Heartbeat;
  readonly answer: Due;
}

/** What a beat, made or not, says of its region. Silent is a region from which a beat was waited for longer than the limit; where none could be made, nothing is waited for. Pure. */
export function beaten(heartbeat: Heartbeat, { at, failure }: Beat, limit = LIMIT_MS): Decision {
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
  };
  const begins = silent && heartbeat.silentSince === null;
  const swept = heartbeat.sweptAt !== null && at - heartbeat.sweptAt < SWEEP_EVERY_MS;
  const fails = failure !== null && heartbeat.failure === null;
  return owing(next, at, begins ? 'silence' : fails ? 'failure' : null, begins || (silent && !swept));
}

/** What it says of a region that the record of a beat has come. `called` is when CloudTrail saw the call; one that comes later than the limit, or after a later one, is no answer. Pure. */
export function arrived(heartbeat: Heartbeat, called: number, now: number, limit = LIMIT_MS): Decision {
  const isLate = now - called > limit + SKEW_MS;
  if (isLate || (heartbeat.answered !== null && called <= heartbeat.answered))
    return { next: heartbeat, answer: NOTHING };
  const isLatest = heartbeat.sent === null || heartbeat.sent <= called + SKEW_MS;
  const next = { ...heartbeat, arrived: now, answered: called, waiting: isLatest ? null : now, silentSince: null };
  const isBack = heartbeat.silentSince !== null;
  return owing(next, now, isBack ? 'return' : null, isBack);
}

/** What was owed is done. Pure. */
export const settled = (heartbeat: Heartbeat, { sweep }: Due, now: number): Heartbeat => ({
  ...heartbeat,
  owed: null,
  sweptAt: sweep ? now : heartbeat.sweptAt,
});

/** True where nothing was heard for too long, or beats should have been made and were not. */
export const isOverdue = ({ silentSince, waiting }: Heartbeat, now: number, limit = LIMIT_MS): boolean =>
  silentSince !== null || (waiting !== null && now - waiting > limit);

const NOTHING: Due = { tell: null, sweep: false };

/** Gives what is to be done to one caller, and to the next where that one has not done it in time. */
function owing(heartbeat: Heartbeat, now: number, tell: Debt['tell'], sweep: boolean): Decision {
  const { owed } = heartbeat;
  const isNew = tell !== null || (sweep && owed === null);
  if (!isNew && (owed === null || owed.until > now)) return { next: heartbeat, answer: NOTHING };
  const answer = { tell: tell ?? owed?.tell ?? null, sweep: sweep || (owed?.sweep ?? false) };
  return { next: { ...heartbeat, owed: { ...answer, until: now + DEBT_MS } }, answer };
}
