import type { SweepScope } from '../ledger/sweep-lock.ts';

export { messageOf } from '../aws/error-message.ts';

/** The input cannot be read as an event: says what is wrong and what is allowed. */
export class UnreadableEventError extends Error {
  override readonly name = 'UnreadableEventError';
}

/** AWS did not answer which resources of a type an event is about. `cause` is the SDK's error. */
export class LookUpFailedError extends UnreadableEventError {
  readonly resourceType: string;
  readonly scope: SweepScope;

  constructor(message: string, cause: unknown, resourceType: string, scope: SweepScope) {
    super(message, { cause });
    this.resourceType = resourceType;
    this.scope = scope;
  }
}

/** A step that the service refused or did not answer. */
export class StepFailedError extends Error {
  override readonly name = 'StepFailedError';
}

/** A remediation was interrupted after it had begun: its record shows how far it came. */
export class CutShortError extends Error {
  readonly remediationId: string;

  constructor(message: string, remediationId: string) {
    super(message);
    this.remediationId = remediationId;
  }
}

/** Every step succeeded and the resource is still non-compliant. */
export class NotConvergedError extends Error {
  override readonly name = 'NotConvergedError';
}

/** A person asked for something that the ledger does not allow: no such record, or not in that state. */
export class NotDecidableError extends Error {
  override readonly name = 'NotDecidableError';
}

/** At least one resource of an invocation failed; thrown at the end so that retry and dead-letter queue do their work. */
export class ReconcileFailedError extends Error {
  override readonly name = 'ReconcileFailedError';
}

/** Resource types of a sweep could not be listed or read; thrown at its end, so that the others are swept and these are retried. */
export class SweepFailedError extends Error {
  override readonly name = 'SweepFailedError';
}
