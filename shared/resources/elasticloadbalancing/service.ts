import { defineService } from '../../service.ts';

export default defineService({
  id: 'elasticloadbalancing',
  domain: 'infrastructure',
  eventSources: ['elasticloadbalancing.amazonaws.com', 'wafv2.amazonaws.com'],
  sdks: {
    elasticloadbalancingv2: () => import('@aws-sdk/client-elastic-load-balancing-v2'),
    wafv2: () => import('@aws-sdk/client-wafv2'),
  },
});
