import scene from '../../../scenes/redshift/redshift-cluster-audit-logging-enabled.ts';
import control from '../../../shared/controls/redshift/redshift-cluster-audit-logging-enabled.ts';
import { FOREIGN } from '../../../shared/resource.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const off = {
  ClusterStatus: 'available',
  LoggingEnabled: false,
  BucketName: null as string | null,
  S3KeyPrefix: null as string | null,
  LogDestinationType: null as 'cloudwatch' | 's3' | null,
  LogExports: [] as string[],
};
const toBucket = { LoggingEnabled: true, BucketName: 'audit-logs', S3KeyPrefix: 'warehouse/' };
const toCloudWatch = { LoggingEnabled: true, LogDestinationType: 'cloudwatch', LogExports: ['connectionlog'] } as const;
const activity = (isLogged: boolean) => ({ groups: ['warehouse-audit'], isLogged });
const given = (change: object = {}, isLogged = true) => ({
  logging: { ...off, ...change },
  userActivity: activity(isLogged),
});
const open = JSON.stringify({
  Statement: [
    { Effect: 'Allow', Principal: { Service: 'redshift.amazonaws.com' }, Action: 's3:PutObject', Resource: '*' },
  ],
});
const drifted = (targetPolicy: string | null, change: object = {}) => ({ ...given(change), targetPolicy });
const parameters = { targetBuckets: { 'eu-west-1': 'audit-logs' } };
const ClusterIdentifier = 'warehouse';

testControl(control, {
  resourceId: ClusterIdentifier,
  compliant: {
    'to a bucket': given(toBucket),
    'to CloudWatch Logs': given(toCloudWatch),
    'without what users run, where the policy does not ask it': {
      ...given(toBucket, false),
      parameters: { userActivity: false },
    },
  },
  notApplicable: { 'being deleted': given({ ClusterStatus: 'deleting' }) },
  nonCompliant: {
    'it logged to CloudWatch before': {
      given: drifted(null),
      lastKnown: { logging: { ...off, ...toCloudWatch, LogExports: ['connectionlog'] } },
      parameters,
      plan: [['EnableLogging', { ClusterIdentifier, LogDestinationType: 'cloudwatch', LogExports: ['connectionlog'] }]],
      after: given(toCloudWatch),
      undo: [['DisableLogging', { ClusterIdentifier }]],
      says: 'Audit logging is off.',
      elements: [['logging']],
    },
    'the policy names a bucket for the region': {
      given: drifted(open),
      parameters,
      plan: [['EnableLogging', { ClusterIdentifier, BucketName: 'audit-logs', S3KeyPrefix: 'warehouse/' }]],
      after: given(toBucket),
      same: { 'while Redshift is at work': { logging: { ...off, ClusterStatus: 'modifying' } } },
      other: { 'it logs, but not what users run': given(toBucket, false) },
    },
    'it names none': { given: drifted(open), plan: [], byHand: 'targetBuckets names no bucket for eu-west-1.' },
    // Redshift: InsufficientS3BucketPolicyFault.
    'the bucket does not let Redshift in': {
      given: drifted(null),
      parameters,
      plan: [],
      byHand: 'The policy of audit-logs does not allow redshift.amazonaws.com to put objects.',
    },
    "the bucket is another account's": {
      given: drifted(FOREIGN),
      parameters,
      plan: [],
      byHand: 'The policy of audit-logs does not allow',
    },
    'it is paused': {
      given: drifted(open, { ClusterStatus: 'paused' }),
      parameters,
      plan: [],
      byHand: 'Redshift does not change a cluster that is paused',
    },
    'what users run is not logged': {
      given: { ...given(toBucket, false), targetPolicy: null },
      plan: [],
      byHand: 'The parameter requires a restart of the cluster.',
      says: 'enable_user_activity_logging is off in warehouse-audit',
    },
  },
});

testScene(control, scene);
