import { partition } from '@aws-sdk/core/client';
import { partitionOf } from '../resource.ts';

/** Where a partition records calls about what belongs to no region, where that is not the region by which the SDK signs them. */
const GLOBAL_REGIONS: Readonly<Record<string, string>> = { 'aws-cn': 'cn-north-1' };

/** The region of global services in the partition of `region`. */
export function globalRegionOf(region: string): string {
  // The SDK's type leaves out what its data has.
  const data: object & { readonly implicitGlobalRegion?: string } = { ...partition(region) };
  const { implicitGlobalRegion = 'us-east-1' } = data;
  return GLOBAL_REGIONS[partitionOf(region)] ?? implicitGlobalRegion;
}

/** The ARN of an account, by which its settings go: `arn:aws:iam::111122223333:root`. */
export const accountArn = ({ accountId, region }: { readonly accountId: string; readonly region: string }): string =>
  `arn:${partitionOf(region)}:iam::${accountId}:root`;
