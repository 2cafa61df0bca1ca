import { createHash } from 'node:crypto';
import { type AnyControl, type CallData, callOf, type Step } from '../../control.ts';
import type { Remediation } from '../../ledger/ledger.ts';
import { differences } from '../execution/state-diff.ts';
import type { Look, Progress } from './look.ts';
import type { Judgement } from './observation.ts';
import { newRecord } from './record.ts';
import { withoutSecrets } from './redact.ts';

/** Stores the plan and asks people for their approval, once for each plan. A plan that was made for another state is superseded; one that was rejected is not asked for again. `unfit`: a plan that was approved and that the state no longer fits. */
export async function requestApproval(
  look: Look,
  control: AnyControl,
  judgement: Judgement,
  plan: readonly Step[],
  drift: Progress,
  unfit: Remediation | null,
): Promise<Progress> {
  const calls = plan.map(callOf);
  const rejection = look.finding(control)?.rejection ?? null;
  if (rejection?.plan === planHash(calls)) {
    const annotation = `Rejected by ${rejection.by}: ${rejection.reason}. ${drift.annotation}`;
    await look.recordFinding(control, 'detected', annotation, async () => {});
    return { ...drift, annotation };
  }
  const pending = await pendingFor(look, control);
  const same = pending !== null && pending.id !== unfit?.id && planHash(pending.steps) === planHash(calls);
  const record = same ? pending : await storePlan(look, control, judgement, plan, pending);
  const awaiting: Progress = { ...drift, outcome: 'awaitingApproval', remediationId: record.id };
  await look.recordFinding(control, 'awaitingApproval', `${record.id}: ${drift.annotation}`, () =>
    look.tell(control, awaiting, plan),
  );
  return awaiting;
}

async function pendingFor(look: Look, control: AnyControl): Promise<Remediation | null> {
  for (const id of look.recollection.open) {
    const record = await look.engine.ledger.remediation(id);
    if (record?.controlId === control.id && record.status === 'awaitingApproval') return record;
  }
  return null;
}

async function storePlan(
  look: Look,
  control: AnyControl,
  judgement: Judgement,
  plan: readonly Step[],
  superseded: Remediation | null,
): Promise<Remediation> {
  const { ledger, policy } = look.engine;
  if (superseded !== null)
    await ledger.saveRemediation({
      ...superseded,
      status: 'superseded',
      error: 'the state has changed: a new plan is asked for',
    });
  const expires = new Date(look.now().getTime() + policy.limits.approval).toISOString();
  const record = newRecord(look, control, judgement, plan, { status: 'awaitingApproval', mode: 'approve', expires });
  await ledger.saveRemediation(record);
  return record;
}

/** True where a stored plan is still the one that would be made, for the state that it was made for. */
export const isMadeFor = (
  { before, steps }: Remediation,
  { subject }: Look,
  { state }: Judgement,
  plan: readonly Step[],
): boolean =>
  planHash(steps) === planHash(plan.map(callOf)) &&
  differences(before, withoutSecrets(state), subject.resource.volatile).length === 0;

/** What makes two plans the same: the same calls with the same inputs, in the same order. */
export const planHash = (calls: readonly CallData[]): string =>
  createHash('sha256')
    .update(
      JSON.stringify(calls.map(({ service, operation, input, region }) => [service, operation, input, region ?? null])),
    )
    .digest('hex')
    .slice(0, 16);
