import { type Bucket, paginateListBuckets, S3Client } from '@aws-sdk/client-s3';
import { type Aws, Foreign, type ResourceRef } from '../../resource.ts';

/** Awaits a read of a bucket. Throws Foreign where it is refused because the bucket is another account's; S3 says 403 to that and to what a policy refuses alike. */
export async function readOfOwn<T>(aws: Aws, { resourceId }: ResourceRef, read: Promise<T>): Promise<T> {
  try {
    return await read;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    // Where the account's buckets cannot be listed either, only the refusal is known.
    const isOurs = await ownBucket(aws, resourceId).then(Boolean, () => true);
    if (isOurs) throw error;
    throw new Foreign(`The bucket ${resourceId} belongs to another account.`, { cause: error });
  }
}

const isRefusal = (error: unknown) => error instanceof Error && error.name === 'AccessDenied';

/** The account's own bucket of that name, in whichever region; null where there is none. Those of other accounts are not listed. */
export async function ownBucket(aws: Aws, name: string): Promise<Bucket | null> {
  for await (const { Buckets = [] } of paginateListBuckets(
    { client: aws(S3Client), pageSize: 1000 },
    { Prefix: name },
  )) {
    const found = Buckets.find(({ Name }) => Name === name);
    if (found !== undefined) return found;
  }
  return null;
}

/** When a bucket was created, or its policy was last changed: S3 gives that time then. */
export const bucketCreatedAt = async (aws: Aws, { resourceId }: ResourceRef): Promise<Date | null> =>
  (await ownBucket(aws, resourceId))?.CreationDate ?? null;
