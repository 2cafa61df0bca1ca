import type { Remediation } from '../ledger/ledger.ts';
import type { Look } from './look.ts';
import { withoutSecrets } from './secrets.ts';

/** Brings remediations to their end whose run was cut off, or whose approval nobody wants any more. We hold the lease, so whoever began them is gone; what is left to do, this look does. */
export async function closeOpenRecords(look: Look): Promise<void> {
  for (const id of look.recollection.open) {
    const record = await look.engine.ledger.remediation(id);
    const change = record === null ? null : endOf(record, look);
    if (record !== null && change !== null) await look.engine.ledger.saveRemediation({ ...record, ...change });
  }
}

/** How an open record ends, or null where it goes on waiting or another control's look decides. */
function endOf(record: Remediation, look: Look): Partial<Remediation> | null {
  const control = look.subject.controls.find(({ id }) => id === record.controlId);
  if (record.status === 'awaitingApproval' && record.expires !== null && record.expires <= look.now().toISOString())
    return { status: 'expired', error: 'nobody decided in time' };
  if (control === undefined) return null;
  const drifted = look.judge(control).evaluation.complianceType === 'NON_COMPLIANT';
  if (record.status === 'awaitingApproval')
    return drifted ? null : { status: 'superseded', error: 'the drift has gone' };
  const steps = record.steps.map((step) =>
    step.status === 'intended' ? { ...step, status: 'unknown' as const } : step,
  );
  const after = withoutSecrets(look.judge(control).state);
  return drifted
    ? {
        status: 'interrupted',
        steps,
        after,
        error: 'its run was cut off; the drift is still there and is looked at anew',
      }
    : {
        status: 'remediated',
        steps,
        after,
        afterCompliance: 'COMPLIANT',
        error: 'its run was cut off before it could verify; a later look found it put right',
        times: { ...record.times, verified: look.now().toISOString() },
      };
}
