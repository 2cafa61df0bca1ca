import {
  AssociateWebACLCommand,
  CreateWebACLCommand,
  DisassociateWebACLCommand,
  GetWebACLForResourceCommand,
  WAFV2Client,
} from '@aws-sdk/client-wafv2';
import { freshEvent } from '../fresh-event.ts';
import type { Scene } from '../scene.ts';
import { createLoadBalancer } from './load-balancer.ts';

export default {
  title: 'The web ACL is taken away from a load balancer on the Internet',
  expects: { 'elbv2-load-balancer-waf-enabled': 'remediated' },
  async prepare(account) {
    const waf = account.aws(WAFV2Client);
    const Name = account.name('baseline');
    const VisibilityConfig = { SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true, MetricName: Name };
    const { Summary } = await waf.send(
      new CreateWebACLCommand({ Name, Scope: 'REGIONAL', DefaultAction: { Allow: {} }, VisibilityConfig, Rules: [] }),
    );
    const WebACLArn = Summary?.ARN ?? '';
    const [{ arn }, { arn: other }] = [
      await createLoadBalancer(account, 'web'),
      await createLoadBalancer(account, 'shop'),
    ];
    for (const ResourceArn of [arn, other]) await waf.send(new AssociateWebACLCommand({ WebACLArn, ResourceArn }));
    const aclOf = async (ResourceArn: string) =>
      (await waf.send(new GetWebACLForResourceCommand({ ResourceArn }))).WebACL?.ARN ?? null;
    const at = 'requestParameters.resourceArn';
    return {
      earlier: [freshEvent('elasticloadbalancing/AssociateWebACL', account, { [at]: arn })],
      state: () => aclOf(arn),
      neighbours: async () => ({ [`web ACL of ${other}`]: await aclOf(other) }),
      async happen() {
        await waf.send(new DisassociateWebACLCommand({ ResourceArn: arn }));
        return { event: freshEvent('elasticloadbalancing/DisassociateWebACL', account, { [at]: arn }) };
      },
    };
  },
} satisfies Scene;
