import type { CallData } from '../../control.ts';
import type { Remediation } from '../../ledger/ledger.ts';
import type { Look } from './look.ts';
import type { Judgement } from './observation.ts';
import { withoutSecrets } from './redact.ts';

/** Brings remediations to their end whose run was cut off, or whose approval nobody wants any more. We hold the lease, so whoever began them is gone; what is left to do, this look does. */
export async function closeOpenRecords(look: Look): Promise<void> {
  for (const id of look.recollection.open) {
    const record = await look.engine.ledger.remediation(id);
    const change = record === null ? null : endOf(record, look);
    if (record === null || change === null) continue;
    if (change.status === 'remediated') await tellOf({ ...record, ...change }, look);
    await look.engine.ledger.saveRemediation({ ...record, ...change });
  }
}

/** Nobody has heard of what a run did that was cut off. */
async function tellOf(record: Remediation, look: Look): Promise<void> {
  const control = look.subject.controls.find(({ id }) => id === record.controlId);
  if (control === undefined) return;
  const { id: remediationId, afterCompliance: after, steps } = record;
  const annotation = `A run that was cut off has put it right. ${record.annotation}`;
  const done = { outcome: 'remediated', before: 'NON_COMPLIANT', after, annotation, remediationId } as const;
  const plan = steps.map(({ undo }) => (undo === null ? {} : { undo: () => [] }));
  await look.tell(control, { ...done, steps: steps.map(callIn) }, plan);
}

/** A call without how it went. */
const callIn = ({ service, operation, input, region }: CallData): CallData => ({
  service,
  operation,
  input,
  ...(region === undefined ? {} : { region }),
});

/** How an open record ends, or null where it goes on waiting or another control's look decides. */
function endOf(record: Remediation, look: Look): Partial<Remediation> | null {
  if (record.status === 'awaitingApproval' && record.expires !== null && record.expires <= look.now().toISOString())
    return { status: 'expired', error: 'nobody decided in time' };
  const judgement = judgementFor(record, look);
  if (judgement === null) return null;
  const drifted = judgement.evaluation.complianceType === 'NON_COMPLIANT';
  if (record.status === 'awaitingApproval')
    return drifted ? null : { status: 'superseded', error: 'the drift has gone' };
  const steps = record.steps.map((step) =>
    step.status === 'intended' ? { ...step, status: 'unknown' as const } : step,
  );
  const after = withoutSecrets(judgement.state);
  if (record.kind === 'undo')
    return { status: 'interrupted', steps, after, error: 'its run was cut off; the same undo goes on from here' };
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
        afterCompliance: judgement.evaluation.complianceType,
        error: 'its run was cut off before it could verify; a later look found it put right',
        times: { ...record.times, verified: look.now().toISOString() },
      };
}

/** How the record's resource reads now; null where this look does not judge its control, or cannot, and says so itself. */
function judgementFor({ controlId }: Remediation, look: Look): Judgement | null {
  const control = look.subject.controls.find(({ id }) => id === controlId);
  try {
    return control === undefined ? null : look.judge(control);
  } catch {
    return null;
  }
}
