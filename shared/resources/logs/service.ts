import { defineService } from '../../service.ts';

export default defineService({
  id: 'logs',
  domain: 'monitoring',
  eventSources: ['logs.amazonaws.com'],
  sdks: { cloudwatchlogs: () => import('@aws-sdk/client-cloudwatch-logs') },
});
