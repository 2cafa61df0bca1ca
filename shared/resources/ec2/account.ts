import {
  EC2Client,
  GetEbsEncryptionByDefaultCommand,
  GetSnapshotBlockPublicAccessStateCommand,
} from '@aws-sdk/client-ec2';
import { carried } from '../../aws/answer.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { onePage } from '../../aws/pages.ts';
import { accountArn } from '../../aws/partitions.ts';
import { type Aws, call, defineResource, onEverything } from '../../resource.ts';
import ec2 from './service.ts';

async function readEbsEncryptionByDefault(aws: Aws) {
  const { EbsEncryptionByDefault } = await aws(EC2Client).send(new GetEbsEncryptionByDefaultCommand({}));
  return { enabled: carried('GetEbsEncryptionByDefault', 'EbsEncryptionByDefault', EbsEncryptionByDefault) };
}

async function readSnapshotSharing(aws: Aws) {
  const answer = await aws(EC2Client).send(new GetSnapshotBlockPublicAccessStateCommand({}));
  const state = carried('GetSnapshotBlockPublicAccessState', 'state', answer.State);
  return { state, managedBy: answer.ManagedBy ?? 'account' };
}

/** What an account has set for EC2 in one region. */
export const ec2Account = defineResource({
  service: ec2,
  type: 'AWS::::Account',
  triggers: [
    // The setting is the account's in the event's region; such calls have no parameters that could say more.
    call('ec2.amazonaws.com', ['DisableEbsEncryptionByDefault', 'EnableEbsEncryptionByDefault'], {
      ids: ({ accountId }) => [accountId],
      facets: ['ebsEncryptionByDefault'],
    }),
    call('ec2.amazonaws.com', ['EnableSnapshotBlockPublicAccess', 'DisableSnapshotBlockPublicAccess'], {
      ids: ({ accountId }) => [accountId],
      facets: ['snapshotSharing'],
    }),
  ],
  gone: [],
  facets: {
    ebsEncryptionByDefault: {
      grants: onEverything('ec2:GetEbsEncryptionByDefault'),
      read: readEbsEncryptionByDefault,
    },
    snapshotSharing: {
      grants: onEverything('ec2:GetSnapshotBlockPublicAccessState'),
      read: readSnapshotSharing,
    },
  },
  grants: {},
  arn: accountArn,
  consoleUrl: ({ region }) => consoleUrl(region, 'ec2/home#Settings:'),
  list: (_aws, { accountId }) => onePage({ resourceId: accountId }),
});
