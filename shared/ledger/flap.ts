/** The same drift of one resource coming back, as the ledger keeps it; times in milliseconds since 1970. */
export interface Flap {
  /** When it was put right, within the window. */
  readonly times: readonly number[];
  /** Since when we stopped putting it right; null while we go on. */
  readonly trippedAt: number | null;
  /** When the drift was last seen. */
  readonly lastDrift: number;
}

export interface FlapLimit {
  readonly times: number;
  /** Milliseconds. */
  readonly within: number;
}

export const STEADY: Flap = { times: [], trippedAt: null, lastDrift: 0 };

/** What a drift that is seen now does. `tripped` where it is this one that makes us stop. */
export interface FlapLook {
  readonly stopped: boolean;
  readonly tripped: boolean;
  readonly next: Flap;
}

/** Stops at the drift after `times` remediations within the window; goes on by itself after a quiet time as long as the window. Pure. */
export function look(flap: Flap, limit: FlapLimit, now: number): FlapLook {
  const quiet = flap.trippedAt !== null && now - flap.lastDrift > limit.within;
  const current = quiet ? STEADY : flap;
  const times = current.times.filter((time) => time > now - limit.within);
  const tripped = current.trippedAt === null && times.length >= limit.times;
  const trippedAt = tripped ? now : current.trippedAt;
  return { stopped: trippedAt !== null, tripped, next: { times, trippedAt, lastDrift: now } };
}

/** Counts a remediation. Pure. */
export const counted = (flap: Flap, now: number): Flap => ({ ...flap, times: [...flap.times, now] });
