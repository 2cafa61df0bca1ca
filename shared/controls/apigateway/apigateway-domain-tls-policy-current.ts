import { APIGatewayClient, UpdateDomainNameCommand } from '@aws-sdk/client-api-gateway';
import { byHand, compliant, defineControl, nonCompliant, settling } from '../../control.ts';
import { domainName } from '../../resources/apigateway/domain-name.ts';
import { step, undoneBy } from '../../step.ts';

const permissions = { 'apigateway:PATCH': 'arn:${AWS::Partition}:apigateway:*::/domainnames/*' };
const elements = ['securityPolicy'];

/** What APIGateway.11 accepts: TLS 1.3, or 1.2 with forward secrecy alone. As of 2026-11. */
const RECENT = /^SecurityPolicy_(TLS13_|TLS12_PFS_2025_EDGE$)/;

const put = (name: string, value: string) => ({
  domainName: name,
  patchOperations: [{ op: 'replace' as const, path: '/securityPolicy', value }],
});

export default defineControl({
  id: 'apigateway-domain-tls-policy-current',
  title: 'Custom domain names of API Gateway must not allow outdated TLS versions',
  severity: 'MEDIUM',
  resource: domainName,
  needs: ['tls'],
  securityControlIds: ['APIGateway.11'],
  relatedRequirements: [],
  description:
    'The security policy may not be TLS_1_0, which allows TLS 1.0 and 1.1; TLS_1_2 is set. APIGateway.11 requires more: a policy for TLS 1.3, or for TLS 1.2 with forward secrecy alone. With requireRecent so does this control, and a person chooses the policy. Private domain names are not evaluated.',
  rationale: 'TLS 1.0 and 1.1 have known weaknesses, and no client of the last ten years needs them.',
  guidance:
    'Set the policy to TLS_1_2, or to one of the SecurityPolicy_TLS13 policies, which require an endpoint access mode too. Clients without TLS 1.2 can no longer connect: check the access logs first.',
  impact: 'access',
  recommendedMode: 'remediate',
  permissions,
  undoCalls: [
    undoneBy(APIGatewayClient, UpdateDomainNameCommand, ({ resourceId }) => ({ domainName: resourceId }), [
      'patchOperations',
    ]),
  ],
  parameters: {
    requireRecent: {
      description: 'Whether a policy that APIGateway.11 accepts is required; TLS_1_2 is then non-compliant.',
      type: 'boolean',
      default: false as boolean,
    },
  },
  // An edge-optimized domain name takes CloudFront up to 40 minutes.
  deadline: '2h',
  evaluate({ tls: { securityPolicy, domainNameStatus } }, { parameters: { requireRecent } }) {
    const isGood = requireRecent ? RECENT.test(securityPolicy) : securityPolicy !== 'TLS_1_0';
    if (isGood) return compliant(`The security policy is ${securityPolicy}.`);
    const annotation = `The security policy is ${securityPolicy}.`;
    return domainNameStatus === 'UPDATING'
      ? settling(`${annotation} API Gateway is updating the domain name.`, '5m', securityPolicy)
      : nonCompliant(annotation, securityPolicy);
  },
  plan({ ref: { resourceId }, tls: { securityPolicy } }, { parameters: { requireRecent } }) {
    if (requireRecent) return byHand('A person has to choose a policy for TLS 1.3 that the clients support.');
    const undo = () => [step(APIGatewayClient, UpdateDomainNameCommand, put(resourceId, securityPolicy), { elements })];
    return [
      step(APIGatewayClient, UpdateDomainNameCommand, put(resourceId, 'TLS_1_2'), { permissions, elements, undo }),
    ];
  },
});
