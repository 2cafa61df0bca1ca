import type { CallRecord } from './event.ts';

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

/** One readable part of a resource's state. */
export interface Facet<T> {
  /** IAM actions that `read` uses. */
  readonly actions: readonly string[];
  /** Reads it live. "Not configured" is a value (`null`); every other trouble throws the SDK's own error. */
  read(aws: Aws, ref: ResourceRef): Promise<T>;
}

// biome-ignore lint/suspicious/noExplicitAny: a facet's value type is covariant here and inferred where it is defined
export type Facets = Readonly<Record<string, Facet<any>>>;

/** What the facets of a resource read, by facet name. */
export type FacetState<F extends Facets> = { readonly [N in keyof F]: Awaited<ReturnType<F[N]['read']>> };

/** An id that an event names: the id alone, or with its region where that is not the event's (a trail's home region). */
export type NamedId = string | { readonly resourceId: string; readonly region: string };

/** How one CloudTrail call names resources of a type, and which facets it can have changed. */
export interface EventRule<N> {
  /** Reads ids out of the record; pure. */
  ids?(record: CallRecord): readonly NamedId[];
  /** Looks ids up live where the record names only something near (a prefix list, a VPC, a group's name). Asked when `ids` finds none. */
  find?(aws: Aws, record: CallRecord): Promise<readonly NamedId[]>;
  readonly facets: readonly N[];
}

/** A resource as `list` finds it, with the facets that came for free. */
export interface Listed<F extends Facets> {
  readonly resourceId: string;
  readonly region?: string;
  readonly facets?: Partial<FacetState<F>>;
}

/** One page of a listing, and the token of the page after it; null where it is the last. */
export interface Page<F extends Facets> {
  readonly items: readonly Listed<F>[];
  readonly next: string | null;
}

/** Whose a resource is. */
export interface Ownership {
  readonly tags: Readonly<Record<string, string>>;
  /** The AWS service that made it for itself and keeps it; null for everything else. */
  readonly service: string | null;
}

/** One resource type: how events name it, how it is listed, how it is read. */
export interface Resource<F extends Facets = Facets> {
  /** The function that serves it: `functions/<service>`. */
  readonly service: string;
  /** AWS Config's name for it, `AWS::EC2::SecurityGroup`; `AWS::::Account` for settings of the account. */
  readonly type: string;
  /** The CloudTrail event source whose calls change it. */
  readonly eventSource: string;
  readonly events: Readonly<Record<string, EventRule<keyof F & string>>>;
  readonly facets: F;
  /** Names of the errors by which the service says that the resource does not exist. */
  readonly gone: readonly string[];
  /** IAM actions of `list` and of every `find`. */
  readonly actions: readonly string[];
  /** Names of fields that the service changes by itself; they do not count where two states are compared. */
  readonly volatile?: readonly string[];
  /** Read before a write, so that what others take care of is told and not touched. */
  readonly ownership?: { readonly actions: readonly string[]; read(aws: Aws, ref: ResourceRef): Promise<Ownership> };
  arn(ref: ResourceRef): string;
  /** A link to the resource in the AWS console. */
  consoleUrl(ref: ResourceRef): string;
  /** `account` where there is one for the whole account, and not one in each region; it is looked at in the home region. */
  readonly scope?: 'account';
  /** Every resource of this type in the client's region, page by page; `from` is the token of the page to go on from. */
  list(
    aws: Aws,
    account: { readonly accountId: string; readonly region: string },
    from?: string,
  ): AsyncIterable<Page<F>>;
  /** Turns AWS Config's `resourceId` into ours, where they differ. */
  fromConfig?(item: { readonly resourceId: string; readonly region: string; readonly accountId: string }): NamedId;
  /** Turns our id into AWS Config's; there where `fromConfig` is. */
  toConfig?(ref: ResourceRef): string;
  /** Present where a deletion is itself drift: what AWS Config last knew of it, or `null`. The ledger is asked first. */
  lastKnown?(aws: Aws, ref: ResourceRef): Promise<Partial<FacetState<F>> | null>;
}

/** Names a resource type; an identity function that gives inference and has no side effect. */
export const defineResource = <const F extends Facets>(resource: Resource<F>): Resource<F> => resource;

/** What all pages of a listing hold. */
export async function* everyListed<F extends Facets>(pages: AsyncIterable<Page<F>>): AsyncGenerator<Listed<F>> {
  for await (const { items } of pages) yield* items;
}

/** The partition that a region belongs to, as in `arn:<partition>:…`. */
export const partitionOf = (region: string): string =>
  region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';

/** Awaits a read whose modelled "not configured" errors mean `null`. */
export async function orNull<T>(read: Promise<T>, ...absent: readonly string[]): Promise<T | null> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof Error && absent.includes(error.name)) return null;
    throw error;
  }
}
