import { type AnyControl, callOf, type Step } from '../../control.ts';
import { ACCOUNT } from '../../ledger/breaker.ts';
import type { Remediation } from '../../ledger/ledger.ts';
import { messageOf, NotConvergedError, StepFailedError } from '../errors.ts';
import { countFlap } from '../reconcile/gates.ts';
import type { Look, Progress } from '../reconcile/look.ts';
import type { Judgement } from '../reconcile/observation.ts';
import { planOf } from '../reconcile/plan.ts';
import { newRecord } from '../reconcile/record.ts';
import { withoutSecrets } from '../reconcile/redact.ts';
import { make } from './apply.ts';

/** Waits between the reads that verify a remediation, in milliseconds: EC2 and IAM may show an old state for some seconds. */
export const VERIFY_DELAYS = [0, 250, 500, 1000, 2000, 4000, 8000];

/** Carries a plan out and verifies it. The record of what is meant is in the ledger before the first call, and each call's outcome before the next. */
export async function remediate(
  look: Look,
  control: AnyControl,
  judgement: Judgement,
  plan: readonly Step[],
  holder: string,
  approved: Remediation | null,
): Promise<Progress> {
  const { ledger } = look.engine;
  let record: Remediation = approved
    ? approvedRecord(look, approved)
    : newRecord(look, control, judgement, plan, { status: 'applying', mode: 'remediate' });
  const save = async (change: Partial<Remediation>) => {
    record = { ...record, ...change };
    await ledger.saveRemediation(record);
  };
  const apply = async (step: Step, index: number) => {
    await ledger.renew(look.key, holder);
    const first = !record.steps.some(({ status }) => status === 'made');
    const made = await make(step, look.subject.ref, look.engine);
    await save({ steps: record.steps.with(index, made) });
    if (first && made.status === 'made') await countFlap(look, control);
    if (made.status === 'failed') throw new StepFailedError(`${made.service}:${made.operation} failed: ${made.error}`);
  };
  const stamp = (moment: 'applied' | 'verified') => ({ ...record.times, [moment]: look.now().toISOString() });
  const progress = (rest: Progress): Progress => ({
    before: 'NON_COMPLIANT',
    annotation: judgement.evaluation.annotation,
    steps: plan.map(callOf),
    remediationId: record.id,
    ...rest,
  });

  await save({});
  let done: Progress;
  try {
    for (const [index, step] of plan.entries()) await apply(step, index);
    await save({ times: stamp('applied') });
    const after = await verify(look, control);
    const { complianceType, annotation } = after.evaluation;
    await save({
      status: 'remediated',
      after: withoutSecrets(after.state),
      afterCompliance: complianceType,
      times: stamp('verified'),
    });
    // What is left after every step is what only a person can put right.
    const rest = complianceType === 'NON_COMPLIANT' ? ({ outcome: 'detected', annotation } as const) : {};
    done = progress({ outcome: 'remediated', after: complianceType, ...rest });
  } catch (error) {
    const failed = progress({ outcome: 'failed', after: null, error: messageOf(error) });
    await look.observe();
    await save({ status: 'failed', error: messageOf(error), after: stateOf(look, control) }).catch(() => {
      // The intended steps are in the ledger, and the result names the record and carries the first error.
    });
    await look.recordFailure(control, failed, plan);
    await ledger.breakers.ended([control.id, ACCOUNT], false).catch(() => {
      // A breaker that does not hear of the failure stays half-open until its time is over: no harm.
    });
    return failed;
  }
  return conclude(look, control, done, plan);
}

/** The stored record as its run begins: decided now, by a person, and run by this code under this policy. */
const approvedRecord = (look: Look, approved: Remediation): Remediation => ({
  ...approved,
  status: 'applying',
  times: { ...approved.times, decided: look.now().toISOString() },
  codeVersion: look.engine.codeVersion,
  policyVersion: look.engine.policy.version,
});

/** Tells people and closes the finding. Where that fails, the resource is right all the same, its record says so, and the next look tells. */
async function conclude(look: Look, control: AnyControl, done: Progress, plan: readonly Step[]): Promise<Progress> {
  const { ledger } = look.engine;
  try {
    await look.tell(control, { ...done, outcome: 'remediated' }, plan);
    if (done.outcome === 'remediated') await look.resolveFinding(control);
    else await look.recordFinding(control, done.outcome, done.annotation ?? '', () => look.tell(control, done, []));
    await ledger.breakers.ended([control.id, ACCOUNT], true);
    return done;
  } catch (error) {
    await look.recordUntold(control, done).catch(() => {
      // The store is gone as well; the record in it says what was done.
    });
    return { ...done, outcome: 'failed', error: `put right, but not told or closed: ${messageOf(error)}` };
  }
}

/** Reads again, with growing waits, until the control is satisfied or only a person can go on. A read that fails is as good as one that shows the old state. */
async function verify(look: Look, control: AnyControl): Promise<Judgement> {
  let still = '';
  for (const delay of VERIFY_DELAYS) {
    if (delay > 0) await look.engine.clock.sleep(delay);
    await look.observe();
    try {
      const judgement = look.judge(control);
      const { complianceType, annotation } = judgement.evaluation;
      if (!judgement.deleted && complianceType !== 'NON_COMPLIANT') return judgement;
      if (!judgement.deleted && planOf(control, judgement, look.settings(control).parameters).length === 0)
        return judgement;
      still = annotation;
    } catch (error) {
      still = messageOf(error);
    }
  }
  // Only now is it sure that somebody deleted it meanwhile: a read may also not yet see what was just made.
  if (look.observation.gone && control.whenDeleted === undefined) return look.judge(control);
  throw new NotConvergedError(`after ${VERIFY_DELAYS.length} reads it is still so: ${still}`);
}

/** The state as it was left, or null where it cannot be read. */
function stateOf(look: Look, control: AnyControl): unknown {
  try {
    return withoutSecrets(look.judge(control).state);
  } catch {
    return null;
  }
}
