import type { CallData, ComplianceType, Mode } from './control.ts';

/** How looking at one (resource, control) ended. */
export const OUTCOMES = [
  'compliant',
  'notApplicable',
  'detected',
  'exempted',
  'awaitingApproval',
  'remediated',
  'halted',
  'failed',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** One line of `--json`: one for each (event, resource, control). The keys are a contract. */
export interface Result {
  readonly eventId: string | null;
  readonly eventName: string | null;
  readonly controlId: string | null;
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
  /** Which stop kept a halted drift from being put right; counted, and no key of a line. */
  readonly gate?: HaltingGate;
}

/** The gates that halt. */
export type HaltingGate = 'pause' | 'flap' | 'breaker';

/** The keys of a line, in their order. */
const KEYS = [
  'eventId',
  'eventName',
  'controlId',
  'resourceType',
  'resourceId',
  'accountId',
  'region',
  'outcome',
  'before',
  'after',
  'annotation',
  'mode',
  'steps',
  'remediationId',
  'error',
] as const satisfies readonly (keyof Result)[];

/** A result as a line of JSON, its keys always in the same order. */
export const lineOf = (result: Result): string =>
  JSON.stringify(Object.fromEntries(KEYS.map((key) => [key, result[key]])));

/** A result that speaks of no resource: an event that concerns no control, or one that could not be read. */
export const bareResult = (
  event: { readonly eventId: string | null; readonly eventName: string | null },
  rest: Pick<Result, 'outcome'> & Partial<Result>,
): Result => ({
  eventId: event.eventId,
  eventName: event.eventName,
  controlId: null,
  resourceType: null,
  resourceId: null,
  accountId: null,
  region: null,
  before: null,
  after: null,
  annotation: null,
  mode: null,
  steps: [],
  remediationId: null,
  error: null,
  ...rest,
});
