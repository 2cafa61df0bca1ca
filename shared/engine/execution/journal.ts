import type { Refusal } from '../../aws/refusals.ts';
import type { Remediation } from '../../ledger/records.ts';
import type { Engine } from '../context.ts';
import { StepFailedError } from '../errors.ts';
import type { Draft } from '../run/draft.ts';
import type { Send } from './apply.ts';

/** The outcome of a record's calls. */
export interface Execution {
  readonly record: Remediation;
  /** Why not all calls were made; null where they were, as far as is known. */
  readonly error: StepFailedError | null;
  /** Set where the refusal lasts. */
  readonly refusal: Refusal | null;
  /** Set where access is denied and nobody says by whom. */
  readonly missing: Refusal | null;
}

/** Makes the calls of an open record one by one, but for those that an earlier run has made: the outcome of each, and an extended lease, are written before the next. Stops at the first that is refused or unanswered; the state then shows what took effect. Throws where the ledger does not answer or the lease is lost: no further call is made. */
export async function execute(record: Remediation, send: Send, draft: Draft, { clock }: Engine): Promise<Execution> {
  let current = record;
  for (const [index, { service, operation, status }] of record.steps.entries()) {
    if (status === 'made' || status === 'alreadySo') continue;
    if (current !== record) {
      draft.save(current);
      await draft.write();
    }
    draft.assertTimeLeft();
    const { step, refusal, missing = null } = await send(index, status === 'unknown');
    current = { ...current, steps: current.steps.with(index, step) };
    if (step.status === 'failed' || (step.status === 'unknown' && step.error !== null)) {
      const how = step.status === 'failed' ? 'failed' : 'was not answered';
      const error = new StepFailedError(`${service}:${operation} ${how}: ${step.error}`);
      return { record: current, error, refusal, missing };
    }
  }
  const applied = clock.now().toISOString();
  return { record: { ...current, times: { ...current.times, applied } }, error: null, refusal: null, missing: null };
}

/** The record once the state has shown what became of unanswered steps: made where the state is as intended, unknown otherwise. */
export const resolvedSteps = (record: Remediation, isAsMeant: boolean): Remediation => ({
  ...record,
  steps: record.steps.map((step) =>
    step.status === 'unknown' && isAsMeant ? { ...step, status: 'made', error: null } : step,
  ),
});

/** The record before the calls that were refused are made again: should that be interrupted, they may have been made. */
export const unmade = (record: Remediation): Remediation => ({
  ...record,
  steps: record.steps.map((step) => (step.status === 'failed' ? { ...step, status: 'intended', error: null } : step)),
});

/** True where a step changed something, or may have. */
export const hasChanged = ({ steps }: Pick<Remediation, 'steps'>): boolean =>
  steps.some(({ status }) => status === 'made' || status === 'unknown');

/** The record of calls of which the state says that they were not made, whatever the answers say. */
export const doubted = (record: Remediation): Remediation => ({
  ...record,
  steps: record.steps.map((step) => (step.status === 'made' ? { ...step, status: 'unknown' } : step)),
});
