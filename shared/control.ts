import { hashOf } from './hash.ts';
import type {
  Aws,
  FacetState,
  Facets,
  Grants,
  RelatedFacets,
  RelatedState,
  Resource,
  ResourceRef,
} from './resource.ts';
import type { Step, UndoDeclaration } from './step.ts';
import { type Duration, milliseconds } from './time.ts';

/** What Evenkeel may do about a finding, from least to most. */
export const MODES = ['off', 'detect', 'approve', 'remediate'] as const;
export type Mode = (typeof MODES)[number];

/** Security Hub's severity labels, from least to most. */
export const SEVERITIES = ['INFORMATIONAL', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What the remediation can do to those who use the resource: nothing; cut access; restart, downtime or cost; something that cannot be undone. */
export type Impact = 'none' | 'access' | 'disruptive' | 'destructive';

/** AWS Config's compliance types. What could not be read has none: it throws. */
export type ComplianceType = 'COMPLIANT' | 'NON_COMPLIANT' | 'NOT_APPLICABLE';

/** A compliance type with its reason. */
export interface Evaluation {
  readonly complianceType: ComplianceType;
  /** At most 256 characters (AWS Config's limit). */
  readonly annotation: string;
  /** What makes a finding the same finding: a hash of what is wrong, not of the sentence. */
  readonly fingerprint: string;
  /** AWS is still applying a change: milliseconds until the next check. */
  readonly retryAfter?: number;
}

const ANNOTATION_LIMIT = 256;
/** Cut to what AWS Config takes as an annotation. */
export const shortened = (text: string) =>
  text.length <= ANNOTATION_LIMIT ? text : `${text.slice(0, ANNOTATION_LIMIT - 1)}…`;

const evaluation = (complianceType: ComplianceType, annotation: string, offending: unknown): Evaluation => ({
  complianceType,
  annotation: shortened(annotation),
  fingerprint: hashOf([complianceType, offending]).slice(0, 16),
});

export const compliant = (annotation: string): Evaluation => evaluation('COMPLIANT', annotation, null);
export const notApplicable = (annotation: string): Evaluation => evaluation('NOT_APPLICABLE', annotation, null);

/** `offending`: the non-compliant parts, where the sentence says more than these (an age, a count) or cannot hold them all. By default the whole sentence, before it is shortened. */
export const nonCompliant = (annotation: string, offending: unknown = annotation): Evaluation =>
  evaluation('NON_COMPLIANT', annotation, offending);

/** Non-compliant while AWS is applying a change (or does not allow one yet): checked again after `retryAfter`, without a second write or a notification until the control's deadline. */
export const settling = (annotation: string, retryAfter: Duration, offending: unknown = annotation): Evaluation => ({
  ...nonCompliant(annotation, offending),
  retryAfter: milliseconds(retryAfter),
});

/** A parameter that policy.yml may override: a JSON Schema with the default. */
export interface Parameter<T = unknown> {
  readonly description: string;
  readonly default: T;
  readonly type: 'array' | 'boolean' | 'integer' | 'string' | 'object';
  readonly [keyword: string]: unknown;
}
export type Parameters = Readonly<Record<string, Parameter>>;
export type ParameterValues<P extends Parameters> = { readonly [N in keyof P]: P[N]['default'] };

/** The facets that a control names, and the reference of their resource. Touching a facet that could not be read throws UnreadableError: a decision without it holds. */
export type State<F extends Facets, N extends keyof F> = Pick<FacetState<F>, N> & { readonly ref: ResourceRef };

/** What is still known of a resource that is gone: AWS Config knows less of it than the ledger does. */
export type LastKnownState<F extends Facets, N extends keyof F> = Partial<Pick<FacetState<F>, N>> & {
  readonly ref: ResourceRef;
};

/** With whom resources may be shared beside the own account: `trusted` of policy.yml. */
export interface Trusted {
  /** Twelve digits each. */
  readonly accounts: readonly string[];
  /** `o-example` */
  readonly organizations: readonly string[];
}

/** What a control evaluates and plans with, beside the state. */
export interface Context<F extends Facets = Facets, P extends Parameters = Parameters> {
  readonly parameters: ParameterValues<P>;
  readonly now: Date;
  /** The last compliant values of the facets that the control names as `lastKnown`; null where none were saved. */
  readonly lastKnown: Partial<FacetState<F>> | null;
  /** The home region; absent where nobody says it. */
  readonly home?: string;
  /** Absent where policy.yml does not say: nobody is trusted then, and what is shared is only detected. */
  readonly trusted?: Trusted;
}

/** A plan that requires a person, with the reason. */
export interface ByHand {
  readonly byHand: string;
}

/** Says why it requires a person; shown before the annotation. */
export const byHand = (reason: string): ByHand => ({ byHand: reason });

export type Plan = readonly Step[] | ByHand;

/** What a plan makes of a resource policy. */
export interface PolicyEdit {
  readonly before: string;
  /** Null where no statement is left. */
  readonly after: string | null;
}

/** A second opinion on a resource policy. */
export interface Opinion {
  readonly isPublic: boolean;
  /** Why, in the words of whoever was asked. */
  readonly says: string;
}

/** A second opinion on the resource policies that a control calls public. */
export interface PublicAccessCheck<S> {
  /** IAM actions of `ask`. */
  readonly grants: Grants;
  /** Asks about one policy. Throws where there is no answer. */
  ask(aws: Aws, policy: string): Promise<Opinion>;
  /** The policies of a state, without statements that the control leaves to others. Pure. */
  policies(state: S): readonly string[];
  /** Those that the steps edit, which were planned for the state. Pure. */
  edits(state: S, steps: readonly Step[]): readonly PolicyEdit[];
}

/** A control: what it requires of which resource, how that is evaluated, and how it is remediated. */
export interface Control<
  F extends Facets = Facets,
  N extends keyof F & string = keyof F & string,
  M extends keyof F & string = keyof F & string,
  P extends Parameters = Parameters,
  R extends RelatedFacets = RelatedFacets,
> {
  /** `<service>-<resource>-<secure state>`, the file's name. */
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly resource: Resource<F>;
  /** The facets that `evaluate` sees. */
  readonly needs: readonly N[];
  /** Further facets that `plan` sees; read only where the resource is NON_COMPLIANT. */
  readonly planNeeds?: readonly M[];
  /** Facets of other resources that `plan` sees under these names; read only where the resource is NON_COMPLIANT. */
  readonly related?: R;
  readonly securityControlIds: readonly string[];
  readonly relatedRequirements: readonly string[];
  /** What is required, in the terms of the AWS API. */
  readonly description: string;
  /** Why it matters. */
  readonly rationale: string;
  /** What a responder should do by hand. */
  readonly guidance: string;
  readonly impact: Impact;
  /** The mode that holds where policy.yml says `recommended`. */
  readonly recommendedMode: Mode;
  /** It acts on resources that an AWS service manages too: that service never intends public sharing. */
  readonly overrides?: 'ownership';
  /** IAM actions of the plan, each with what it may touch. A resource whose ARN names no account is bound to the account by the generator. */
  readonly permissions: Grants;
  /** The ARNs of the roles that the plan may pass to a service, where the parameters name them all: the deployed role may then pass no other. Null where they do not. */
  readonly passedRoles?: (parameters: ParameterValues<P>) => readonly string[] | null;
  /** The public policies that the plan edits, and who is asked about them where policy.yml says so. */
  readonly publicAccessCheck?: PublicAccessCheck<State<F, NoInfer<N>>>;
  /** The calls that may undo the plan's steps; an undo makes no other call, whatever the ledger holds. */
  readonly undoCalls?: readonly UndoDeclaration[];
  readonly parameters: P;
  /** How long AWS takes to apply the change, where the state does not show it. */
  readonly settles?: Duration;
  /** When `pending` becomes `failed`; an hour by default. */
  readonly deadline?: Duration;
  /** Facets whose values are saved while the control is COMPLIANT: `context.lastKnown`. */
  readonly lastKnown?: readonly N[];
  /** Evaluates a state. Pure. */
  evaluate(state: State<F, N>, context: Context<F, P>): Evaluation;
  /** The calls that remediate a NON_COMPLIANT state as far as possible now; none, or `byHand`, where it requires a person. Pure. */
  plan?(state: State<F, NoInfer<N | M>> & RelatedState<R>, context: Context<F, P>): Plan;
  /** Evaluates and remediates a deletion, from the last known good state (null where nothing is known; the plan then sees the `ref` alone). Without it a resource that is gone is NOT_APPLICABLE. */
  readonly whenDeleted?: {
    evaluate(lastKnown: LastKnownState<F, N> | null, context: Context<F, P>): Evaluation;
    plan(lastKnown: LastKnownState<F, N>, context: Context<F, P>): Plan;
  };
}

/** Names a control; an identity function that gives inference and has no side effect. */
export const defineControl = <
  F extends Facets,
  const N extends keyof F & string,
  P extends Parameters,
  const M extends keyof F & string = never,
  R extends RelatedFacets = Readonly<Record<never, never>>,
>(
  control: Control<F, N, M, P, R>,
): Control<F, N, M, P, R> => control;

// biome-ignore lint/suspicious/noExplicitAny: the engine holds controls of every resource and never looks inside a state
export type AnyControl = Control<any, any, any, any, any>;
// biome-ignore lint/suspicious/noExplicitAny: as above
export type AnyResource = Resource<any>;
