import type { AnyControl } from '../../control.ts';
import type { ResourceState } from '../../ledger/ledger.ts';
import type { Finding, Remediation } from '../../ledger/records.ts';
import { groupsOf } from '../../notify/digest.ts';
import type { Result } from '../../result.ts';
import { shellQuoted, visible } from '../../text.ts';
import type { Cause, Engine, Subject } from '../context.ts';
import { NotDecidableError } from '../errors.ts';
import type { Draft } from '../run/draft.ts';
import { isExpired } from '../run/record.ts';
import { NO_FOLLOW_UP, type OnContention, withLease } from '../run/with-lease.ts';
import { reconcile } from './reconciler.ts';
import { planHash } from './request-approval.ts';

/** Runs a stored plan, if the state is still the one that it was made for; otherwise stores a new plan that requires approval. Throws NotDecidableError. */
export async function approve(
  id: string,
  by: string,
  engine: Engine,
  controls: readonly AnyControl[],
): Promise<Result> {
  const record = await awaitingApproval(id, engine);
  const subject = subjectOf(record, controls);
  const results = await reconcile(subject, causeOf(record, engine), engine, { ...record, decidedBy: by });
  const result = results.find(({ controlId }) => controlId === record.controlId);
  if (result === undefined) throw new NotDecidableError(`${record.controlId} is off in policy.yml`);
  return result;
}

/** Rejects a stored plan; the same plan is not requested again while the drift lasts. Throws NotDecidableError or LeaseHeldError. */
export async function reject(
  id: string,
  by: string,
  reason: string,
  engine: Engine,
  controls: readonly AnyControl[],
): Promise<Remediation> {
  const asked = await awaitingApproval(id, engine);
  const cause = causeOf(asked, engine);
  return withLease(asked, engine, onContention(subjectOf(asked, controls), cause, engine), async (draft) => {
    const record = awaitingRecord(id, await draft.adoptRecord(id), engine);
    const rejected: Remediation = { ...record, status: 'rejected', decidedBy: by, error: reason };
    draft.save(rejected);
    updateFinding(draft, record, { rejection: { plan: planHash(record.steps), by, reason } });
    return rejected;
  });
}

/** True for an approval request that was not decided in time. */
export const isExpiredApproval = (record: Remediation, { clock }: Pick<Engine, 'clock'>): boolean =>
  record.status === 'awaitingApproval' && isExpired(record, clock.now());

/** Closes an approval request that was not decided in time, and announces it. Does nothing where it was decided meanwhile. Throws LeaseHeldError: the run that holds the lease closes it. */
export const expire = ({ id, ...about }: Remediation, engine: Engine): Promise<void> =>
  withLease(about, engine, NO_FOLLOW_UP, async (draft) => {
    const record = await draft.adoptRecord(id);
    if (record === null || !isExpiredApproval(record, engine)) return;
    draft.save({ ...record, status: 'expired', error: 'no decision was made in time' });
    updateFinding(draft, record, {});
    draft.announce({
      key: `expired|${id}`,
      announcement: {
        severity: record.severity,
        subject: `${id} was not approved: ${record.ref.resourceId} in ${record.ref.region}`,
        ...expiredApproval(record),
      },
    });
  });

function expiredApproval({ controlId, severity, ref, annotation, expires, times }: Remediation) {
  const { resourceId, region } = ref;
  const result = {
    controlId,
    severity,
    outcome: 'detected',
    annotation,
    resourceId,
    region,
    remediationId: null,
  } as const;
  return {
    region,
    text: [
      `${visible(resourceId)} in ${region} is still non-compliant: ${visible(annotation)}`,
      `The approval request expired at ${expires}. The next evaluation requests a new one. To evaluate it now:`,
      `  npx evenkeel sweep --mode remediate --control ${controlId} --resource ${shellQuoted(resourceId)}`,
    ].join('\n'),
    groups: groupsOf([{ result, actor: null, time: times.decided }]),
  };
}

/** The record of a plan that awaits approval. Throws NotDecidableError for any other. */
export const awaitingApproval = async (id: string, engine: Engine): Promise<Remediation> =>
  awaitingRecord(id, await engine.ledger.remediation(id), engine);

function awaitingRecord(id: string, record: Remediation | null, engine: Engine): Remediation {
  if (record === null) throw new NotDecidableError(`there is no remediation ${id}`);
  if (record.status !== 'awaitingApproval')
    throw new NotDecidableError(`${id} is ${record.status}, not awaiting approval`);
  if (!isExpiredApproval(record, engine)) return record;
  throw new NotDecidableError(
    `${id} expired at ${record.expires}; the next evaluation of ${record.ref.resourceId} requests a new approval`,
  );
}

/** The drift becomes a finding that is only detected. */
const updateFinding = (draft: Draft, { controlId }: Remediation, change: Partial<Finding>): void =>
  draft.change((state: ResourceState) => {
    const finding = state.findings[controlId];
    if (finding === undefined) return state;
    return { ...state, findings: { ...state.findings, [controlId]: { ...finding, outcome: 'detected', ...change } } };
  });

/** The resource of a record, with its control. Throws NotDecidableError where this version does not have the control. */
export function subjectOf({ id, controlId, ref }: Remediation, controls: readonly AnyControl[]): Subject {
  const own = controls.find((control) => control.id === controlId);
  if (own === undefined) throw new NotDecidableError(`${id} is of ${controlId}, which this version does not have`);
  const siblings = controls.filter(({ resource }) => resource === own.resource);
  return { resource: own.resource, ref, controls: [own], siblings };
}

/** Evaluates the whole resource for runs that came while we held its lease. */
export const onContention = ({ siblings = [], ...subject }: Subject, cause: Cause, engine: Engine): OnContention => ({
  ids: siblings.map(({ id }) => id),
  reconcile: () => reconcile({ ...subject, controls: siblings }, cause, engine),
});

/** The cause is still the event that the plan was made for; the record names the person who decides. */
const causeOf = (record: Remediation, engine: Engine): Cause => ({
  eventId: record.eventId,
  eventName: record.eventName,
  eventTime: record.times.event,
  receivedAt: engine.clock.now().toISOString(),
  attribution: record.attribution,
  byPerson: true,
});
