import { defineService } from '../../service.ts';

export default defineService({
  id: 'accessanalyzer',
  domain: 'identity',
  eventSources: ['access-analyzer.amazonaws.com'],
  sdks: { accessanalyzer: () => import('@aws-sdk/client-accessanalyzer') },
});
