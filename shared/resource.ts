import { partition } from '@aws-sdk/core/client';
import type { CallRecord, EventRecord } from './event.ts';
import type { Service } from './service.ts';

/** One resource of one account and region. `resourceId` is the id that the service's own API takes (`sg-…`, a bucket's name, a trail's ARN, the account id for `AWS::::Account`). */
export interface ResourceRef {
  readonly resourceType: string;
  readonly resourceId: string;
  readonly accountId: string;
  readonly region: string;
}

/** The constructor of an AWS SDK v3 client. */
export type ClientClass<C> = new (config: never) => C;

/** Gives the client of a class, ready for the resource's region (or for the one named). One instance serves all callers. */
export type Aws = <C>(client: ClientClass<C>, region?: string) => C;

/** An IAM condition: operators, each with context keys and the values that are right. */
export type Condition = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** Where an action may be used: resources in CloudFormation's `${AWS::…}` terms, and what else IAM has to find in the request. */
export type Grant =
  | string
  | readonly string[]
  | { readonly resources: string | readonly string[]; readonly condition: Condition };

/** IAM actions, each with where it may be used. */
export type Grants = Readonly<Record<string, Grant>>;

/** Reads that IAM cannot narrow to a kind of resource. */
export const onEverything = (...actions: readonly string[]): Grants =>
  Object.fromEntries(actions.map((action) => [action, '*']));

/** The same scope for several actions. */
export const onResources = (grant: Grant, ...actions: readonly string[]): Grants =>
  Object.fromEntries(actions.map((action) => [action, grant]));

/** The resource does not exist: for reads whose answer is an empty list rather than an error. */
export class Gone extends Error {
  override readonly name = 'Gone';
}

/** Another account owns the resource: nothing of it is evaluated, and nothing written. The message says so. */
export class Foreign extends Error {
  override readonly name = 'Foreign';
}

/** A state, or a part of one, that could not be read: nothing may be said that depends on it. `cause` is the SDK's error. */
export class UnreadableError extends Error {
  override readonly name = 'UnreadableError';
}

/** A part that could not be read, as a value: what is evaluated without it still holds. */
export class Unreadable {
  /** What could not be read, and what AWS said. */
  readonly unreadable: string;
  readonly #what: string;
  readonly #cause: unknown;

  constructor(what: string, cause: unknown) {
    this.unreadable = `could not read ${what}: ${cause instanceof Error ? `${cause.name}: ${cause.message}` : cause}`;
    this.#what = what;
    this.#cause = cause;
  }

  get error(): UnreadableError {
    return new UnreadableError(`could not read ${this.#what}`, { cause: this.#cause });
  }
}

/** The part. Throws UnreadableError where it could not be read. */
export function readable<T>(part: T | Unreadable): T {
  if (part instanceof Unreadable) throw part.error;
  return part;
}

/** Awaits a read of one part among several; a part that cannot be read is a value. Errors named in `throwing` are the resource's own and pass. */
export async function orUnreadable<T>(
  what: string,
  read: Promise<T>,
  ...throwing: readonly string[]
): Promise<T | Unreadable> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof Gone || error instanceof Foreign || (error instanceof Error && throwing.includes(error.name)))
      throw error;
    return new Unreadable(what, error);
  }
}

/** One readable part of a resource's state. */
export interface Facet<T> {
  /** IAM actions that `read` uses, each with where. */
  readonly grants: Grants;
  /** What it asks AWS is the same for all resources of a region, a listing: a sweep asks once. */
  readonly regional?: true;
  /** Reads it live. "Not configured" is a value (`null`); a resource that does not exist throws Gone or an error that the resource names in `gone`; one that another account owns throws Foreign; every other failure throws the SDK's own error. */
  read(aws: Aws, ref: ResourceRef): Promise<T>;
}

// biome-ignore lint/suspicious/noExplicitAny: a facet's value type is covariant here and inferred where it is defined
export type Facets = Readonly<Record<string, Facet<any>>>;

