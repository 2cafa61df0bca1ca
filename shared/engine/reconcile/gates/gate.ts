import type { AnyControl, Mode } from '../../../control.ts';
import type { Shared } from '../../../ledger/ledger.ts';
import type { Notice } from '../../../notify/notifier.ts';
import type { ExemptionTarget } from '../../../policy/exemptions.ts';
import type { ExemptionRule } from '../../../policy/policy.ts';
import type { Ownership } from '../../../resource.ts';
import type { HaltingGate, Outcome } from '../../../result.ts';
import type { Step } from '../../../step.ts';
import type { Evaluated } from '../../run/observation.ts';
import type { Run } from '../../run/run.ts';

/** A sibling control that may stop others: it is exempt, or its mode requires approval. */
export interface Holder {
  readonly control: AnyControl;
  readonly exemption: ExemptionRule | null;
  /** The elements of its plan for the resource as it is now; null where that cannot be determined. */
  readonly elements: readonly string[] | null;
}

/** A remediation that is about to be made. */
export interface Candidate {
  readonly run: Run;
  readonly control: AnyControl;
  readonly evaluated: Evaluated;
  readonly steps: readonly Step[];
  readonly shared: Shared;
  readonly mode: Mode;
  /** Null where no mode lets us act and none goes by tags: it is not read then. */
  readonly ownership: Ownership | null;
  /** A person has approved it. */
  readonly approved: boolean;
  /** A person has approved a plan of this control, even where it is another one by now. */
  readonly decided?: boolean;
  readonly holders: readonly Holder[];
  /** Null where it does not matter, or nobody knows. */
  readonly createdAt?: Date | null;
}

/** Why a remediation, or a part of it, is not made, and the outcome. */
export interface Refusal {
  readonly outcome: Outcome;
  /** A sentence for people, stable for as long as the reason lasts; null where the drift speaks for itself. */
  readonly reason: string | null;
  /** Who or what caused it this time; notified, and no part of the finding's fingerprint. */
  readonly by?: string;
  /** Not notified: announced once, elsewhere. */
  readonly quiet?: boolean;
  readonly stoppedBy?: Notice['stoppedBy'];
  readonly gate?: HaltingGate;
  /** When it is looked at again without an event, milliseconds since 1970. */
  readonly recheckAt?: number;
}

/** The steps that the gates let through, and why the rest is refused. */
export interface Verdict {
  readonly steps: readonly Step[];
  readonly refusal: Refusal | null;
}

/** Refuses the whole remediation, or lets it through with null. Pure. */
export type Gate = (candidate: Candidate) => Refusal | null;
/** Refuses steps by the element they change, or lets them through with null. Changes nothing but the run's draft. */
export type ElementGate = (element: string, candidate: Candidate) => Refusal | null;

/** What exemptions are matched with, for a control on the run's resource. */
export function targetOf(run: Run, { id }: AnyControl): ExemptionTarget {
  const { arn, ref } = run.place();
  return { controlId: id, arn, resourceId: ref.resourceId };
}
