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
    'Standard logging must be on, a web ACL of AWS WAF must be associated, and every origin that is an S3 bucket must have an origin access control: an origin access identity alone is not enough. Standard logging v2, which delivers through CloudWatch, is not part of the configuration: exempt a distribution that uses it, or leave logging out of required. It only detects: a person has to decide where logs are delivered and what a web ACL blocks.',
  rationale:
    'Without logs requests cannot be investigated; without a web ACL exploits reach the site, and without origin access control its bucket has to be public.',
  guidance:
    'Turn standard logging on, associate a web ACL whose rules only count at first, and give each bucket an origin access control and a policy that grants access to this distribution.',
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
