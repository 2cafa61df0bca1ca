import scene from '../../../scenes/elbv2/elbv2-listener-tls-policy-current.ts';
import { ELB_RECOMMENDED_POLICIES } from '../../../shared/aws/tls-policies.ts';
import control from '../../../shared/controls/elasticloadbalancing/elbv2-listener-tls-policy-current.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const ListenerArn =
  'arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/web/0a1b2c3d4e5f6071/1b2c3d4e5f607182';
const [OLD, OLD_FIPS] = ['ELBSecurityPolicy-2016-08', 'ELBSecurityPolicy-TLS13-1-0-FIPS-2023-04'];
const [GOOD, GOOD_FIPS] = ['ELBSecurityPolicy-TLS13-1-2-Res-2021-06', 'ELBSecurityPolicy-TLS13-1-2-Res-FIPS-2023-04'];
const given = (sslPolicy: string | null, protocol: 'HTTP' | 'HTTPS' | 'TLS' | 'TCP' | null = 'HTTPS') => ({
  listener: { protocol, port: 443, sslPolicy },
});
const modified = (SslPolicy: string) => ['ModifyListener', { ListenerArn, SslPolicy }] as const;

// AWS: a Network Load Balancer's TLS listener keeps open connections under the old policy. moto shows a policy of HTTP
// listeners too, which AWS does not.
testControl(control, {
  resourceId: ListenerArn,
  compliant: {
    ...Object.fromEntries(ELB_RECOMMENDED_POLICIES.map((policy) => [policy, given(policy)])),
    'a Network Load Balancer': given(GOOD, 'TLS'),
    'a policy that we allow': { ...given(OLD), parameters: { allowedPolicies: [OLD] } },
  },
  notApplicable: {
    HTTP: given(null, 'HTTP'),
    'HTTP, as moto shows it': given(OLD, 'HTTP'),
    TCP: given(null, 'TCP'),
    'a Gateway Load Balancer': given(null, null),
  },
  unreadable: { 'nothing is said of the policy': [given(null), 'SslPolicy'] },
  nonCompliant: {
    'an old policy': {
      given: given(OLD),
      plan: [modified(GOOD)],
      undo: [modified(OLD)],
      elements: [['SslPolicy']],
      after: given(GOOD),
      says: `The security policy ${OLD} is not recommended.`,
      other: { 'another old one': given('ELBSecurityPolicy-TLS-1-1-2017-01') },
    },
    'of a Network Load Balancer': { given: given(OLD, 'TLS'), plan: [modified(GOOD)], after: given(GOOD, 'TLS') },
    'an old policy for FIPS': { given: given(OLD_FIPS), plan: [modified(GOOD_FIPS)], after: given(GOOD_FIPS) },
    'where the one in its place is not allowed': {
      given: given(OLD),
      parameters: { allowedPolicies: ['ELBSecurityPolicy-TLS13-1-3-2021-06'] },
      plan: [],
      byHand: `allowedPolicies does not contain ${GOOD}.`,
    },
  },
});

testScene(control, scene);
