import { defineService } from '../../service.ts';

export default defineService({
  id: 'shield',
  domain: 'infrastructure',
  eventSources: ['shield.amazonaws.com'],
  sdks: { shield: () => import('@aws-sdk/client-shield') },
});
