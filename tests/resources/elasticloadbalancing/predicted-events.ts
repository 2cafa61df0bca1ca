import { arn, type ServiceEvents } from '../../support/predicted-events/service-events.ts';

const LOAD_BALANCER = arn('elasticloadbalancing', 'loadbalancer/app/web/50dc6c495c0c9188');
const LISTENER = LOAD_BALANCER.replace('loadbalancer', 'listener').concat('/f2f7dc8efc522ab2');

export default {
  types: {
    'AWS::ElasticLoadBalancingV2::Listener': { id: LISTENER, names: { ResourceArn: LISTENER } },
    'AWS::ElasticLoadBalancingV2::LoadBalancer': { id: LOAD_BALANCER, names: { ResourceArn: LOAD_BALANCER } },
  },
  names: {
    elasticloadbalancingv2: {
      LoadBalancerArn: LOAD_BALANCER,
      ListenerArn: LISTENER,
      RuleArn: LISTENER.replace('listener', 'listener-rule').concat('/9683b2d02a6cabee'),
    },
    wafv2: {
      ResourceArn: LOAD_BALANCER,
      WebACLArn: arn('wafv2', 'regional/webacl/shop/5b1c6f0e-5d3a-4f5e-8d0b-2f7a9c3e6d45'),
    },
  },
  sdks: { 'elasticloadbalancing.amazonaws.com': ['elasticloadbalancingv2'] },
} satisfies ServiceEvents;