/** What the facets of a resource read, by facet name. */
export type FacetState<F extends Facets> = { readonly [N in keyof F]: Awaited<ReturnType<F[N]['read']>> };

/** An id that an event names: the id alone, or with its region or account where these are not the event's (a trail's home region, a shared group's owner). */
export type NamedId = string | { readonly resourceId: string; readonly region?: string; readonly accountId?: string };

/** How one event names resources of a type, and which facets it can have changed. */
export interface TriggerRule<R, N extends string> {
  /** Reads ids out of the record; pure. */
  ids?(record: R): readonly NamedId[];
  /** Looks ids up live where the record names only something related (a prefix list, a VPC, a group's name). Used where `ids` finds none. */
  find?(aws: Aws, record: R): Promise<readonly NamedId[]>;
  /** IAM actions of `find`. */
  readonly grants?: Grants;
  readonly facets: readonly N[];
}

/** CloudTrail calls that can change a resource. */
export interface CallTrigger<N extends string = string> extends TriggerRule<CallRecord, N> {
  readonly kind: 'call';
  readonly eventSources: readonly string[];
  readonly eventNames: readonly string[];
}

/** An EventBridge event that is no call (a service's own notification). */
export interface EventTrigger<N extends string = string> extends TriggerRule<EventRecord, N> {
  readonly kind: 'event';
  readonly source: string;
  readonly detailType: string;
}

export type Trigger<N extends string = string> = CallTrigger<N> | EventTrigger<N>;

/** Calls of one event source, or of several that record the same call. */
export const call = <const N extends string>(
  eventSource: string | readonly string[],
  eventNames: string | readonly string[],
  rule: TriggerRule<CallRecord, N>,
): CallTrigger<N> => ({
  kind: 'call',
  eventSources: [eventSource].flat(),
  eventNames: [eventNames].flat(),
  ...rule,
});

export const event = <const N extends string>(
  source: string,
  detailType: string,
  rule: TriggerRule<EventRecord, N>,
): EventTrigger<N> => ({ kind: 'event', source, detailType, ...rule });

/** A resource as `list` finds it, with the facets that came for free. */
export interface Listed<F extends Facets> {
  readonly resourceId: string;
  readonly region?: string;
  readonly facets?: Partial<FacetState<F>>;
}

/** One page of a listing, and the cursor of the page after it; null where it is the last. */
export interface Page<F extends Facets> {
  readonly items: readonly Listed<F>[];
  readonly next: string | null;
}

/** Who owns a resource. */
export interface Ownership {
  readonly tags: Readonly<Record<string, string>>;
  /** The AWS service that created and manages it; null for everything else. */
  readonly service: string | null;
}

/** A resource as AWS Config names it. */
export interface ConfigName {
  readonly resourceType: string;
  readonly resourceId: string;
  readonly resourceName: string | null;
  readonly arn: string | null;
  readonly accountId: string;
  readonly region: string;
}

