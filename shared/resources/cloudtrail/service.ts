import { defineService } from '../../service.ts';

export default defineService({
  id: 'cloudtrail',
  domain: 'monitoring',
  eventSources: ['cloudtrail.amazonaws.com', 'logs.amazonaws.com', 'monitoring.amazonaws.com', 'sns.amazonaws.com'],
  sdks: { cloudtrail: () => import('@aws-sdk/client-cloudtrail') },
});
