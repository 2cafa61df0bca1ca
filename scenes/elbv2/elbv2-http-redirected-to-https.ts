import { ElasticLoadBalancingV2Client, ModifyListenerCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { freshEvent } from '../fresh-event.ts';
import type { Scene, SceneAccount } from '../scene.ts';
import { createListener, createLoadBalancer, describeListeners, forwardTo } from './load-balancer.ts';

const REDIRECT = [
  { Type: 'redirect' as const, RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' as const } },
];

/** Creates a load balancer whose HTTP listener redirects; with an HTTPS listener that serves, unless said. */
async function createSite(account: SceneAccount, base: string, { hasTls = true } = {}) {
  const { arn, targetGroup } = await createLoadBalancer(account, base);
  if (hasTls) await createListener(account, arn, 443, forwardTo(targetGroup));
  return { arn, targetGroup, http: await createListener(account, arn, 80, REDIRECT) };
}

async function prepare(account: SceneAccount, hasTls: boolean) {
  const { arn, targetGroup, http } = await createSite(account, 'web', { hasTls });
  const { arn: other } = await createSite(account, 'shop');
  return {
    state: () => describeListeners(account, arn),
    neighbours: async () => ({ [`listeners of ${other}`]: await describeListeners(account, other) }),
    async happen() {
      const change = { ListenerArn: http, DefaultActions: forwardTo(targetGroup) };
      await account.aws(ElasticLoadBalancingV2Client).send(new ModifyListenerCommand(change));
      const at = 'requestParameters.listenerArn';
      return { event: freshEvent('elasticloadbalancing/ModifyListener', account, { [at]: http }) };
    },
  };
}

export default {
  title: 'An HTTP listener forwards again what it redirected to HTTPS',
  expects: { 'elbv2-http-redirected-to-https': 'remediated' },
  prepare: (account) => prepare(account, true),
} satisfies Scene;

export const more: readonly Scene[] = [
  {
    title: 'An HTTP listener forwards, and there is no HTTPS listener to redirect to',
    expects: { 'elbv2-http-redirected-to-https': 'detected' },
    prepare: (account) => prepare(account, false),
  },
];
