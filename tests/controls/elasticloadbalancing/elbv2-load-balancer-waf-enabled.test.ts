import scene from '../../../scenes/elbv2/elbv2-load-balancer-waf-enabled.ts';
import control from '../../../shared/controls/elasticloadbalancing/elbv2-load-balancer-waf-enabled.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const ResourceArn = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/web/0a1b2c3d4e5f6071';
const acl = (name: string, region = 'eu-west-1') =>
  `arn:aws:wafv2:${region}:111122223333:regional/webacl/${name}/0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9`;
const [OURS, THEIRS] = [acl('baseline'), acl('shop')];
type Scheme = 'internet-facing' | 'internal' | null;
const given = (
  arn: string | null,
  scheme: Scheme = 'internet-facing',
  type: 'application' | 'network' | 'gateway' = 'application',
) => ({
  loadBalancer: { type, scheme },
  webAcl: arn === null ? null : { arn },
});
const associated = (WebACLArn: string) => ['AssociateWebACL', { WebACLArn, ResourceArn }] as const;

// AWS: a web ACL that was just made is WAFUnavailableEntityException for some minutes, which passes; where Firewall
// Manager holds the association, it sets it back itself.
testControl(control, {
  resourceId: ResourceArn,
  besides: {
    'elasticloadbalancing:SetWebAcl':
      'IAM asks for it of whoever associates a web ACL with a load balancer, or disassociates it',
  },
  compliant: { 'some web ACL': given(THEIRS) },
  notApplicable: {
    internal: given(null, 'internal'),
    'a Network Load Balancer': given(null, 'internet-facing', 'network'),
    'a Gateway Load Balancer': given(null, null, 'gateway'),
  },
  nonCompliant: {
    'none, and none is known': {
      given: given(null),
      plan: [],
      byHand: 'The parameter webAclArn is empty.',
      says: 'The load balancer is internet-facing and has no web ACL.',
    },
    'none, and the parameter names one': {
      given: given(null),
      parameters: { webAclArn: OURS },
      plan: [associated(OURS)],
      undo: [['DisassociateWebACL', { ResourceArn }]],
      elements: [['web ACL']],
      after: given(OURS),
    },
    'the one that it had': {
      given: given(null),
      parameters: { webAclArn: OURS },
      lastKnown: { webAcl: { arn: THEIRS } },
      plan: [associated(THEIRS)],
      after: given(THEIRS),
    },
    'one of another region': {
      given: given(null),
      parameters: { webAclArn: acl('baseline', 'us-east-1') },
      plan: [],
      byHand: 'The web ACL of webAclArn is not in eu-west-1.',
    },
  },
});

testScene(control, scene);
