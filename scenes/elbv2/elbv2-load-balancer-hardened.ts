import { freshEvent } from '../fresh-event.ts';
import type { Scene } from '../scene.ts';
import { createLoadBalancer, describeAttributes, setAttributes } from './load-balancer.ts';

export default {
  title: 'A load balancer is no longer protected from deletion, and lets invalid headers through',
  expects: { 'elbv2-load-balancer-hardened': 'remediated' },
  async prepare(account) {
    const { arn } = await createLoadBalancer(account, 'web');
    const { arn: other } = await createLoadBalancer(account, 'shop');
    return {
      state: () => describeAttributes(account, arn),
      neighbours: async () => ({ [`attributes of ${other}`]: await describeAttributes(account, other) }),
      async happen() {
        const softened = {
          'deletion_protection.enabled': 'false',
          'routing.http.drop_invalid_header_fields.enabled': 'false',
          'routing.http.desync_mitigation_mode': 'monitor',
        };
        await setAttributes(account, arn, softened);
        const at = 'requestParameters.loadBalancerArn';
        return { event: freshEvent('elasticloadbalancing/ModifyLoadBalancerAttributes', account, { [at]: arn }) };
      },
    };
  },
} satisfies Scene;
