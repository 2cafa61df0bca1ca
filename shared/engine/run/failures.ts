import { explicitDenial, missingPermission, type Refusal } from '../../aws/refusals.ts';
import { type AnyControl, SEVERITIES } from '../../control.ts';
import type { FailureStage, Finding } from '../../ledger/records.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../time.ts';
import type { Run } from './run.ts';

/** Access that is denied for this long, without a reason, is denied for good: IAM takes less to spread what was deployed. */
export const CONFIRM_AFTER_MS = 2 * MINUTE_MS;

/** How far people are notified of a failure now: of what could not be read when the last try has failed; of severe drift that could not be remediated after the second try too. */
export function failureStage({ cause }: Run, { severity }: AnyControl, isDrift: boolean): FailureStage {
  const { receiveCount, isLastTry } = cause.delivery ?? { receiveCount: 1, isLastTry: true };
  if (isLastTry) return 'ended';
  const isUrgent = SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf('HIGH');
  return isDrift && isUrgent && receiveCount > 1 ? 'retrying' : null;
}

/** Whether an error lasts: who refuses for good; else since when access is denied. Both null for an error that may pass. */
export interface Denial {
  readonly refusal: Refusal | null;
  readonly denied: NonNullable<Finding['denied']> | null;
}

/** Classifies the error of a read. `what` was read. */
export const readDenial = (run: Run, control: AnyControl, error: unknown, what: string): Denial => {
  const refusal = explicitDenial(error);
  return refusal === null ? confirmed(run, control, missingPermission(error, what)) : { refusal, denied: null };
};

/** Access that is denied and nobody says by whom: a refusal where it was so under this version some minutes ago too. */
export function confirmed(run: Run, { id }: AnyControl, missing: Refusal | null): Denial {
  if (missing === null) return { refusal: null, denied: null };
  const known = run.draft.state.findings[id]?.denied;
  const version = versionOf(run);
  const denied = known?.version === version ? known : { since: run.now().toISOString(), version };
  const isOld = run.now().getTime() - Date.parse(denied.since) >= CONFIRM_AFTER_MS;
  return { refusal: isOld ? missing : null, denied };
}

/** The versions of code and policy that a run works with. */
export const versionOf = ({ engine }: Pick<Run, 'engine'>): string => `${engine.codeVersion} ${engine.policy.version}`;

/** How long a refusal is taken to last before it is tried again by itself. */
export const retryAfterRefusalMs = ({ severity }: AnyControl): number => (severity === 'CRITICAL' ? HOUR_MS : DAY_MS);

/** Who refuses, and what a person can do. */
export const refusalText = ({ by, remedy }: Refusal): string => `Refused by ${by}: ${remedy}.`;
