import { GetPublicAccessBlockCommand, S3ControlClient } from '@aws-sdk/client-s3-control';
import { onePage } from '../../aws/pages.ts';
import type { CallRecord } from '../../event.ts';
import { type Aws, defineResource, orNull, partitionOf, type ResourceRef } from '../../resource.ts';

const publicAccessBlockPut = {
  ids: ({ accountId }: CallRecord) => [accountId],
  facets: ['publicAccessBlock'],
} as const;

async function readPublicAccessBlock(aws: Aws, { accountId }: ResourceRef) {
  const read = aws(S3ControlClient).send(new GetPublicAccessBlockCommand({ AccountId: accountId }));
  return (await orNull(read, 'NoSuchPublicAccessBlockConfiguration'))?.PublicAccessBlockConfiguration ?? null;
}

/** What an account sets for all of its buckets: Block Public Access. */
export const s3Account = defineResource({
  service: 's3',
  type: 'AWS::::Account',
  scope: 'account',
  eventSource: 's3.amazonaws.com',
  gone: [],
  events: {
    PutAccountPublicAccessBlock: publicAccessBlockPut,
    DeleteAccountPublicAccessBlock: publicAccessBlockPut,
  },
  actions: [],
  facets: {
    publicAccessBlock: { actions: ['s3:GetAccountPublicAccessBlock'], read: readPublicAccessBlock },
  },
  arn: ({ accountId, region }) => `arn:${partitionOf(region)}:iam::${accountId}:root`,
  consoleUrl: ({ region }) => `https://${region}.console.aws.amazon.com/s3/settings?region=${region}`,
  list: (_aws, { accountId }) => onePage({ resourceId: accountId }),
});
