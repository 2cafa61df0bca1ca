import { defineService } from '../../service.ts';

export default defineService({
  id: 'securityhub',
  domain: 'monitoring',
  eventSources: ['securityhub.amazonaws.com'],
  sdks: { securityhub: () => import('@aws-sdk/client-securityhub') },
});
