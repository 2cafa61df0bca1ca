import { defineService } from '../../service.ts';

export default defineService({
  id: 'inspector2',
  domain: 'monitoring',
  eventSources: ['inspector2.amazonaws.com'],
  sdks: { inspector2: () => import('@aws-sdk/client-inspector2') },
});
