import type { ComplianceType, Mode, Severity } from './control.ts';
import type { CallData } from './step.ts';
import { withoutErrorNames } from './text.ts';

/** The outcome of evaluating one (resource, control). */
export const OUTCOMES = [
  'compliant',
  'notApplicable',
  'detected',
  'exempted',
  'awaitingApproval',
  'pending',
  'remediated',
  'halted',
  'blocked',
  'failed',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Outcomes that leave drift although nothing failed. */
export const DRIFT_LEFT: readonly Outcome[] = ['detected', 'awaitingApproval', 'pending', 'halted', 'blocked'];

/** One line of `--json`: one for each (event, resource, control). The keys are a contract. */
export interface Result {
  readonly eventId: string | null;
  readonly eventName: string | null;
  /** The control, or the detection, whose outcome it is. */
  readonly controlId: string | null;
  readonly severity: Severity | null;
  readonly resourceType: string | null;
  readonly resourceId: string | null;
  readonly accountId: string | null;
  readonly region: string | null;
  readonly outcome: Outcome;
  readonly before: ComplianceType | null;
  readonly after: ComplianceType | null;
  readonly annotation: string | null;
  readonly mode: Mode | null;
  readonly steps: readonly CallData[];
  readonly remediationId: string | null;
  readonly error: string | null;
  /** Which gate halted the remediation; counted, and no key of a line. */
  readonly gate?: HaltingGate;
}

/** The gates that halt. */
export type HaltingGate = 'pause' | 'flap' | 'breaker';

/** An empty result: every key, in the order of a line. */
const NOTHING = {
  eventId: null,
  eventName: null,
  controlId: null,
  severity: null,
  resourceType: null,
  resourceId: null,
  accountId: null,
  region: null,
  outcome: 'notApplicable',
  before: null,
  after: null,
  annotation: null,
  mode: null,
  steps: [],
  remediationId: null,
  error: null,
} as const satisfies Result;

const KEYS = Object.keys(NOTHING) as readonly (keyof typeof NOTHING)[];

/** Why it ended so, for people: the error, or else the annotation. */
export const reasonOf = ({ error, annotation }: Pick<Result, 'error' | 'annotation'>): string =>
  withoutErrorNames(error ?? annotation ?? '');

/** A result as a line of JSON, its keys always in the same order. */
export const lineOf = (result: Result): string =>
  JSON.stringify(Object.fromEntries(KEYS.map((key) => [key, result[key]])));

/** A result that names no resource: an event that concerns no control, or one that could not be read. */
export const resultWithoutResource = (
  event: { readonly eventId: string | null; readonly eventName: string | null },
  rest: Pick<Result, 'outcome'> & Partial<Result>,
): Result => ({ ...NOTHING, eventId: event.eventId, eventName: event.eventName, ...rest });
