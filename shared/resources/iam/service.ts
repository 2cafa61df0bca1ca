import { defineService } from '../../service.ts';

export default defineService({
  id: 'iam',
  domain: 'identity',
  eventSources: ['iam.amazonaws.com', 'signin.amazonaws.com'],
  sdks: { iam: () => import('@aws-sdk/client-iam') },
});
