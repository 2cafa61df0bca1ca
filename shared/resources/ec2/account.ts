import { EC2Client, GetEbsEncryptionByDefaultCommand } from '@aws-sdk/client-ec2';
import { consoleUrl } from '../../aws/console-url.ts';
import { onePage } from '../../aws/pages.ts';
import type { CallRecord } from '../../event.ts';
import { type Aws, defineResource, partitionOf } from '../../resource.ts';

/** The setting is the account's in the event's region; such calls have no parameters that could say more. */
const ebsEncryptionChanged = {
  ids: ({ accountId }: CallRecord) => [accountId],
  facets: ['ebsEncryptionByDefault'],
} as const;

async function readEbsEncryptionByDefault(aws: Aws) {
  const { EbsEncryptionByDefault } = await aws(EC2Client).send(new GetEbsEncryptionByDefaultCommand({}));
  return { enabled: EbsEncryptionByDefault === true };
}

/** What an account has set for EC2 in one region. */
export const ec2Account = defineResource({
  service: 'ec2',
  type: 'AWS::::Account',
  eventSource: 'ec2.amazonaws.com',
  gone: [],
  events: {
    DisableEbsEncryptionByDefault: ebsEncryptionChanged,
    EnableEbsEncryptionByDefault: ebsEncryptionChanged,
  },
  actions: [],
  facets: {
    ebsEncryptionByDefault: { actions: ['ec2:GetEbsEncryptionByDefault'], read: readEbsEncryptionByDefault },
  },
  arn: ({ accountId, region }) => `arn:${partitionOf(region)}:iam::${accountId}:root`,
  consoleUrl: ({ region }) => consoleUrl(region, 'ec2', 'Settings:'),
  list: (_aws, { accountId }) => onePage({ resourceId: accountId }),
});
