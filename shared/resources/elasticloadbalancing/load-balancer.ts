import {
  type Action,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  ElasticLoadBalancingV2Client,
  type Listener,
  type LoadBalancer,
  paginateDescribeListeners,
  paginateDescribeLoadBalancers,
  paginateDescribeRules,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { carried, sole } from '../../aws/answer.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { isLoadBalancer, loadBalancerOf } from '../../aws/elasticloadbalancing/arns.ts';
import { elbOwnership } from '../../aws/elasticloadbalancing/tags.ts';
import { pagesOf } from '../../aws/pages.ts';
import { type CallRecord, strings } from '../../event.ts';
import { type Aws, call, defineResource, onEverything, type ResourceRef } from '../../resource.ts';
import elasticloadbalancing from './service.ts';

const SOURCE = 'elasticloadbalancing.amazonaws.com';
const EVERY = ['loadBalancer', 'attributes', 'listeners', 'webAcl'] as const;

const describeLoadBalancers = onEverything('elasticloadbalancing:DescribeLoadBalancers');

const loadBalancerStateOf = ({ Type, Scheme }: LoadBalancer) => ({
  type: carried('DescribeLoadBalancers', 'Type', Type),
  /** A Gateway Load Balancer has none. */
  scheme: Scheme ?? null,
});

async function readLoadBalancer(aws: Aws, { resourceId }: ResourceRef) {
  const asked = new DescribeLoadBalancersCommand({ LoadBalancerArns: [resourceId] });
  const { LoadBalancers } = await aws(ElasticLoadBalancingV2Client).send(asked);
  return loadBalancerStateOf(sole('Elastic Load Balancing', LoadBalancers, 'LoadBalancerArn', resourceId));
}

async function readAttributes(aws: Aws, { resourceId }: ResourceRef): Promise<Readonly<Record<string, string>>> {
  const asked = new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn: resourceId });
  const { Attributes } = await aws(ElasticLoadBalancingV2Client).send(asked);
  const attributes = carried('DescribeLoadBalancerAttributes', 'Attributes', Attributes);
  return Object.fromEntries(attributes.map(({ Key = '', Value = '' }) => [Key, Value]));
}

/** Of what does more than forward or redirect (sign people in) only the kind is kept. */
const actionOf = ({
  Type,
  Order,
  TargetGroupArn,
  ForwardConfig,
  RedirectConfig,
  FixedResponseConfig,
}: Action): Action => ({
  Type,
  ...(Order !== undefined && { Order }),
  ...(TargetGroupArn && { TargetGroupArn }),
  ...(ForwardConfig && { ForwardConfig }),
  ...(RedirectConfig && { RedirectConfig }),
  ...(FixedResponseConfig && { FixedResponseConfig }),
});

/** A listener with the rules beside its default one. */
async function withRules(aws: Aws, { ListenerArn = '', Protocol, Port, DefaultActions = [] }: Listener) {
  const pages = paginateDescribeRules({ client: aws(ElasticLoadBalancingV2Client) }, { ListenerArn });
  const answers = await Array.fromAsync(pages, ({ Rules }) => carried('DescribeRules', 'Rules', Rules));
  const rules = answers.flat().filter(({ IsDefault }) => IsDefault !== true);
  return {
    listenerArn: ListenerArn,
    protocol: Protocol ?? null,
    port: Port ?? null,
    defaultActions: DefaultActions.map(actionOf),
    rules: rules.map(({ Priority = '', Actions = [] }) => ({ priority: Priority, actions: Actions.map(actionOf) })),
  };
}

/** The listeners of HTTP and HTTPS in the order of their ports. */
async function readListeners(aws: Aws, { resourceId: LoadBalancerArn }: ResourceRef) {
  const pages = paginateDescribeListeners({ client: aws(ElasticLoadBalancingV2Client) }, { LoadBalancerArn });
  const answers = await Array.fromAsync(pages, ({ Listeners }) => carried('DescribeListeners', 'Listeners', Listeners));
  const web = answers.flat().filter(({ Protocol }) => Protocol === 'HTTP' || Protocol === 'HTTPS');
  const listeners = await Promise.all(web.map((listener) => withRules(aws, listener)));
  return listeners.toSorted((a, b) => (a.port ?? 0) - (b.port ?? 0));
}

