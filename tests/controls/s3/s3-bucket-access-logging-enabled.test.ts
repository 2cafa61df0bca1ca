import scene from '../../../scenes/s3/s3-bucket-access-logging-enabled.ts';
import control from '../../../shared/controls/s3/s3-bucket-access-logging-enabled.ts';
import { FOREIGN } from '../../../shared/resource.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const given = (TargetBucket: string | null, takesAccessLogs = false) => ({
  logging: {
    LoggingEnabled: TargetBucket === null ? null : { TargetBucket, TargetPrefix: 'reports/' },
    takesAccessLogs,
  },
});
const open = JSON.stringify({
  Statement: [
    { Effect: 'Allow', Principal: { Service: 'logging.s3.amazonaws.com' }, Action: 's3:PutObject', Resource: '*' },
  ],
});
const off = (targetPolicy: string | null) => ({ ...given(null), targetPolicy });
const parameters = { targetBuckets: { 'eu-west-1': 'access-logs' } };
const target = { Bucket: 'reports', ExpectedBucketOwner: '111122223333' };
const put = (TargetBucket: string) =>
  [
    [
      'PutBucketLogging',
      { ...target, BucketLoggingStatus: { LoggingEnabled: { TargetBucket, TargetPrefix: 'reports/' } } },
    ],
  ] as const;

testControl(control, {
  resourceId: 'reports',
  compliant: { 'access is logged': given('access-logs') },
  notApplicable: { 'a bucket that takes access logs': given(null, true) },
  nonCompliant: {
    'it logged before': {
      given: off(null),
      lastKnown: given('before'),
      parameters,
      plan: put('before'),
      after: given('before'),
      undo: [['PutBucketLogging', { ...target, BucketLoggingStatus: {} }]],
      says: 'Access to the bucket is not logged.',
      elements: [['logging']],
    },
    'the policy names a bucket for the region': {
      given: off(open),
      parameters,
      plan: put('access-logs'),
      after: given('access-logs'),
    },
    'it names none for this region': {
      given: off(open),
      parameters: { targetBuckets: { 'eu-north-1': 'access-logs' } },
      plan: [],
      byHand: 'targetBuckets names no bucket for eu-west-1.',
    },
    // S3 takes such a bucket at times, and delivers nothing.
    'the bucket lets nobody deliver': {
      given: off(null),
      parameters,
      plan: [],
      byHand: 'The policy of access-logs does not allow logging.s3.amazonaws.com to put objects.',
    },
    "the bucket is another account's": {
      given: off(FOREIGN),
      parameters,
      plan: [],
      byHand: 'The policy of access-logs does not allow',
    },
  },
});

testScene(control, scene);
