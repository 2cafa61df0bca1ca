import { defineService } from '../../service.ts';

export default defineService({
  id: 'acm',
  domain: 'data',
  eventSources: ['acm.amazonaws.com', 'aws.acm'],
  sdks: { acm: () => import('@aws-sdk/client-acm') },
});
