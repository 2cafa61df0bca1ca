import { arn, backedUp, NOTIFICATION, type ServiceEvents } from '../../support/predicted-events/service-events.ts';

const FILE_SYSTEM = 'fs-0a1b2c3d4e5f60718';

export default {
  types: {
    'AWS::EFS::FileSystem': {
      id: FILE_SYSTEM,
      names: { ResourceId: FILE_SYSTEM, ...backedUp(arn('elasticfilesystem', `file-system/${FILE_SYSTEM}`)) },
      unmodelled: {
        'aws.backup Backup Job State Change': {
          sample: 'elasticfilesystem/BackupJobStateChange',
          ids: [FILE_SYSTEM],
          why: NOTIFICATION,
        },
      },
    },
  },
  names: { efs: { FileSystemId: FILE_SYSTEM } },
  sdks: { 'elasticfilesystem.amazonaws.com': ['efs'] },
} satisfies ServiceEvents;
