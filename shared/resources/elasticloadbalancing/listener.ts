import {
  DescribeListenersCommand,
  ElasticLoadBalancingV2Client,
  type Listener,
  paginateDescribeListeners,
  paginateDescribeLoadBalancers,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { carried, sole } from '../../aws/answer.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { isListener, loadBalancerOf } from '../../aws/elasticloadbalancing/arns.ts';
import { elbOwnership } from '../../aws/elasticloadbalancing/tags.ts';
import { pagesOf } from '../../aws/pages.ts';
import { strings } from '../../event.ts';
import { type Aws, call, defineResource, onEverything, type ResourceRef } from '../../resource.ts';
import elasticloadbalancing from './service.ts';

const SOURCE = 'elasticloadbalancing.amazonaws.com';
const describeListeners = onEverything('elasticloadbalancing:DescribeListeners');

const listenerOf = ({ Protocol, Port, SslPolicy }: Listener) => ({
  /** A Gateway Load Balancer's listener has neither protocol nor port. */
  protocol: Protocol ?? null,
  port: Port ?? null,
  sslPolicy: SslPolicy ?? null,
});

async function readListener(aws: Aws, { resourceId }: ResourceRef) {
  const asked = new DescribeListenersCommand({ ListenerArns: [resourceId] });
  const { Listeners } = await aws(ElasticLoadBalancingV2Client).send(asked);
  return listenerOf(sole('Elastic Load Balancing', Listeners, 'ListenerArn', resourceId));
}

/** Listeners are asked for load balancer by load balancer. */
async function listenersOf(aws: Aws, LoadBalancerArn: string) {
  const pages = paginateDescribeListeners({ client: aws(ElasticLoadBalancingV2Client) }, { LoadBalancerArn });
  const answers = await Array.fromAsync(pages, ({ Listeners }) => carried('DescribeListeners', 'Listeners', Listeners));
  return answers
    .flat()
    .flatMap((found) =>
      found.ListenerArn === undefined
        ? []
        : [{ resourceId: found.ListenerArn, facets: { listener: listenerOf(found) } }],
    );
}

const none = async () => [];

/** A listener of an Application, Network or Gateway Load Balancer by its ARN: its protocol and its security policy. */
export const listener = defineResource({
  service: elasticloadbalancing,
  type: 'AWS::ElasticLoadBalancingV2::Listener',
  triggers: [
    call(SOURCE, 'CreateListener', {
      ids: ({ response }) => strings(response, 'listeners.listenerArn'),
      facets: ['listener'],
    }),
    call(SOURCE, ['ModifyListener', 'DeleteListener'], {
      ids: ({ request }) => strings(request, 'listenerArn'),
      facets: ['listener'],
    }),
    call(SOURCE, ['AddTags', 'RemoveTags'], {
      ids: ({ request }) => strings(request, 'resourceArns').filter(isListener),
      find: none,
      facets: ['listener'],
    }),
  ],
  gone: ['ListenerNotFoundException', 'ListenerNotFound'],
  facets: { listener: { grants: describeListeners, read: readListener } },
  grants: { ...onEverything('elasticloadbalancing:DescribeLoadBalancers'), ...describeListeners },
  ownership: elbOwnership,
  arn: ({ resourceId }) => resourceId,
  consoleUrl: ({ resourceId, region }) =>
    consoleUrl(region, `ec2/home#LoadBalancer:loadBalancerArn=${loadBalancerOf(resourceId)[0]};tab=listeners`),
  list: (aws, _account, from) =>
    pagesOf(
      paginateDescribeLoadBalancers(
        { client: aws(ElasticLoadBalancingV2Client), startingToken: from },
        { PageSize: 100 },
      ),
      ({ NextMarker }) => NextMarker,
      async ({ LoadBalancers }) => {
        const arns = carried('DescribeLoadBalancers', 'LoadBalancers', LoadBalancers).flatMap(
          ({ LoadBalancerArn }) => LoadBalancerArn ?? [],
        );
        return (await Promise.all(arns.map((arn) => listenersOf(aws, arn)))).flat();
      },
    ),
});