/** Only an Application Load Balancer can have one. */
async function readWebAcl(aws: Aws, ref: ResourceRef) {
  const { type } = await readLoadBalancer(aws, ref);
  if (type !== 'application') return null;
  // Loaded here, since few events get as far as this question.
  const { webAclOf } = await import('../../aws/wafv2/web-acl.ts');
  return webAclOf(aws, ref.resourceId);
}

const none = async () => [];
/** Classic Load Balancers have the same event source and names: they are named by `loadBalancerName`. */
const named = ({ request }: CallRecord) => strings(request, 'loadBalancerArn');
const ofListener = ({ request }: CallRecord) => strings(request, 'listenerArn').flatMap(loadBalancerOf);
const ofRule = ({ request }: CallRecord) =>
  [...strings(request, 'ruleArn'), ...strings(request, 'rulePriorities.ruleArn')].flatMap(loadBalancerOf);
const once = (ids: readonly string[]) => [...new Set(ids)];

/** An Application, Network or Gateway Load Balancer by its ARN: its attributes, its web listeners with their rules, its web ACL. */
export const loadBalancer = defineResource({
  service: elasticloadbalancing,
  type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
  triggers: [
    call(SOURCE, 'CreateLoadBalancer', {
      ids: ({ response }) => strings(response, 'loadBalancers.loadBalancerArn'),
      find: none,
      facets: EVERY,
    }),
    call(SOURCE, 'DeleteLoadBalancer', { ids: named, find: none, facets: EVERY }),
    call(SOURCE, 'ModifyLoadBalancerAttributes', { ids: named, find: none, facets: ['attributes'] }),
    call(SOURCE, 'CreateListener', { ids: named, find: none, facets: ['listeners'] }),
    call(SOURCE, ['ModifyListener', 'DeleteListener', 'CreateRule'], {
      ids: ofListener,
      find: none,
      facets: ['listeners'],
    }),
    call(SOURCE, ['ModifyRule', 'DeleteRule', 'SetRulePriorities'], {
      ids: (record) => once(ofRule(record)),
      find: none,
      facets: ['listeners'],
    }),
    call(SOURCE, ['AddTags', 'RemoveTags'], {
      ids: ({ request }) => strings(request, 'resourceArns').filter(isLoadBalancer),
      find: none,
      facets: EVERY,
    }),
    // A web ACL protects other types of resources too.
    call('wafv2.amazonaws.com', ['AssociateWebACL', 'DisassociateWebACL'], {
      ids: ({ request }) => strings(request, 'resourceArn').filter(isLoadBalancer),
      find: none,
      facets: ['webAcl'],
    }),
  ],
  gone: ['LoadBalancerNotFoundException', 'LoadBalancerNotFound'],
  facets: {
    loadBalancer: { grants: describeLoadBalancers, read: readLoadBalancer },
    attributes: { grants: onEverything('elasticloadbalancing:DescribeLoadBalancerAttributes'), read: readAttributes },
    listeners: {
      grants: onEverything('elasticloadbalancing:DescribeListeners', 'elasticloadbalancing:DescribeRules'),
      read: readListeners,
    },
    webAcl: { grants: { ...describeLoadBalancers, ...onEverything('wafv2:GetWebACLForResource') }, read: readWebAcl },
  },
  grants: describeLoadBalancers,
  ownership: elbOwnership,
  arn: ({ resourceId }) => resourceId,
  consoleUrl: ({ resourceId, region }) => consoleUrl(region, `ec2/home#LoadBalancer:loadBalancerArn=${resourceId}`),
  list: (aws, _account, from) =>
    pagesOf(
      paginateDescribeLoadBalancers(
        { client: aws(ElasticLoadBalancingV2Client), startingToken: from },
        { PageSize: 400 },
      ),
      ({ NextMarker }) => NextMarker,
      ({ LoadBalancers }) =>
        carried('DescribeLoadBalancers', 'LoadBalancers', LoadBalancers).flatMap((found) =>
          found.LoadBalancerArn === undefined
            ? []
            : [{ resourceId: found.LoadBalancerArn, facets: { loadBalancer: loadBalancerStateOf(found) } }],
        ),
    ),
});
