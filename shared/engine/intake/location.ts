import { globalRegionOf } from '../../aws/partitions.ts';

/** An account and a region. */
export interface Location {
  readonly accountId: string;
  readonly region: string;
}

/** Defaults where an event names no location. */
export interface LocationDefaults {
  /** The account and region of events that name none. */
  readonly fallback: Location;
  /** The home region of the deployment, where global resources are evaluated; absent without a deployment. */
  readonly home?: string;
}

/** Where a resource is keyed, leased and read: a global one in the home region, wherever its event came from, so that no two runs take it for two. Without a deployment that is the partition's region of global services. */
export const locationOf = (
  resource: { readonly global?: true },
  place: Location,
  { home }: LocationDefaults,
): Location => (resource.global ? { ...place, region: home ?? globalRegionOf(place.region) } : place);

/** The location that an event names, with the defaults where it names none. */
export const withFallback = ({ accountId, region }: Location, { fallback }: LocationDefaults): Location => ({
  accountId: accountId || fallback.accountId,
  region: region || fallback.region,
});
