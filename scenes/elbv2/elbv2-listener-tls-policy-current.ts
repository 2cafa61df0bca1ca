import { ElasticLoadBalancingV2Client, ModifyListenerCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { freshEvent } from '../fresh-event.ts';
import type { Scene } from '../scene.ts';
import { createListener, createLoadBalancer, describeListeners, forwardTo } from './load-balancer.ts';

export default {
  title: 'An HTTPS listener takes TLS 1.0 again',
  expects: { 'elbv2-listener-tls-policy-current': 'remediated' },
  async prepare(account) {
    const { arn, targetGroup } = await createLoadBalancer(account, 'web');
    const ListenerArn = await createListener(account, arn, 443, forwardTo(targetGroup));
    const { arn: other, targetGroup: otherGroup } = await createLoadBalancer(account, 'shop');
    const listener = await createListener(account, other, 443, forwardTo(otherGroup));
    return {
      state: () => describeListeners(account, arn),
      neighbours: async () => ({ [`listener ${listener}`]: await describeListeners(account, other) }),
      async happen() {
        const change = { ListenerArn, SslPolicy: 'ELBSecurityPolicy-2016-08' };
        await account.aws(ElasticLoadBalancingV2Client).send(new ModifyListenerCommand(change));
        const at = 'requestParameters.listenerArn';
        return { event: freshEvent('elasticloadbalancing/ModifyListener', account, { [at]: ListenerArn }) };
      },
    };
  },
} satisfies Scene;
