import { ElasticLoadBalancingV2Client, ModifyListenerCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { ELB_RECOMMENDED_POLICIES, elbPolicyInPlaceOf } from '../../aws/tls-policies.ts';
import { byHand, compliant, defineControl, nonCompliant, notApplicable } from '../../control.ts';
import { UnreadableError } from '../../resource.ts';
import { listener } from '../../resources/elasticloadbalancing/listener.ts';
import { set, undoneBy } from '../../step.ts';

const permissions = {
  'elasticloadbalancing:ModifyListener': ['app', 'net'].map(
    (type) => `arn:\${AWS::Partition}:elasticloadbalancing:*:\${AWS::AccountId}:listener/${type}/*/*/*`,
  ),
};

export default defineControl({
  id: 'elbv2-listener-tls-policy-current',
  title: 'HTTPS and TLS listeners must use a recommended security policy',
  severity: 'MEDIUM',
  resource: listener,
  needs: ['listener'],
  securityControlIds: ['ELB.17'],
  relatedRequirements: ['AWS FSBP ELB.17'],
  description:
    'SslPolicy of an HTTPS or TLS listener must be one of those that ELB.17 recommends: TLS 1.2 with forward secrecy and authenticated encryption at least. Another one is replaced by ELBSecurityPolicy-TLS13-1-2-Res-2021-06, or by its FIPS counterpart where a FIPS policy was chosen. Add newer policies that are not in the list to allowedPolicies.',
  rationale: 'Outdated versions of TLS and weak ciphers allow traffic to be decrypted or altered.',
  guidance:
    'Look in the access logs (ssl_protocol, ssl_cipher) for clients that could no longer connect, then choose a recommended policy.',
  impact: 'access',
  recommendedMode: 'remediate',
  permissions,
  undoCalls: [
    undoneBy(ElasticLoadBalancingV2Client, ModifyListenerCommand, ({ resourceId: ListenerArn }) => ({ ListenerArn }), [
      'SslPolicy',
    ]),
  ],
  parameters: {
    allowedPolicies: {
      description: 'Security policies that a listener may use.',
      type: 'array',
      items: { type: 'string' },
      default: ELB_RECOMMENDED_POLICIES,
    },
  },
  evaluate({ listener: { protocol, sslPolicy } }, { parameters: { allowedPolicies } }) {
    if (protocol !== 'HTTPS' && protocol !== 'TLS')
      return notApplicable(`The protocol of the listener is ${protocol ?? 'GENEVE'}.`);
    if (sslPolicy === null) throw new UnreadableError('DescribeListeners says nothing of SslPolicy');
    if (allowedPolicies.includes(sslPolicy)) return compliant(`The security policy is ${sslPolicy}.`);
    return nonCompliant(`The security policy ${sslPolicy} is not recommended.`);
  },
  plan({ ref, listener: { sslPolicy } }, { parameters: { allowedPolicies } }) {
    const SslPolicy = elbPolicyInPlaceOf(sslPolicy ?? '');
    if (!allowedPolicies.includes(SslPolicy)) return byHand(`allowedPolicies does not contain ${SslPolicy}.`);
    const target = { ListenerArn: ref.resourceId };
    const before = { SslPolicy: sslPolicy ?? undefined };
    return [set(ElasticLoadBalancingV2Client, ModifyListenerCommand, target, before, { SslPolicy }, { permissions })];
  },
});
