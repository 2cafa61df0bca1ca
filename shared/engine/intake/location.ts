import { globalRegionOf } from '../../aws/partitions.ts';

/** The account and region that something is in. */
export interface Location {
  readonly accountId: string;
  readonly region: string;
}

/** What holds where an event does not say. */
export interface LocationDefaults {
  /** The account and region that hold where the event names none. */
  readonly fallback: Location;
  /** The home region of the deployment, where what belongs to no region is looked at; absent without one. */
  readonly home?: string;
}

/** Where a resource that was named in a place is keyed, leased and read: whoever names what belongs to no region, no two runs may take it for two. Without a deployment that is the partition's region of global services. */
export const locationOf = (
  resource: { readonly global?: true },
  place: Location,
  { home }: LocationDefaults,
): Location => (resource.global ? { ...place, region: home ?? globalRegionOf(place.region) } : place);

/** The place that an event names, filled up where it is silent. */
export const withFallback = ({ accountId, region }: Location, { fallback }: LocationDefaults): Location => ({
  accountId: accountId || fallback.accountId,
  region: region || fallback.region,
});
