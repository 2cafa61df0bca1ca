import type { AnyControl } from '../../../control.ts';
import { ACCOUNT, type Admission } from '../../../ledger/breaker.ts';
import type { QueuedAnnouncement } from '../../../ledger/outbox.ts';
import type { Run } from '../run.ts';
import type { Refusal } from './gate.ts';

/** The breaker's refusal, which is only known once the write was tried. */
export interface Refused {
  readonly refusal: Refusal;
}

/** No room in a breaker. */
export const breakerRefusal = (run: Run, admission: Admission): Refused => ({
  refusal: { outcome: 'halted', reason: breakerReason(run, admission), quiet: true, gate: 'breaker' },
});

/** One for each time that a breaker opens, however little the drift matters at which it did; null where it was open. */
export function breakerAnnouncement(run: Run, control: AnyControl, admission: Admission): QueuedAnnouncement | null {
  const { refusedBy, opened } = admission;
  if (!opened || refusedBy === null) return null;
  const everything = refusedBy === ACCOUNT;
  const { eventId } = run.cause;
  const at = `${control.id} on ${run.subject.ref.resourceId}${eventId === null ? '' : ` (event ${eventId})`}`;
  return {
    key: `breaker|${refusedBy}`,
    announcement: {
      severity: 'CRITICAL',
      subject: `The circuit breaker has opened: ${everything ? 'nothing is remediated' : refusedBy}`,
      text: `${breakerReason(run, admission)} Findings are recorded and not remediated until a trial remediation succeeds.\nFirst remediation stopped: ${at}.\n\nReview what was done:  npx evenkeel history --since 1h\nClose the breaker:     npx evenkeel resume --breaker${everything ? '' : ` --control ${refusedBy}`} --look`,
    },
  };
}

const breakerReason = ({ engine }: Run, { refusedBy }: Admission): string => {
  const { control: each, account } = engine.policy.limits.remediationsPerHour;
  const [limit, what] = refusedBy === ACCOUNT ? [account, 'the account'] : [each, 'this control'];
  return `The circuit breaker is open: ${limit} remediations of ${what} within an hour.`;
};
