import { defineService } from '../../service.ts';

export default defineService({
  id: 'cloudfront',
  domain: 'applications',
  eventSources: ['cloudfront.amazonaws.com'],
  sdks: { cloudfront: () => import('@aws-sdk/client-cloudfront') },
});
