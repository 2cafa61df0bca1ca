import type { AnyControl } from '../../control.ts';
import type { Finding, Remediation } from '../../ledger/ledger.ts';
import { resourceKey } from '../../ledger/ledger.ts';
import type { Result } from '../../result.ts';
import type { Cause, Engine, Subject } from '../context.ts';
import { NotDecidableError } from '../errors.ts';
import { planHash } from './approval.ts';
import { reconcile } from './reconciler.ts';
import { asSoleWriter, type Relay } from './with-lease.ts';

/** Runs a stored plan, if the state is still the one that it was made for; otherwise a new plan is stored and asked for. Throws NotDecidableError. */
export async function approve(
  id: string,
  by: string,
  engine: Engine,
  controls: readonly AnyControl[],
): Promise<Result> {
  const record = await awaiting(id, engine);
  const subject = subjectOf(record, controls);
  const results = await reconcile(subject, causeOf(record, engine), engine, { ...record, decidedBy: by });
  const result = results.find(({ controlId }) => controlId === record.controlId);
  if (result === undefined) throw new NotDecidableError(`${record.controlId} is off: policy.yml does not let it look`);
  return result;
}

/** Ends a stored plan; the same plan is not asked for again while the drift lasts. Throws NotDecidableError, or BusyError. */
export async function reject(
  id: string,
  by: string,
  reason: string,
  engine: Engine,
  controls: readonly AnyControl[],
): Promise<Remediation> {
  const asked = await awaiting(id, engine);
  const work = async () => {
    const record = await awaiting(id, engine);
    const rejected: Remediation = { ...record, status: 'rejected', decidedBy: by, error: reason };
    await engine.ledger.saveRemediation(rejected);
    await amendFinding(record, engine, { rejection: { plan: planHash(record.steps), by, reason } });
    return rejected;
  };
  const cause = causeOf(asked, engine);
  return asSoleWriter(asked, engine, relayOf(subjectOf(asked, controls), cause, engine), work);
}

/** True for an approval that nobody gave in time. */
export const isLate = ({ status, expires }: Remediation, engine: Engine): boolean =>
  status === 'awaitingApproval' && expires !== null && expires <= engine.clock.now().toISOString();

/** Ends an approval that nobody gave in time. */
export async function end(record: Remediation, engine: Engine): Promise<void> {
  await engine.ledger.saveRemediation({ ...record, status: 'expired', error: 'nobody decided in time' });
  await amendFinding(record, engine, {});
}

async function awaiting(id: string, engine: Engine): Promise<Remediation> {
  const record = await engine.ledger.remediation(id);
  if (record === null) throw new NotDecidableError(`there is no remediation ${id}`);
  if (record.status !== 'awaitingApproval')
    throw new NotDecidableError(`${id} waits for nobody: it is ${record.status}`);
  if (!isLate(record, engine)) return record;
  throw new NotDecidableError(
    `${id} expired at ${record.expires}; the next look at ${record.ref.resourceId} asks anew`,
  );
}

/** The drift is a finding that was only told. */
async function amendFinding(
  { service, ref, controlId }: Remediation,
  { ledger }: Engine,
  change: Partial<Finding>,
): Promise<void> {
  const key = resourceKey(service, ref);
  const { findings } = await ledger.recall(key);
  const finding = findings.find((candidate) => candidate.controlId === controlId && candidate.status === 'open');
  if (finding !== undefined) await ledger.saveFinding(key, { ...finding, outcome: 'detected', ...change });
}

/** The resource of a record, to be looked at by its control. Throws NotDecidableError where we do not have that one. */
export function subjectOf({ id, controlId, ref }: Remediation, controls: readonly AnyControl[]): Subject {
  const own = controls.find((control) => control.id === controlId);
  if (own === undefined) throw new NotDecidableError(`${id} is of ${controlId}, which this version does not have`);
  const siblings = controls.filter(({ resource }) => resource === own.resource);
  return { resource: own.resource, ref, controls: [own], siblings };
}

/** Looks at all of the resource, for whoever came while we were at work on it. */
export const relayOf = ({ siblings = [], ...subject }: Subject, cause: Cause, engine: Engine): Relay => ({
  ids: siblings.map(({ id }) => id),
  look: () => reconcile({ ...subject, controls: siblings }, cause, engine),
});

/** The event that the plan was made for is the cause still; the person who decides is in the record. */
const causeOf = (record: Remediation, engine: Engine): Cause => ({
  eventId: record.eventId,
  eventName: record.eventName,
  eventTime: record.times.event,
  receivedAt: engine.clock.now().toISOString(),
  attribution: record.attribution,
});