/** One resource type: how events name it, how it is listed, how it is read. */
export interface Resource<F extends Facets = Facets> {
  readonly service: Service;
  /** AWS Config's name for it, `AWS::EC2::SecurityGroup`; `AWS::::Account` for settings of the account. */
  readonly type: string;
  /** It has no region: keyed, leased and evaluated in the home region, wherever its event came from. */
  readonly global?: true;
  readonly triggers: readonly Trigger<keyof F & string>[];
  readonly facets: F;
  /** Names of the errors by which the service says that the resource does not exist; `Gone` says it always. */
  readonly gone: readonly string[];
  /** IAM actions of `list` and `identify`. */
  readonly grants: Grants;
  /** Names of fields that change without anybody changing the resource, by the service or by what refers to it; ignored when states are compared. */
  readonly volatile?: readonly string[];
  /** Read before a write, so that what others manage is notified and not changed. */
  readonly ownership?: { readonly grants: Grants; read(aws: Aws, ref: ResourceRef): Promise<Ownership> };
  /** When it was created; null where the service does not say. Its IAM actions are among `grants`. Asked before a write only where the settings go by tags, which may arrive after the resource. */
  createdAt?(aws: Aws, ref: ResourceRef): Promise<Date | null>;
  arn(ref: ResourceRef): string;
  /** A link to the resource in the AWS console. */
  consoleUrl(ref: ResourceRef): string;
  /** Every resource of this type in the client's region, page by page; `from` is the cursor of the page to go on from. */
  list(
    aws: Aws,
    account: { readonly accountId: string; readonly region: string },
    from?: string,
  ): AsyncIterable<Page<F>>;
  /** AWS Config's name turned into ours, where they differ; null where there is no such resource (any more). */
  identify?(aws: Aws, item: ConfigName): Promise<NamedId | null>;
  /** Our id turned into AWS Config's; there where `identify` is. */
  configIdOf?(aws: Aws, ref: ResourceRef): Promise<string>;
  /** Present where a deletion is itself drift: what AWS Config last knew of it, or `null`. The ledger is asked first. */
  readonly lastKnown?: {
    readonly grants: Grants;
    read(aws: Aws, ref: ResourceRef): Promise<Partial<FacetState<F>> | null>;
  };
}

/** Names a resource type; an identity function that gives inference and has no side effect. */
export const defineResource = <const F extends Facets>(resource: Resource<F>): Resource<F> => resource;

/** What a facet of another resource reads as where another account owns that resource; the control says what that means. */
export const FOREIGN = 'foreign';

/** A facet of another resource that a plan depends on: the log group that it delivers to, the role that it passes. */
export interface Related<T, C> {
  /** IAM actions that `read` uses, each with where. */
  readonly grants: Grants;
  /** Reads it live; null where no other resource is meant, or the one that is does not exist. `context` is the plan's: its parameters, what was last known. */
  read(aws: Aws, ref: ResourceRef, context: C): Promise<T | null | typeof FOREIGN>;
}

// biome-ignore lint/suspicious/noExplicitAny: as with facets, the value is inferred where it is defined; the context is the control's own
export type RelatedFacets = Readonly<Record<string, Related<any, any>>>;

/** What related facets read, by name. */
export type RelatedState<R extends RelatedFacets> = { readonly [N in keyof R]: Awaited<ReturnType<R[N]['read']>> };

/** A facet of another resource, which `toRef` names from what the plan is to do (null: there is none). Pure. */
export function related<F extends Facets, N extends keyof F & string, C = unknown>(
  resource: Pick<Resource<F>, 'type' | 'facets' | 'gone'>,
  name: N,
  toRef: (ref: ResourceRef, context: C) => Omit<ResourceRef, 'resourceType'> | null,
): Related<FacetState<F>[N], C> {
  const { facets, gone, type: resourceType } = resource;
  const facet: Facet<FacetState<F>[N]> = facets[name] as Facets[string];
  return {
    grants: facet.grants,
    async read(aws, ref, context) {
      const other = toRef(ref, context);
      if (other === null) return null;
      if (other.accountId !== ref.accountId) return FOREIGN;
      const there: Aws = (client, region = other.region) => aws(client, region);
      const read = orNull(facet.read(there, { ...other, resourceType }), 'Gone', ...gone);
      return read.catch((error: unknown) => {
        if (error instanceof Foreign) return FOREIGN;
        throw error;
      });
    },
  };
}

/** What all pages of a listing hold. */
export async function* everyListed<F extends Facets>(pages: AsyncIterable<Page<F>>): AsyncGenerator<Listed<F>> {
  for await (const { items } of pages) yield* items;
}

/** The partition that a region belongs to, as in `arn:<partition>:…`, by the SDK's own data: every client carries it already. */
export const partitionOf = (region: string): string => partition(region).name;

/** Awaits a read whose modelled "not configured" errors mean `null`. */
export async function orNull<T>(read: Promise<T>, ...absent: readonly string[]): Promise<T | null> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof Error && absent.includes(error.name)) return null;
    throw error;
  }
}
