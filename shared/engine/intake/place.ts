import { globalRegionOf } from '../../aws/partitions.ts';

/** The account and region that something is in. */
export interface Place {
  readonly accountId: string;
  readonly region: string;
}

/** What holds where an event does not say. */
export interface Whereabouts {
  /** The account and region that hold where the event names none. */
  readonly fallback: Place;
  /** The home region of the deployment, where what belongs to no region is looked at; absent without one. */
  readonly home?: string;
}

/** Where a resource that was named in a place is keyed, leased and read: whoever names what belongs to no region, no two runs may take it for two. Without a deployment that is the partition's region of global services. */
export const placeOf = (resource: { readonly global?: true }, place: Place, { home }: Whereabouts): Place =>
  resource.global ? { ...place, region: home ?? globalRegionOf(place.region) } : place;

/** The place that an event names, filled up where it is silent. */
export const withFallback = ({ accountId, region }: Place, { fallback }: Whereabouts): Place => ({
  accountId: accountId || fallback.accountId,
  region: region || fallback.region,
});
