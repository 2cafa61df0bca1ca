import {
  ElasticLoadBalancingV2Client,
  type LoadBalancerAttribute,
  ModifyLoadBalancerAttributesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { compliant, defineControl, nonCompliant } from '../../control.ts';
import { requirements } from '../../frameworks.ts';
import { loadBalancer } from '../../resources/elasticloadbalancing/load-balancer.ts';
import { step, stepBuilder, undoneBy } from '../../step.ts';

const DROP_INVALID = 'routing.http.drop_invalid_header_fields.enabled';
const DESYNC = 'routing.http.desync_mitigation_mode';
const PROTECTION = 'deletion_protection.enabled';
const [LOGS, BUCKET, PREFIX] = ['access_logs.s3.enabled', 'access_logs.s3.bucket', 'access_logs.s3.prefix'] as const;

type Attributes = Readonly<Record<string, string>>;

/** What an attribute is where nobody has set it. */
const DEFAULTS: Attributes = {
  [DROP_INVALID]: 'false',
  [DESYNC]: 'defensive',
  [PROTECTION]: 'false',
  [LOGS]: 'false',
  [BUCKET]: '',
  [PREFIX]: '',
};
const attributeOf = (attributes: Attributes, key: string): string => attributes[key] ?? DEFAULTS[key] ?? '';

/** What has to change, attribute by attribute. */
function hardening(type: string, attributes: Attributes): Attributes {
  const isOn = (key: string) => attributeOf(attributes, key) === 'true';
  const isApplication = type === 'application';
  return {
    ...(isApplication && !isOn(DROP_INVALID) && { [DROP_INVALID]: 'true' }),
    ...(isApplication && attributeOf(attributes, DESYNC) === 'monitor' && { [DESYNC]: 'defensive' }),
    ...(!isOn(PROTECTION) && { [PROTECTION]: 'true' }),
  };
}

const lacksLogs = (type: string, attributes: Attributes, bucket: string): boolean =>
  type === 'application' && bucket !== '' && attributeOf(attributes, LOGS) !== 'true';

const modify = stepBuilder(
  {
    'elasticloadbalancing:ModifyLoadBalancerAttributes':
      'arn:${AWS::Partition}:elasticloadbalancing:*:${AWS::AccountId}:loadbalancer/*',
  },
  (LoadBalancerArn: string, before: Attributes, change: Attributes) => {
    const elements = Object.keys(change);
    const listed = (valueFor: (key: string) => string): LoadBalancerAttribute[] =>
      elements.map((Key) => ({ Key, Value: valueFor(Key) }));
    const to = (Attributes: LoadBalancerAttribute[]) => ({ LoadBalancerArn, Attributes });
    const back = to(listed((key) => attributeOf(before, key)));
    return step(
      ElasticLoadBalancingV2Client,
      ModifyLoadBalancerAttributesCommand,
      to(listed((key) => change[key] ?? '')),
      {
        elements,
        undo: () => [step(ElasticLoadBalancingV2Client, ModifyLoadBalancerAttributesCommand, back, { elements })],
      },
    );
  },
);

export default defineControl({
  id: 'elbv2-load-balancer-hardened',
  title: 'Load balancers must drop invalid headers, mitigate desync and be protected from deletion',
  severity: 'MEDIUM',
  resource: loadBalancer,
  needs: ['loadBalancer', 'attributes'],
  securityControlIds: ['ELB.4', 'ELB.5', 'ELB.6', 'ELB.12'],
  relatedRequirements: [
    'AWS FSBP ELB.4',
    'AWS FSBP ELB.5',
    'AWS FSBP ELB.6',
    'AWS FSBP ELB.12',
    ...requirements(
      'PCI DSS v4.0',
      '5.3.4 10.2.1 10.2.1.1 10.2.1.2 10.2.1.3 10.2.1.4 10.2.1.5 10.2.1.6 10.2.1.7 10.2.2 10.3.1 10.6.3 A1.2.1',
    ),
    ...requirements(
      'NIST 800-53 r5',
      'AC-4(26) AU-2 AU-3 AU-6(3) AU-6(4) AU-6(6) AU-6(9) AU-8 AU-10 AU-12 AU-12(1) AU-12(2) AU-12(3) AU-12(4) AU-14 AU-14(3) CA-7 CA-7(4) CM-2 CM-2(2) CM-3 CM-5(1) CM-8(6) CP-1 CP-2 CP-2(5) IA-3(3) MA-4(1) PM-14 PM-31 SA-15 SC-5(2) SC-7(9) SC-22 SI-4(17) SI-7(8)',
    ),
    ...requirements('SOC 2', 'A1.2 CC7.2 CC7.3 PI1.2'),
  ],
  description:
    'Every load balancer must be protected from deletion; an Application Load Balancer must also drop header fields that are not valid, and handle desync in the mode defensive or strictest. Its access logs must be enabled where accessLogsBucket is set, to whatever bucket; without it logs are not evaluated, unlike ELB.5. Access logs are enabled in a call of their own, which is refused where the bucket policy does not allow the service to write.',
  rationale:
    'Where a load balancer and a server parse requests differently, request smuggling is possible; when a load balancer is deleted, the site and its address are lost.',
  guidance:
    'Set the attributes. Allow log delivery of the region in the bucket policy, and use SSE-S3. Disable deletion protection before you delete a load balancer intentionally.',
  impact: 'access',
  recommendedMode: 'remediate',
  permissions: modify.permissions,
  undoCalls: [
    undoneBy(
      ElasticLoadBalancingV2Client,
      ModifyLoadBalancerAttributesCommand,
      ({ resourceId: LoadBalancerArn }) => ({ LoadBalancerArn }),
      ['Attributes'],
    ),
  ],
  parameters: {
    accessLogsBucket: {
      description: 'The bucket to which Application Load Balancers deliver access logs; empty: logs are not evaluated.',
      type: 'string',
      default: '' as string,
    },
    accessLogsPrefix: {
      description: 'The prefix of the access logs in the bucket.',
      type: 'string',
      default: '' as string,
    },
  },
  evaluate({ loadBalancer: { type }, attributes }, { parameters: { accessLogsBucket } }) {
    const wrong = Object.keys(hardening(type, attributes));
    if (lacksLogs(type, attributes, accessLogsBucket)) wrong.push(LOGS);
    if (wrong.length === 0) return compliant('The load balancer is hardened.');
    const said = wrong.map((key) => `${key} is ${attributeOf(attributes, key)}`);
    return nonCompliant(`The load balancer is not hardened: ${said.join(', ')}.`, wrong);
  },
  plan({ ref, loadBalancer: { type }, attributes }, { parameters: { accessLogsBucket, accessLogsPrefix } }) {
    const change = hardening(type, attributes);
    const logs = {
      [LOGS]: 'true',
      [BUCKET]: accessLogsBucket,
      ...(accessLogsPrefix !== '' && { [PREFIX]: accessLogsPrefix }),
    };
    return [
      ...(Object.keys(change).length > 0 ? [modify(ref.resourceId, attributes, change)] : []),
      ...(lacksLogs(type, attributes, accessLogsBucket) ? [modify(ref.resourceId, attributes, logs)] : []),
    ];
  },
});
