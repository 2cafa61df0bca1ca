import type { ResourceRef } from '../resource.ts';
import type { SweepScope } from './sweep-lock.ts';

/** A resource's key in the ledger. Account settings share a type, so the service is part of it. */
export const resourceKey = (service: string, ref: ResourceRef): string =>
  `${keyPrefix({ ...ref, service })}${ref.resourceType}|${ref.resourceId}`;

/** How the keys of all resources of a service in a region begin. */
export const keyPrefix = ({ accountId, region, service }: SweepScope): string => `${accountId}|${region}|${service}|`;

/** The resource that a key names. */
export function refOfKey(key: string): ResourceRef {
  const [accountId = '', region = '', , resourceType = '', ...id] = key.split('|');
  return { accountId, region, resourceType, resourceId: id.join('|') };
}
