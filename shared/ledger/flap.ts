/** The drift of one element of a resource coming back, as the ledger keeps it; times in milliseconds since 1970. */
export interface Flap {
  /** When it was remediated, within the window. */
  readonly times: readonly number[];
  /** Since when it is no longer remediated; null while it is. */
  readonly trippedAt: number | null;
  /** When the drift was last seen. */
  readonly lastDrift: number;
  /** The control that last remediated it; null while none has. */
  readonly controlId: string | null;
}

export interface FlapLimit {
  readonly times: number;
  /** Milliseconds. */
  readonly within: number;
}

export type Flaps = Readonly<Record<string, Flap>>;

export const NO_FLAP: Flap = { times: [], trippedAt: null, lastDrift: 0, controlId: null };

/** What a drift that is seen now does. `tripped` where it is this one that stops the remediations. */
export interface FlapEvaluation {
  readonly stopped: boolean;
  readonly tripped: boolean;
  readonly next: Flap;
}

/** Stops at the drift after `times` remediations within the window; resumes by itself after a quiet time as long as the window. Pure. */
export function evaluateFlap(flap: Flap, limit: FlapLimit, now: number): FlapEvaluation {
  const quiet = flap.trippedAt !== null && now - flap.lastDrift > limit.within;
  const current = quiet ? { ...NO_FLAP, controlId: flap.controlId } : flap;
  const times = current.times.filter((time) => time > now - limit.within);
  const tripped = current.trippedAt === null && times.length >= limit.times;
  const trippedAt = tripped ? now : current.trippedAt;
  return { stopped: trippedAt !== null, tripped, next: { ...current, times, trippedAt, lastDrift: now } };
}

/** Counts a remediation by a control. Pure. */
export const recordRemediation = (flap: Flap, controlId: string, now: number): Flap => ({
  ...flap,
  times: [...flap.times, now],
  controlId,
});

/** The flaps that still count: elements that were quiet for longer than the window are left out, so that a state does not grow for ever. Pure. */
export const currentFlaps = (flaps: Flaps, { within }: Pick<FlapLimit, 'within'>, now: number): Flaps =>
  filtered(flaps, ({ times, lastDrift }) => Math.max(lastDrift, ...times) > now - within);

/** The flaps without those of a control that is resumed. Pure. */
export const withoutFlapsOf = (flaps: Flaps, controlId: string): Flaps =>
  filtered(flaps, (flap) => flap.controlId !== controlId);

const filtered = (flaps: Flaps, wanted: (flap: Flap) => boolean): Flaps =>
  Object.fromEntries(Object.entries(flaps).filter(([, flap]) => wanted(flap)));
