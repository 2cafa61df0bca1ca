import { defineService } from '../../service.ts';

export default defineService({
  id: 'lambda',
  domain: 'applications',
  eventSources: ['lambda.amazonaws.com'],
  sdks: { lambda: () => import('@aws-sdk/client-lambda') },
});
