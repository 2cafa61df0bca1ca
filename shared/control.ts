import type { ClientClass, FacetState, Facets, Resource, ResourceRef } from './resource.ts';

/** What Evenkeel may do about a finding, from least to most. */
export const MODES = ['off', 'detect', 'approve', 'remediate'] as const;
export type Mode = (typeof MODES)[number];

/** Security Hub's severity labels, from least to most. */
export const SEVERITIES = ['INFORMATIONAL', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What the remediation can do to those who use the resource: nothing; cut access; restart, downtime or cost; something that cannot be undone. */
export type Impact = 'none' | 'access' | 'disruptive' | 'destructive';

/** AWS Config's verdicts. What could not be read has no verdict: it throws. */
export type ComplianceType = 'COMPLIANT' | 'NON_COMPLIANT' | 'NOT_APPLICABLE';

/** A verdict with its reason, of at most 256 characters (AWS Config's limit). */
export interface Evaluation {
  readonly complianceType: ComplianceType;
  readonly annotation: string;
}

const ANNOTATION_LIMIT = 256;
/** Cut to what AWS Config takes as an annotation. */
export const shortened = (text: string) =>
  text.length <= ANNOTATION_LIMIT ? text : `${text.slice(0, ANNOTATION_LIMIT - 1)}…`;
const verdict =
  (complianceType: ComplianceType) =>
  (annotation: string): Evaluation => ({ complianceType, annotation: shortened(annotation) });

export const compliant = verdict('COMPLIANT');
export const nonCompliant = verdict('NON_COMPLIANT');
export const notApplicable = verdict('NOT_APPLICABLE');

/** One API call of a plan, as data, with the calls that take it back. */
export interface Step {
  readonly client: ClientClass<object>;
  readonly command: new (input: never) => object;
  readonly input: object;
  /** Where the call must go when that is not the resource's region. */
  readonly region?: string;
  /** Names of the errors that mean "already so": somebody was faster. */
  readonly satisfiedBy?: readonly string[];
  /** The calls that bring the state before this step back, built from the step's output; absent for a step that cannot be undone. */
  readonly undo?: (output: object) => readonly Step[];
}

interface StepOptions<O> {
  readonly region?: string;
  readonly satisfiedBy?: readonly string[];
  readonly undo?: (output: O) => readonly Step[];
}

/** Builds a step; the input is typed by the command, the undo's output by its own annotation. */
export const step = <I extends object, O extends object>(
  client: ClientClass<object>,
  command: new (input: I) => object,
  input: NoInfer<I>,
  options: StepOptions<O> = {},
): Step => ({ client, command: command as Step['command'], input, ...(options as StepOptions<object>) });

/** A parameter that policy.yml may override: a JSON Schema with the default. */
export interface Parameter<T = unknown> {
  readonly description: string;
  readonly default: T;
  readonly type: 'array' | 'boolean' | 'integer' | 'string' | 'object';
  readonly [keyword: string]: unknown;
}
export type Parameters = Readonly<Record<string, Parameter>>;
export type ParameterValues<P extends Parameters> = { readonly [N in keyof P]: P[N]['default'] };

/** The state a control sees: the facets it needs, and which resource they are of. */
export type State<F extends Facets, N extends keyof F> = Pick<FacetState<F>, N> & { readonly ref: ResourceRef };

/** An IAM condition: operators, each with context keys and the values that are right. */
export type Condition = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** Where an action may be used: resources in CloudFormation's `${AWS::…}` terms, and what else IAM has to find in the request. */
export type Grant =
  | string
  | readonly string[]
  | { readonly resources: string | readonly string[]; readonly condition: Condition };

/** One rule, whole: what it asks of which resource, how that is judged, and how it is put right. */
export interface Control<
  F extends Facets = Facets,
  N extends keyof F & string = keyof F & string,
  P extends Parameters = Parameters,
> {
  /** `<service>-<resource>-<secure state>`, the file's name. */
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly resource: Resource<F>;
  readonly needs: readonly N[];
  readonly securityControlIds: readonly string[];
  readonly relatedRequirements: readonly string[];
  /** What is asked, in the terms of the AWS API. */
  readonly description: string;
  /** Why it matters. */
  readonly rationale: string;
  /** What a responder should do by hand. */
  readonly guidance: string;
  readonly impact: Impact;
  /** The mode that holds where no policy.yml says otherwise. */
  readonly recommendedMode: Mode;
  /** IAM actions of the plan, each with what it may touch. A resource whose ARN names no account is bound to the account by the generator. */
  readonly permissions: Readonly<Record<string, Grant>>;
  readonly parameters: P;
  /** Judges a state. Pure. */
  evaluate(state: State<F, N>, parameters: ParameterValues<P>, now: Date): Evaluation;
  /** The calls that put a NON_COMPLIANT state right; none where a person has to decide. Pure. */
  plan?(state: State<F, N>, parameters: ParameterValues<P>): readonly Step[];
  /** Judges and mends a deletion, from the last known good state (null where nothing is known). Without it a resource that is gone is NOT_APPLICABLE. */
  readonly whenDeleted?: {
    evaluate(lastKnown: State<F, N> | null, parameters: ParameterValues<P>): Evaluation;
    plan(lastKnown: State<F, N>, parameters: ParameterValues<P>): readonly Step[];
  };
}

/** Names a control; an identity function that gives inference and has no side effect. */
export const defineControl = <F extends Facets, const N extends keyof F & string, P extends Parameters>(
  control: Control<F, N, P>,
): Control<F, N, P> => control;

// biome-ignore lint/suspicious/noExplicitAny: the engine holds controls of every resource and never looks inside a state
export type AnyControl = Control<any, any, any>;
// biome-ignore lint/suspicious/noExplicitAny: as above
export type AnyResource = Resource<any>;

/** A call as people and the ledger see it. */
export interface CallData {
  readonly service: string;
  readonly operation: string;
  readonly input: object;
  readonly region?: string;
}

/** AWS's short names of services where they are not the client's name in small letters. */
const SERVICE_NAMES: Readonly<Record<string, string>> = { configservice: 'config' };

/** The service's short name: `ec2` for `EC2Client`. */
export function serviceOf(client: ClientClass<object>): string {
  const name = client.name.replace(/Client$/, '').toLowerCase();
  return SERVICE_NAMES[name] ?? name;
}

/** A step as data: which service, which operation, with what. */
export const callOf = ({ client, command, input, region }: Step): CallData => ({
  service: serviceOf(client),
  operation: command.name.replace(/Command$/, ''),
  input,
  ...(region === undefined ? {} : { region }),
});
