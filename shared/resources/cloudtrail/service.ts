import { defineService } from '../../service.ts';

export default defineService({
  id: 'cloudtrail',
  domain: 'monitoring',
  eventSources: ['cloudtrail.amazonaws.com', 'logs.amazonaws.com', 'monitoring.amazonaws.com', 'sns.amazonaws.com'],
  sdks: {
    cloudtrail: () => import('@aws-sdk/client-cloudtrail'),
    cloudwatch: () => import('@aws-sdk/client-cloudwatch'),
    cloudwatchlogs: () => import('@aws-sdk/client-cloudwatch-logs'),
  },
});
