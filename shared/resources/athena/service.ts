import { defineService } from '../../service.ts';

export default defineService({
  id: 'athena',
  domain: 'data',
  eventSources: ['athena.amazonaws.com'],
  sdks: { athena: () => import('@aws-sdk/client-athena') },
});
