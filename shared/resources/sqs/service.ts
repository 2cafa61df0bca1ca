import { defineService } from '../../service.ts';

export default defineService({
  id: 'sqs',
  domain: 'applications',
  eventSources: ['sqs.amazonaws.com'],
  sdks: { sqs: () => import('@aws-sdk/client-sqs') },
});
