import { accountSetting, type ServiceEvents } from '../../support/predicted-events/service-events.ts';

export default {
  types: {
    'AWS::::Account': { ...accountSetting, sdk: 's3control' },
    'AWS::S3::Bucket': { id: 'reports', names: { ResourceArn: 'arn:aws:s3:::reports' } },
  },
  names: { s3: { Bucket: 'reports', Name: 'reports' } },
  sdks: { 's3.amazonaws.com': ['s3', 's3control'], 's3-control.amazonaws.com': ['s3control'] },
  operations: {
    's3 PutBucketPublicAccessBlock': 'PutPublicAccessBlock',
    's3 DeleteBucketPublicAccessBlock': 'DeletePublicAccessBlock',
    's3control PutAccountPublicAccessBlock': 'PutPublicAccessBlock',
    's3control DeleteAccountPublicAccessBlock': 'DeletePublicAccessBlock',
  },
} satisfies ServiceEvents;
