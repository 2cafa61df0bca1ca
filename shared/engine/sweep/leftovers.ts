import { leaseState } from '../../ledger/lease.ts';
import { type ResourceState, refOfKey } from '../../ledger/ledger.ts';
import type { Finding } from '../../ledger/records.ts';
import type { ResourceRef } from '../../resource.ts';
import { DAY_MS, MINUTE_MS } from '../../time.ts';
import type { Engine } from '../context.ts';
import { isDetectionDue } from '../detections/sightings.ts';
import { PUBLISH_GRACE_MS } from '../run/notices.ts';

/** A resource to evaluate again, and why. */
export interface Recheck {
  readonly service: string;
  readonly ref: ResourceRef;
  readonly reason: string;
}

/** The message of a recheck that is overdue for longer than this was lost. */
const RECHECK_GRACE_MS = 2 * MINUTE_MS;

/** The service in a resource's key. */
const serviceOf = (key: string) => key.split('|')[2] ?? '';

/** A recheck of the resource of a key. */
export const recheckOf = (key: string, reason: string): Recheck => ({
  service: serviceOf(key),
  ref: refOfKey(key),
  reason,
});

/** True where a run was interrupted during a remediation: its lease has expired. `now`: milliseconds since 1970. */
export const isCutOff = ({ open, lease }: ResourceState, now: number): boolean =>
  !leaseState(lease, now).held && open.some(({ status }) => status === 'applying');

/** True where a recheck is overdue. */
export const isOverdue = ({ recheckAt }: ResourceState, now: number): boolean =>
  recheckAt !== null && recheckAt < now - RECHECK_GRACE_MS;

/** True where a run died before it evaluated what other runs had asked of it; after a day the sweep has done it. */
const isOrphaned = ({ lease, changedHandsAt }: ResourceState, now: number): boolean =>
  leaseState(lease, now).orphaned.length > 0 && changedHandsAt > now - DAY_MS;

/** True where a refusal was taken to last until now; after a day without an answer (its control is off, say) the sweep has it. */
const isRetryDue = ({ blocked, retryAt }: Finding, now: number): boolean =>
  blocked != null && retryAt !== null && Date.parse(retryAt) <= now && Date.parse(retryAt) > now - DAY_MS;

/** Why a resource needs an evaluation without an event, in words; null where it does not. Pure. */
export function leftoverOf(state: ResourceState, now: number): string | null {
  if (isCutOff(state, now) || isOrphaned(state, now)) return 'its run was interrupted';
  if (isOverdue(state, now)) return 'its recheck was lost';
  if (state.outbox.some(({ at, waits }) => at < now - PUBLISH_GRACE_MS && waits !== true))
    return 'a notification was not published';
  if (Object.values(state.findings).some((finding) => isRetryDue(finding, now)))
    return 'what was refused is tried again';
  if (isDetectionDue(state, now)) return 'a detection has repeats to report, or has ended';
  return null;
}

/** The resources that a lost message or a dead run left unfinished. */
export async function leftovers({ ledger, clock }: Pick<Engine, 'ledger' | 'clock'>): Promise<readonly Recheck[]> {
  const now = clock.now().getTime();
  const found: Recheck[] = [];
  for await (const { key, state } of ledger.active()) {
    const reason = leftoverOf(state, now);
    if (reason !== null) found.push(recheckOf(key, reason));
  }
  return found;
}
