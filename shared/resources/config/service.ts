import { defineService } from '../../service.ts';

export default defineService({
  id: 'config',
  domain: 'monitoring',
  eventSources: ['config.amazonaws.com'],
  sdks: { config: () => import('@aws-sdk/client-config-service') },
});
