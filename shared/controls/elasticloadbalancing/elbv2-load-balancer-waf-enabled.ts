import { AssociateWebACLCommand, DisassociateWebACLCommand, WAFV2Client } from '@aws-sdk/client-wafv2';
import { parseArn } from '../../aws/arn.ts';
import { byHand, compliant, defineControl, nonCompliant, notApplicable } from '../../control.ts';
import { requirements } from '../../frameworks.ts';
import { loadBalancer } from '../../resources/elasticloadbalancing/load-balancer.ts';
import { step, stepBuilder, undoneBy } from '../../step.ts';

const ELEMENTS = ['web ACL'];
const LOAD_BALANCERS = 'arn:${AWS::Partition}:elasticloadbalancing:*:${AWS::AccountId}:loadbalancer/app/*/*';

// IAM cannot narrow it to a resource.
const SET_WEB_ACL = { 'elasticloadbalancing:SetWebAcl': '*' };

const associate = stepBuilder(
  {
    'wafv2:AssociateWebACL': [LOAD_BALANCERS, 'arn:${AWS::Partition}:wafv2:*:${AWS::AccountId}:regional/webacl/*/*'],
    ...SET_WEB_ACL,
  },
  (ResourceArn: string, WebACLArn: string) =>
    step(
      WAFV2Client,
      AssociateWebACLCommand,
      { WebACLArn, ResourceArn },
      {
        elements: ELEMENTS,
        undo: () => [step(WAFV2Client, DisassociateWebACLCommand, { ResourceArn }, { elements: ELEMENTS })],
      },
    ),
);

export default defineControl({
  id: 'elbv2-load-balancer-waf-enabled',
  title: 'Internet-facing Application Load Balancers must have a web ACL',
  severity: 'MEDIUM',
  resource: loadBalancer,
  needs: ['loadBalancer', 'webAcl'],
  lastKnown: ['webAcl'],
  securityControlIds: ['ELB.16'],
  relatedRequirements: ['AWS FSBP ELB.16', ...requirements('PCI DSS v4.0', '6.4.1 6.4.2'), 'NIST 800-53 r5 AC-4(21)'],
  description:
    'An internet-facing Application Load Balancer must be associated with a web ACL of AWS WAF. ELB.16 requires one for internal load balancers too. A web ACL that it had before is associated again; where it had none, the one of webAclArn.',
  rationale: 'A web ACL blocks scanners, bots and known exploits; disassociating it is how an attack is prepared.',
  guidance:
    'Associate a web ACL whose rules only count at first, check what they would block, then switch them to block.',
  impact: 'disruptive',
  recommendedMode: 'detect',
  permissions: associate.permissions,
  undoCalls: [
    undoneBy(WAFV2Client, DisassociateWebACLCommand, ({ resourceId: ResourceArn }) => ({ ResourceArn }), [], {
      permissions: { 'wafv2:DisassociateWebACL': LOAD_BALANCERS, ...SET_WEB_ACL },
    }),
  ],
  parameters: {
    webAclArn: {
      description:
        'The regional web ACL that load balancers without one are associated with; empty: only a previous one is associated again.',
      type: 'string',
      pattern: '^(arn:[a-z-]+:wafv2:[a-z0-9-]+:[0-9]{12}:regional/webacl/[^/]+/[0-9a-f-]+)?$',
      default: '' as string,
    },
  },
  evaluate({ loadBalancer: { type, scheme }, webAcl }) {
    if (type !== 'application' || scheme !== 'internet-facing')
      return notApplicable(`A load balancer of the type ${type} (${scheme ?? 'no scheme'}) needs no web ACL.`);
    return webAcl === null
      ? nonCompliant('The load balancer is internet-facing and has no web ACL.')
      : compliant(`The load balancer has the web ACL ${webAcl.arn}.`);
  },
  plan({ ref }, { parameters: { webAclArn }, lastKnown }) {
    const wanted = lastKnown?.webAcl?.arn ?? webAclArn;
    if (wanted === '') return byHand('The parameter webAclArn is empty.');
    if (parseArn(wanted)?.region !== ref.region) return byHand(`The web ACL of webAclArn is not in ${ref.region}.`);
    return [associate(ref.resourceId, wanted)];
  },
});
