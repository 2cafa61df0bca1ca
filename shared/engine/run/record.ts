import { randomUUID } from 'node:crypto';
import type { AnyControl } from '../../control.ts';
import type { Remediation } from '../../ledger/records.ts';
import type { Step } from '../../step.ts';
import { compactState } from './compact.ts';
import type { Evaluated } from './observation.ts';
import { intendedStep } from './recorded-step.ts';
import { redact } from './redact.ts';
import type { Run } from './run.ts';

/** The record of a remediation before its first call. */
export function newRecord(
  run: Run,
  control: AnyControl,
  evaluated: Evaluated,
  steps: readonly Step[],
  rest: Pick<Remediation, 'status' | 'mode'> & Partial<Remediation>,
): Remediation {
  const now = run.now().toISOString();
  const { ref, resource } = run.subject;
  const { cause, engine } = run;
  return {
    id: newId(now),
    kind: 'remediation',
    undoes: null,
    controlId: control.id,
    severity: control.severity,
    service: resource.service.id,
    ref,
    annotation: evaluated.evaluation.annotation,
    before: compactState(redact(evaluated.state), steps),
    after: null,
    afterCompliance: null,
    steps: steps.map(intendedStep),
    error: null,
    eventId: cause.eventId,
    eventName: cause.eventName,
    attribution: cause.attribution,
    decidedBy: null,
    expires: null,
    recheckAt: null,
    times: { event: cause.eventTime, received: cause.receivedAt, decided: now, applied: null, verified: null },
    codeVersion: engine.codeVersion,
    policyVersion: engine.policy.version,
    ...rest,
  };
}

/** True for a record whose decision or deadline is overdue. */
export const isExpired = ({ expires }: Pick<Remediation, 'expires'>, now: Date): boolean =>
  expires !== null && expires <= now.toISOString();

/** An id that sorts by time. */
export const newId = (now: string): string => `rem-${now.replace(/\D/g, '').slice(0, 17)}-${randomUUID().slice(0, 8)}`;

/** When a record was made, by its id; null for what is no such id. */
export function timeOfId(id: string): string | null {
  const parts = /^rem-(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{3})-/.exec(id);
  if (parts === null) return null;
  const [, year, month, day, hour, minute, second, ms] = parts;
  return `${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`;
}
