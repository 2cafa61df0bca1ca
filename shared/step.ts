import { isDeepStrictEqual } from 'node:util';
import type { Aws, ClientClass, Grants, ResourceRef } from './resource.ts';

/** One API call of a plan, as data, with the calls that undo it. */
export interface Step {
  readonly client: ClientClass<object>;
  readonly command: new (input: never) => object;
  readonly input: object;
  /** Where the call must go when that is not the resource's region. */
  readonly region?: string;
  /** Names of the errors that mean "already in that state": another actor was faster. */
  readonly satisfiedBy?: readonly string[];
  /** The calls that restore the state before this step, built from the step's output; absent for a step that cannot be undone. */
  readonly undo?: (output: object) => readonly Step[];
  /** What the step changes: a rule, a statement, an attribute of the resource, under the same name whichever control plans it; and the element of an earlier step that it depends on. Gates hold for elements, whatever else the request contains. */
  readonly elements: readonly string[];
  /** IAM actions that the call needs; part of what its control declares. */
  readonly permissions: Grants;
  /** The evaluation does not see whether this step, which follows others, was made: after an interruption it is made again, so it has to be idempotent. */
  readonly unseen?: boolean;
}

export interface StepOptions<O> {
  readonly unseen?: boolean;
  readonly region?: string;
  readonly satisfiedBy?: readonly string[];
  readonly undo?: (output: O) => readonly Step[];
  /** By default the operation alone: two steps of one operation on a resource change the same thing. */
  readonly elements?: readonly string[];
  readonly permissions?: Grants;
}

/** Builds a step; the input is typed by the command, the undo's output by its own annotation. */
export const step = <I extends object, O extends object>(
  client: ClientClass<object>,
  command: new (input: I) => object,
  input: NoInfer<I>,
  { elements, permissions = {}, ...options }: StepOptions<O> = {},
): Step => ({
  client,
  command: command as Step['command'],
  input,
  ...(options as Pick<Step, 'undo'>),
  elements: elements ?? [`${serviceOf(client)}:${operationOf(command)}`],
  permissions,
});

/** A function that builds one kind of step, with the IAM actions it needs: a control declares `...builder.permissions`. */
export type StepBuilder<A extends readonly unknown[]> = ((...given: A) => Step) & { readonly permissions: Grants };

/** Ties a kind of step to its permissions, so that neither is written twice. */
export const stepBuilder = <A extends readonly unknown[]>(
  permissions: Grants,
  build: (...given: A) => Step,
): StepBuilder<A> => Object.assign((...given: A): Step => ({ ...build(...given), permissions }), { permissions });

/** Changes some attributes of a resource by a call that leaves the others alone. Undo: the same call with the previous values. `before` holds the attributes as they were read; throws where it lacks one that changes, since that could not be undone. */
export function set<I extends object, C extends Partial<I> & object>(
  client: ClientClass<object>,
  command: new (input: I) => object,
  target: object,
  before: { readonly [N in keyof C]?: unknown },
  change: C,
  options: Pick<StepOptions<object>, 'region' | 'permissions' | 'satisfiedBy' | 'elements'> = {},
): Step {
  const names = Object.keys(change) as (keyof C & string)[];
  const missing = names.filter((name) => before[name] === undefined);
  if (missing.length > 0) throw new TypeError(`what ${missing.join(', ')} was before is not known`);
  const was = Object.fromEntries(names.map((name) => [name, before[name]]));
  const made = (values: object) => ({ ...target, ...values }) as NoInfer<I>;
  const { elements = names } = options;
  return step(client, command, made(change), {
    ...options,
    elements,
    undo: () => [step(client, command, made(was), { ...options, elements })],
  });
}

/** A setting that is put whole and deleted whole: which calls do it, and which member of the request holds it. */
export interface WholeSetting<P extends object, D extends object, N extends keyof P & string> {
  readonly client: ClientClass<object>;
  readonly put: new (input: P) => object;
  readonly delete: new (input: D) => object;
  readonly member: N;
  readonly permissions: Grants;
  /** IAM actions that the deletion needs, where these are others. */
  readonly deletePermissions?: Grants;
}

/** Puts a setting. Undo: puts back what was there, or deletes it where there was none (`before` is null). `elements`: the parts that change, where the setting holds several (the statements of a policy). */
export function replace<P extends object, D extends object, N extends keyof P & string>(
  setting: WholeSetting<P, D, N>,
  target: Omit<P, N> & D,
  before: P[N] | null,
  wanted: P[N],
  elements: readonly string[] = [setting.member],
): Step {
  const { client, member, permissions } = setting;
  const put = (value: P[N]) => ({ ...target, [member]: value }) as unknown as NoInfer<P>;
  const restore = () =>
    before === null
      ? step(client, setting.delete, { ...target } as NoInfer<D>, { elements, permissions })
      : step(client, setting.put, put(before), { elements, permissions });
  return step(client, setting.put, put(wanted), { elements, permissions, undo: () => [restore()] });
}

