import { compliant, defineControl, nonCompliant } from '../../control.ts';
import { requirements } from '../../frameworks.ts';
import { distribution } from '../../resources/cloudfront/distribution.ts';

export default defineControl({
  id: 'cloudfront-distribution-logging-enabled',
  title: 'CloudFront distributions must log, have a web ACL and sign requests to buckets',
  severity: 'MEDIUM',
  resource: distribution,
  needs: ['settings'],
  securityControlIds: ['CloudFront.5', 'CloudFront.6', 'CloudFront.13'],
  relatedRequirements: [
    'AWS FSBP CloudFront.5',
    'AWS FSBP CloudFront.6',
    'AWS FSBP CloudFront.13',
    ...requirements(
      'PCI DSS v4.0',
      '1.2.8 1.3.1 1.3.2 1.4.2 1.5.1 5.3.4 6.4.1 6.4.2 10.2.1 10.2.1.1 10.2.1.2 10.2.1.3 10.2.1.4 10.2.1.5 10.2.1.6 10.2.1.7 10.2.2 10.3.1 10.3.4 10.6.3 A1.1.3 A1.2.1',
    ),
    ...requirements('SOC 2', 'A1.2 PI1.2'),
  ],
  description:
    'Standard logging must be on, a web ACL of AWS WAF must be associated, and every origin that is an S3 bucket must have an origin access control: an origin access identity alone is not enough. Standard logging v2, which delivers through CloudWatch, does not show in the configuration: who uses it exempts the distribution, or leaves logging out of required. It is notified only: where logs go and what a web ACL blocks is for a person to say.',
  rationale:
    'Without logs nobody can tell what was asked of a site; without a web ACL exploits reach it, and without access control its bucket has to be open.',
  guidance:
    'Turn standard logging on, associate a web ACL whose rules only count at first, and give each bucket an origin access control and a policy that lets this distribution in.',
  impact: 'none',
  recommendedMode: 'detect',
  permissions: {},
  parameters: {
    required: {
      description: 'What is required of a distribution.',
      type: 'array',
      items: { type: 'string', enum: ['logging', 'webAcl', 'originAccessControl'] },
      default: ['logging', 'webAcl', 'originAccessControl'] as readonly string[],
    },
  },
  evaluate({ settings: { isLogging, webAclId, bucketsWithoutControl } }, { parameters: { required } }) {
    const missing = [
      ...(required.includes('logging') && !isLogging ? ['no standard logging'] : []),
      ...(required.includes('webAcl') && webAclId === null ? ['no web ACL'] : []),
      ...(required.includes('originAccessControl')
        ? bucketsWithoutControl.map((id) => `no origin access control for the origin ${id}`)
        : []),
    ];
    if (missing.length === 0) return compliant(`The distribution has what is required: ${required.join(', ')}.`);
    return nonCompliant(`The distribution has ${missing.join(', ')}.`, missing);
  },
});
