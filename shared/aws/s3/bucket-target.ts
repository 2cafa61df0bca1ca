import type { ResourceRef } from '../../resource.ts';

/** The members of a request that name the bucket, and whose it is. */
export const bucketTarget = ({ resourceId, accountId }: ResourceRef) => ({
  Bucket: resourceId,
  ExpectedBucketOwner: accountId,
});
