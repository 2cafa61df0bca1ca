import { randomUUID } from 'node:crypto';
import type { AnyControl, Step } from '../../control.ts';
import type { Remediation } from '../../ledger/ledger.ts';
import { intended } from '../execution/apply.ts';
import type { Look } from './look.ts';
import type { Judgement } from './observation.ts';
import { withoutSecrets } from './redact.ts';

/** The record of a remediation before its first call. */
export function newRecord(
  look: Look,
  control: AnyControl,
  judgement: Judgement,
  plan: readonly Step[],
  rest: Pick<Remediation, 'status' | 'mode'> & Partial<Remediation>,
): Remediation {
  const now = look.now().toISOString();
  const { ref, resource } = look.subject;
  const { cause, engine } = look;
  return {
    id: newId(now),
    kind: 'remediation',
    undoes: null,
    controlId: control.id,
    severity: control.severity,
    service: resource.service,
    ref,
    annotation: judgement.evaluation.annotation,
    before: withoutSecrets(judgement.state),
    after: null,
    afterCompliance: null,
    steps: plan.map(intended),
    error: null,
    eventId: cause.eventId,
    eventName: cause.eventName,
    attribution: cause.attribution,
    decidedBy: null,
    expires: null,
    times: { event: cause.eventTime, received: cause.receivedAt, decided: now, applied: null, verified: null },
    codeVersion: engine.codeVersion,
    policyVersion: engine.policy.version,
    ...rest,
  };
}

/** An id that sorts by time. */
export const newId = (now: string): string => `rem-${now.replace(/\D/g, '').slice(0, 17)}-${randomUUID().slice(0, 8)}`;
