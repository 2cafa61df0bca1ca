import { defineService } from '../../service.ts';

export default defineService({
  id: 'autoscaling',
  domain: 'infrastructure',
  eventSources: ['autoscaling.amazonaws.com'],
  sdks: { autoscaling: () => import('@aws-sdk/client-auto-scaling') },
});
