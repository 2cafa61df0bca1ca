import { defineService } from '../../service.ts';

export default defineService({
  id: 'kms',
  domain: 'data',
  eventSources: ['kms.amazonaws.com'],
  sdks: { kms: () => import('@aws-sdk/client-kms') },
});
