import { partitionOf } from '../resource.ts';

/** Where a partition keeps what belongs to no region, and records the calls about it. */
const GLOBAL_REGIONS: Readonly<Record<string, string>> = {
  'aws-cn': 'cn-north-1',
  'aws-us-gov': 'us-gov-west-1',
};

/** The region of global services in the partition of `region`. */
export const globalRegionOf = (region: string): string => GLOBAL_REGIONS[partitionOf(region)] ?? 'us-east-1';

/** The ARN of an account, by which its settings go: `arn:aws:iam::111122223333:root`. */
export const accountArn = ({ accountId, region }: { readonly accountId: string; readonly region: string }): string =>
  `arn:${partitionOf(region)}:iam::${accountId}:root`;
