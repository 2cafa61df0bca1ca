import { defineService } from '../../service.ts';

export default defineService({
  id: 'ssm',
  domain: 'monitoring',
  eventSources: ['ssm.amazonaws.com'],
  sdks: { ssm: () => import('@aws-sdk/client-ssm') },
});
