import { defineService } from '../../service.ts';

export default defineService({
  id: 'secretsmanager',
  domain: 'data',
  eventSources: ['secretsmanager.amazonaws.com'],
  sdks: { secretsmanager: () => import('@aws-sdk/client-secrets-manager') },
});
