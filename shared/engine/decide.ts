import type { AnyControl } from '../control.ts';
import type { Remediation } from '../ledger/ledger.ts';
import { resourceKey } from '../ledger/ledger.ts';
import { planHash } from './approval.ts';
import type { Cause, Engine } from './engine.ts';
import type { Result } from './outcome.ts';
import { reconcile } from './reconcile.ts';

/** A person asked for something that the ledger does not allow: no such record, or not in that state. */
export class NotDecidableError extends Error {
  override readonly name = 'NotDecidableError';
}

/** Runs a stored plan, if the state is still the one that it was made for; otherwise a new plan is stored and asked for. Throws NotDecidableError. */
export async function approve(
  id: string,
  by: string,
  engine: Engine,
  controls: readonly AnyControl[],
): Promise<Result> {
  const record = await awaiting(id, engine);
  const control = controls.find((candidate) => candidate.id === record.controlId);
  if (control === undefined)
    throw new NotDecidableError(`${id} is of ${record.controlId}, which this version does not have`);
  const subject = { resource: control.resource, ref: record.ref, controls: [control] };
  const [result] = await reconcile(subject, causeOf(record, engine), engine, { ...record, decidedBy: by });
  if (result === undefined) throw new NotDecidableError(`${record.controlId} is off: policy.yml does not let it look`);
  return result;
}

/** Ends a stored plan; the same plan is not asked for again while the drift lasts. Throws NotDecidableError. */
export async function reject(id: string, by: string, reason: string, engine: Engine): Promise<Remediation> {
  const record = await awaiting(id, engine);
  const key = resourceKey(record.service, record.ref);
  const { findings } = await engine.ledger.recall(key);
  const finding = findings.find(({ controlId }) => controlId === record.controlId);
  const rejected: Remediation = { ...record, status: 'rejected', decidedBy: by, error: reason };
  await engine.ledger.saveRemediation(rejected);
  if (finding !== undefined)
    await engine.ledger.saveFinding(key, {
      ...finding,
      outcome: 'detected',
      rejection: { plan: planHash(record.steps), by, reason },
    });
  return rejected;
}

async function awaiting(id: string, engine: Engine): Promise<Remediation> {
  const record = await engine.ledger.remediation(id);
  if (record === null) throw new NotDecidableError(`there is no remediation ${id}`);
  if (record.status !== 'awaitingApproval')
    throw new NotDecidableError(`${id} waits for nobody: it is ${record.status}`);
  const now = engine.clock.now().toISOString();
  if (record.expires === null || record.expires > now) return record;
  await engine.ledger.saveRemediation({ ...record, status: 'expired', error: 'nobody decided in time' });
  throw new NotDecidableError(`${id} expired at ${record.expires}; the next look asks anew`);
}

/** The event that the plan was made for is the cause still; the person who decides is in the record. */
const causeOf = (record: Remediation, engine: Engine): Cause => ({
  eventId: record.eventId,
  eventName: record.eventName,
  eventTime: record.times.event,
  receivedAt: engine.clock.now().toISOString(),
  attribution: record.attribution,
});
