import { randomUUID } from 'node:crypto';
import {
  CreateBucketCommand,
  GetBucketAclCommand,
  GetPublicAccessBlockCommand,
  PutBucketAclCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { orNull } from '../../../shared/resource.ts';
import type { Json } from '../recorded-events.ts';
import type { Stage } from './stage.ts';

export const bucketMade =
  (idIn: (record: Json) => string): Stage =>
  async ({ aws, region }, { record }) => {
    const s3 = aws()(S3Client);
    const Bucket = `made-${randomUUID()}`;
    const CreateBucketConfiguration = { LocationConstraint: region as never };
    await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
    const state = async () => {
      const read = s3.send(new GetPublicAccessBlockCommand({ Bucket }));
      return (await orNull(read, 'NoSuchPublicAccessBlockConfiguration'))?.PublicAccessBlockConfiguration ?? null;
    };
    const on = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };
    return { renamed: { [idIn(record)]: Bucket }, state, right: on };
  };

/** The event's bucket, whose ACL lets everybody with an AWS account list it. */
export const aclOpened: Stage = async ({ aws, region }, { record }) => {
  const s3 = aws()(S3Client);
  const Bucket = `opened-${randomUUID()}`;
  const CreateBucketConfiguration = { LocationConstraint: region as never };
  await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
  await s3.send(new PutBucketAclCommand({ Bucket, ACL: 'authenticated-read' }));
  const state = async () => {
    const { Grants = [] } = await s3.send(new GetBucketAclCommand({ Bucket }));
    return Grants.filter(({ Grantee }) => Grantee?.URI).map(({ Permission }) => Permission);
  };
  return { renamed: { [record.requestParameters.bucketName]: Bucket }, state, right: [] };
};
