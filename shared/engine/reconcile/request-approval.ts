import type { AnyControl } from '../../control.ts';
import { hashOf } from '../../hash.ts';
import type { Remediation } from '../../ledger/records.ts';
import { type CallData, callOf, type Step } from '../../step.ts';
import { findingFingerprint, withFinding } from '../run/findings.ts';
import type { Evaluated } from '../run/observation.ts';
import { newRecord } from '../run/record.ts';
import { redact, redactedCall } from '../run/redact.ts';
import type { Progress, Run } from '../run/run.ts';
import { stateDiff } from '../run/state-diff.ts';

/** A plan that requires approval, and the drift it is for. */
export interface ApprovalRequest {
  readonly control: AnyControl;
  readonly evaluated: Evaluated;
  readonly steps: readonly Step[];
  readonly drift: Progress;
  /** An approved plan that no longer fits the state. */
  readonly outdated: Remediation | null;
}

/** Stores the plan and requests approval, once for each plan. A plan for another state is superseded; a rejected one is not requested again. */
export async function requestApproval(run: Run, wanted: ApprovalRequest): Promise<Progress> {
  const { control, evaluated, steps, drift, outdated: unfit } = wanted;
  const plan = planHash(steps.map(callOf));
  const rejection = run.draft.state.findings[control.id]?.rejection ?? null;
  if (rejection?.plan === plan) {
    const annotation = `Rejected by ${rejection.by}: ${rejection.reason}. ${drift.annotation}`;
    recordFinding(run, wanted, { ...drift, annotation }, `rejected ${plan}`, null);
    return { ...drift, annotation };
  }
  const waiting = await openApproval(run, control);
  const isSame = waiting !== null && waiting.id !== unfit?.id && planHash(waiting.steps) === plan;
  const record = isSame ? waiting : storePlan(run, control, evaluated, steps, waiting);
  const asked: Progress = { ...drift, outcome: 'awaitingApproval', remediationId: record.id };
  recordFinding(run, wanted, asked, record.id, record);
  return asked;
}

function recordFinding(
  run: Run,
  { control, evaluated, steps }: ApprovalRequest,
  progress: Progress,
  reason: string,
  asked: Remediation | null,
) {
  const reversible = steps.every(({ undo }) => undo !== undefined);
  const expires = asked?.expires ?? null;
  const details = { reversible, ...(expires === null ? {} : { expires }) };
  const notice = asked === null ? null : run.notice(control, progress, details);
  run.draft.change((state) =>
    withFinding(state, control, {
      outcome: progress.outcome,
      annotation: progress.annotation ?? '',
      fingerprint: findingFingerprint(evaluated.evaluation, reason),
      at: run.now().toISOString(),
      notice,
    }),
  );
}

async function openApproval(run: Run, control: AnyControl): Promise<Remediation | null> {
  for (const { id, controlId, status } of run.draft.state.open) {
    if (controlId !== control.id || status !== 'awaitingApproval') continue;
    const record = await run.draft.adoptRecord(id);
    if (record !== null) return record;
  }
  return null;
}

function storePlan(
  run: Run,
  control: AnyControl,
  evaluated: Evaluated,
  steps: readonly Step[],
  superseded: Remediation | null,
): Remediation {
  if (superseded !== null)
    run.draft.save({
      ...superseded,
      status: 'superseded',
      error: 'the state has changed: a new plan requires approval',
    });
  const expires = new Date(run.now().getTime() + run.engine.policy.limits.approval).toISOString();
  const record = newRecord(run, control, evaluated, steps, { status: 'awaitingApproval', mode: 'approve', expires });
  run.draft.save(record);
  return record;
}

/** True where a stored plan would be made again, for the state that it was made for. */
export const isMadeFor = (
  { before, steps }: Remediation,
  { subject }: Run,
  { state }: Evaluated,
  plan: readonly Step[],
): boolean =>
  planHash(steps) === planHash(plan.map(callOf)) &&
  stateDiff(before, redact(state), subject.resource.volatile).length === 0;

/** The hash by which two plans are the same: the same calls with the same inputs, in the same order. */
export const planHash = (calls: readonly CallData[]): string =>
  hashOf(
    calls.map(redactedCall).map(({ service, operation, input, region }) => [service, operation, input, region ?? null]),
  ).slice(0, 16);
