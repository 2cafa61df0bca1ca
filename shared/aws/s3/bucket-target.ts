import type { ResourceRef } from '../../resource.ts';

/** The members of a request that name the bucket, and whose it has to be: S3 refuses where another account owns it. */
export const bucketTarget = ({ resourceId, accountId }: ResourceRef) => ({
  Bucket: resourceId,
  ExpectedBucketOwner: accountId,
});
