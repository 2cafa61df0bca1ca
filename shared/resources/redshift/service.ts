import { defineService } from '../../service.ts';

export default defineService({
  id: 'redshift',
  domain: 'databases',
  eventSources: ['redshift.amazonaws.com'],
  sdks: { redshift: () => import('@aws-sdk/client-redshift') },
});
