import type { Parameters, ParameterValues, Trusted } from '../../shared/control.ts';
import type { FacetState, Facets, RelatedFacets, RelatedState } from '../../shared/resource.ts';

/** `['RevokeSecurityGroupIngress', {…input}]`. */
export type ExpectedStep = readonly [operation: string, input: object];

/** What a case may say beside the state. */
export interface Circumstances<F extends Facets, P extends Parameters> {
  readonly parameters?: Partial<ParameterValues<P>>;
  /** The last good values that the ledger kept. */
  readonly lastKnown?: Partial<FacetState<F>>;
  /** When it is evaluated; 2026-01-01 unless said. */
  readonly now?: Date;
  /** With whom may be shared, where policy.yml says it. */
  readonly trusted?: Trusted;
}

export interface Drift<
  F extends Facets,
  N extends keyof F,
  M extends keyof F,
  P extends Parameters,
  R extends RelatedFacets,
> extends Circumstances<F, P> {
  readonly given: Pick<FacetState<F>, N | M> & RelatedState<R>;
  /** Exactly these calls, in this order; [] where there is nothing that a call could do. */
  readonly plan: readonly ExpectedStep[];
  /** Where a person has to decide: a part of the reason. `plan` is [] then. */
  readonly byHand?: string | RegExp;
  /** What the resource reads as once the plan is carried out; needed where there is a plan. */
  readonly after?: Pick<FacetState<F>, N> & Partial<Pick<FacetState<F>, M>>;
  /** A part of the annotation that a reader must find there. */
  readonly says?: string | RegExp;
  /** What the steps change, by name, where that matters. */
  readonly elements?: readonly (readonly string[])[];
  /** Exactly the calls that undo the plan, in the order of its steps, where no scene shows them. */
  readonly undo?: readonly ExpectedStep[];
  /** Why a step cannot be undone, by operation. */
  readonly final?: Readonly<Record<string, string>>;
  /** States that are wrong in the same way: other parts differ. One finding with this one. */
  readonly same?: Readonly<Record<string, Partial<Pick<FacetState<F>, N>>>>;
  /** States in which something else, or something more, is wrong: another finding. */
  readonly other?: Readonly<Record<string, Partial<Pick<FacetState<F>, N>>>>;
}

export interface Deletion<F extends Facets, N extends keyof F, P extends Parameters> {
  readonly parameters?: Partial<ParameterValues<P>>;
  /** What is known of the resource that is gone; null where nothing is. */
  readonly lastKnown: Partial<Pick<FacetState<F>, N>> | null;
  readonly plan: readonly ExpectedStep[];
  readonly byHand?: string | RegExp;
  /** What the resource reads as once it is back; needed where there is a plan. */
  readonly after?: Pick<FacetState<F>, N>;
  readonly says?: string | RegExp;
}

export interface Cases<
  F extends Facets,
  N extends keyof F,
  M extends keyof F,
  P extends Parameters,
  R extends RelatedFacets,
> {
  readonly resourceId: string;
  readonly region?: string;
  readonly compliant: Readonly<Record<string, Pick<FacetState<F>, N> & Circumstances<F, P>>>;
  readonly nonCompliant: Readonly<Record<string, Drift<F, N, M, P, R>>>;
  readonly notApplicable?: Readonly<Record<string, Pick<FacetState<F>, N>>>;
  /** States of which a part that matters could not be read: nothing may be said. The case names a part of the error. */
  readonly unreadable?: Readonly<Record<string, readonly [given: Pick<FacetState<F>, N>, says: string | RegExp]>>;
  /** Deletions that a control with `whenDeleted` evaluates. */
  readonly deleted?: Readonly<Record<string, Deletion<F, N, P>>>;
  /** What AWS answers to calls, by operation, where a step's undo is built from that. */
  readonly answers?: Readonly<Record<string, object>>;
  /** Permissions that no step calls for by itself, with the reason: IAM asks for them beside the call's own. */
  readonly besides?: Readonly<Record<string, string>>;
}
