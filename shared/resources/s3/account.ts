import { GetPublicAccessBlockCommand, S3ControlClient } from '@aws-sdk/client-s3-control';
import { consoleUrl } from '../../aws/console-url.ts';
import { onePage } from '../../aws/pages.ts';
import { accountArn } from '../../aws/partitions.ts';
import { publicAccessBlockIn } from '../../aws/s3/public-access-block.ts';
import { type Aws, call, defineResource, onEverything, orNull, type ResourceRef } from '../../resource.ts';
import s3 from './service.ts';

async function readPublicAccessBlock(aws: Aws, { accountId }: ResourceRef) {
  const read = aws(S3ControlClient).send(new GetPublicAccessBlockCommand({ AccountId: accountId }));
  const answer = await orNull(read, 'NoSuchPublicAccessBlockConfiguration');
  return answer === null ? null : publicAccessBlockIn(answer);
}

/** What an account sets for all of its buckets: Block Public Access. */
export const s3Account = defineResource({
  service: s3,
  type: 'AWS::::Account',
  global: true,
  triggers: [
    call(
      ['s3.amazonaws.com', 's3-control.amazonaws.com'],
      ['PutAccountPublicAccessBlock', 'DeleteAccountPublicAccessBlock'],
      { ids: ({ accountId }) => [accountId], facets: ['publicAccessBlock'] },
    ),
  ],
  gone: [],
  facets: {
    publicAccessBlock: { grants: onEverything('s3:GetAccountPublicAccessBlock'), read: readPublicAccessBlock },
  },
  grants: {},
  arn: accountArn,
  consoleUrl: ({ region }) => consoleUrl(region, 's3/settings'),
  list: (_aws, { accountId }) => onePage({ resourceId: accountId }),
});
