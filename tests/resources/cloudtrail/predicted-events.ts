import { accountSetting, arn, type ServiceEvents } from '../../support/predicted-events/service-events.ts';

const TRAIL = arn('cloudtrail', 'trail/organisation');

export default {
  types: {
    'AWS::::Account': accountSetting,
    'AWS::CloudTrail::Trail': { id: TRAIL, names: { Name: 'organisation', ResourceId: TRAIL } },
  },
  names: {
    cloudtrail: {
      TrailARN: TRAIL,
      TrailName: 'organisation',
      S3BucketName: 'reports',
      CloudWatchLogsLogGroupArn: arn('logs', 'log-group:/orders/api:*'),
    },
  },
  sdks: { 'monitoring.amazonaws.com': ['cloudwatch'] },
} satisfies ServiceEvents;
