import { launchedBy } from '../../aws/ec2/launched-by.ts';
import type { AnyControl } from '../../control.ts';
import { ACCOUNT, type Admission } from '../../ledger/breaker.ts';
import type { QueuedAnnouncement } from '../../ledger/outbox.ts';
import { counted } from '../../text.ts';
import type { Run } from '../run/run.ts';

/** The circuit breaker's refusal, known only once the write is attempted. */
export interface Refused {
  readonly refusal: {
    readonly outcome: 'halted';
    readonly reason: string;
    readonly quiet: true;
    readonly gate: 'breaker';
  };
}

/** The breaker has no place left. */
export const breakerRefusal = (run: Run, admission: Admission): Refused => ({
  refusal: { outcome: 'halted', reason: breakerReason(run, admission), quiet: true, gate: 'breaker' },
});

/** Announces each time a breaker opens, however low the severity of the drift that opened it; null where it was open already. */
export function breakerAnnouncement(
  run: Run,
  control: AnyControl,
  admission: Admission,
  tags: Readonly<Record<string, string>> = {},
): QueuedAnnouncement | null {
  const { refusedBy, opened } = admission;
  if (!opened || refusedBy === null) return null;
  const everything = refusedBy === ACCOUNT;
  const { eventId } = run.cause;
  const launcher = launchedBy(tags);
  const source =
    launcher === null ? '' : `\nIt was launched by ${launcher}: change what that launches, or the drift comes back.`;
  const at = `${control.id} on ${run.subject.ref.resourceId}${eventId === null ? '' : ` (event ${eventId})`}`;
  return {
    key: `breaker|${refusedBy}`,
    announcement: {
      severity: 'CRITICAL',
      kind: 'halted',
      subject: `The circuit breaker has opened: ${everything ? 'nothing is remediated' : refusedBy}`,
      text: `${breakerReason(run, admission)} Findings are recorded and not remediated until a trial remediation succeeds.\nFirst remediation stopped: ${at}.${source}\n\nReview what was done:  npx evenkeel history --since 1h\nClose the breaker:     npx evenkeel resume --breaker${everything ? '' : ` --control ${refusedBy}`} --look`,
    },
  };
}

/** How the reason begins with which a circuit breaker halts. */
export const BREAKER_OPEN = 'The circuit breaker is open';

const breakerReason = ({ engine }: Run, { refusedBy }: Admission): string => {
  const { control: each, account } = engine.policy.limits.remediationsPerHour;
  const [limit, what] = refusedBy === ACCOUNT ? [account, 'the account'] : [each, 'this control'];
  return `${BREAKER_OPEN}: ${counted(limit, 'remediation')} of ${what} within an hour.`;
};