/** How an undo is built where the answer to the call that it undoes was lost: the service chose an id, and the states show it. */
export interface LostAnswer {
  /** The call that it undoes. */
  readonly operation: string;
  /** The members of the undo's input by the states before and after, as the ledger holds them, and by what can be read now; null where that does not show which it was. */
  readonly input: (
    before: unknown,
    after: unknown,
    aws: Aws,
    ref: ResourceRef,
  ) => object | null | Promise<object | null>;
}

/** A call that may undo a step of a control. The ledger's undo calls are data that somebody may have altered: only what is declared here is sent. */
export interface UndoDeclaration {
  readonly client: ClientClass<object>;
  readonly command: new (input: never) => object;
  /** The members of the input whose values the resource decides, those that name it above all. */
  readonly fixed: (ref: ResourceRef) => object;
  /** The other members that the input may have. */
  readonly free: readonly string[];
  /** It may go to another region than the resource's. */
  readonly anyRegion: boolean;
  /** IAM actions that it needs; none where those of the plan are enough. */
  readonly permissions: Grants;
  readonly lost?: LostAnswer;
}

type UndoOptions = Partial<Pick<UndoDeclaration, 'anyRegion' | 'permissions' | 'lost'>>;

/** Declares a call that undoes a step: which input members the resource decides, and which others there may be; and its permissions, where the plan has not the same. */
export const undoneBy = <I extends object>(
  client: ClientClass<object>,
  command: new (input: I) => object,
  fixed: (ref: ResourceRef) => Partial<NoInfer<I>>,
  free: readonly (keyof NoInfer<I> & string)[] = [],
  { anyRegion = false, permissions = {}, lost }: UndoOptions = {},
): UndoDeclaration => ({
  client,
  command: command as UndoDeclaration['command'],
  fixed,
  free,
  anyRegion,
  permissions,
  ...(lost && { lost }),
});

/** Declares the two calls that undo a `replace`. `target`: the members of the request that name the resource. */
export const undoOfReplace = <P extends object, D extends object, N extends keyof P & string>(
  setting: WholeSetting<P, D, N>,
  target: (ref: ResourceRef) => Partial<NoInfer<P>> & Partial<NoInfer<D>>,
): readonly UndoDeclaration[] => [
  undoneBy(setting.client, setting.put, target, [setting.member]),
  undoneBy(setting.client, setting.delete, target, [], { permissions: setting.deletePermissions ?? {} }),
];

/** The declaration that covers this call on the resource; null where none does. */
export const declarationOf = (
  call: CallData,
  ref: ResourceRef,
  declared: readonly UndoDeclaration[],
): UndoDeclaration | null => declared.find((one) => covers(one, call, ref)) ?? null;

function covers(declared: UndoDeclaration, { service, operation, input, region }: CallData, ref: ResourceRef): boolean {
  if (service !== serviceOf(declared.client) || operation !== operationOf(declared.command)) return false;
  if (region !== undefined && region !== ref.region && !declared.anyRegion) return false;
  const fixed = new Map<string, unknown>(Object.entries(declared.fixed(ref)));
  return Object.entries(input).every(([name, value]) =>
    fixed.has(name) ? isDeepStrictEqual(value, fixed.get(name)) : declared.free.includes(name),
  );
}

/** A call as people and the ledger see it. */
export interface CallData {
  readonly service: string;
  readonly operation: string;
  readonly input: object;
  readonly region?: string;
}

/** The service's short name, from the name of its client: `ec2` for `EC2Client`, `config` for `ConfigServiceClient`. */
export const serviceOf = (client: ClientClass<object>): string => serviceNamed(client.name);

/** The same from the client's name alone. */
export const serviceNamed = (client: string): string => client.replace(/(Service)?Client$/, '').toLowerCase();

/** The operation of a command: `RevokeSecurityGroupIngress`. */
export const operationOf = (command: { readonly name: string }): string => command.name.replace(/Command$/, '');

/** A step as data: which service, which operation, with what. */
export const callOf = ({ client, command, input, region }: Step): CallData => ({
  service: serviceOf(client),
  operation: operationOf(command),
  input,
  ...(region === undefined ? {} : { region }),
});
