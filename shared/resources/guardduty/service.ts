import { defineService } from '../../service.ts';

export default defineService({
  id: 'guardduty',
  domain: 'monitoring',
  eventSources: ['guardduty.amazonaws.com'],
  sdks: { guardduty: () => import('@aws-sdk/client-guardduty') },
});
