import { defineService } from '../../service.ts';

export default defineService({
  id: 'sns',
  domain: 'applications',
  eventSources: ['sns.amazonaws.com'],
  sdks: { sns: () => import('@aws-sdk/client-sns') },
});
