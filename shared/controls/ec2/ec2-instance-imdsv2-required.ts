import { EC2Client, ModifyInstanceMetadataOptionsCommand } from '@aws-sdk/client-ec2';
import { byHand, compliant, defineControl, nonCompliant, notApplicable, settling } from '../../control.ts';
import { requirements } from '../../frameworks.ts';
import { UnreadableError } from '../../resource.ts';
import { instance } from '../../resources/ec2/instance.ts';
import { set, undoneBy } from '../../step.ts';
import { counted } from '../../text.ts';

const permissions = {
  'ec2:ModifyInstanceMetadataOptions': 'arn:${AWS::Partition}:ec2:*:${AWS::AccountId}:instance/*',
};

export default defineControl({
  id: 'ec2-instance-imdsv2-required',
  title: 'EC2 instances must require IMDSv2',
  severity: 'HIGH',
  resource: instance,
  needs: ['instance'],
  planNeeds: ['callsWithoutToken'],
  securityControlIds: ['EC2.8'],
  relatedRequirements: [
    'AWS FSBP EC2.8',
    'CIS AWS v3.0 5.6',
    'CIS AWS v5.0 5.7',
    'PCI DSS v4.0 8.2.8',
    ...requirements(
      'NIST 800-53 r5',
      'AC-2(6) AC-3 AC-3(3) AC-3(4) AC-3(7) AC-3(8) AC-3(12) AC-3(13) AC-3(15) AC-4(28) AC-6 AC-24 CM-5(1) MP-2 SC-23(3)',
    ),
    'SOC 2 CC7.2',
  ],
  description:
    'HttpTokens of the metadata options must be required where HttpEndpoint is enabled, for running and stopped instances. An instance without the endpoint is compliant. With a hop limit of 1 a container on the instance reaches the metadata service by IMDSv1 alone: there tokens are only required where the CloudWatch metric MetadataNoToken was 0 for a whole day, and else a person decides. The hop limit itself is left as it is, unless the parameter hopLimit raises it.',
  rationale:
    "With IMDSv1 one forged request from inside the instance is enough to read the role's credentials; IMDSv2 asks for a session token first.",
  guidance:
    'Look for callers of IMDSv1 in the CloudWatch metric MetadataNoToken, update their SDKs, then require tokens; instances that run containers need a hop limit of 2 (`aws ec2 modify-instance-metadata-options --http-tokens required --http-put-response-hop-limit 2`).',
  impact: 'access',
  recommendedMode: 'remediate',
  permissions,
  undoCalls: [
    undoneBy(EC2Client, ModifyInstanceMetadataOptionsCommand, ({ resourceId: InstanceId }) => ({ InstanceId }), [
      'HttpTokens',
      'HttpEndpoint',
      'HttpPutResponseHopLimit',
      'HttpProtocolIpv6',
      'InstanceMetadataTags',
    ]),
  ],
  parameters: {
    hopLimit: {
      description:
        'HttpPutResponseHopLimit is raised to this in the same call where it is lower: 2 lets containers have their tokens. 1 never changes it.',
      type: 'integer',
      minimum: 1,
      maximum: 64,
      default: 1,
    },
  },
  evaluate({ instance: { state, metadataOptions } }) {
    if (state === 'terminated' || state === 'shutting-down') return notApplicable(`The instance is ${state}.`);
    if (metadataOptions.HttpEndpoint === 'disabled') return compliant('The metadata endpoint is disabled.');
    if (metadataOptions.HttpTokens === 'required') return compliant('IMDSv2 is required.');
    if (metadataOptions.HttpTokens === undefined)
      throw new UnreadableError('DescribeInstances says nothing of HttpTokens');
    // EC2 takes a change of a running or a stopped instance only.
    if (state === 'pending')
      return settling('IMDSv1 is allowed: HttpTokens is not required, and the instance is pending.', '1m', IMDSV1);
    return nonCompliant(IMDSV1);
  },
  plan({ ref, instance: { metadataOptions }, callsWithoutToken }, { parameters }) {
    const { HttpPutResponseHopLimit: hops = 1 } = metadataOptions;
    const raised = parameters.hopLimit > hops;
    // At one hop the answer to a container's request for a token is lost on its way; IMDSv1 answers at any limit.
    if (hops === 1 && !raised && callsWithoutToken !== 0) return byHand(reasonOf(callsWithoutToken));
    // The other options are sent as they are, so that neither the step nor its undo depends on what is left out.
    const target = { InstanceId: ref.resourceId, ...metadataOptions };
    const change = {
      HttpTokens: 'required' as const,
      ...(raised ? { HttpPutResponseHopLimit: parameters.hopLimit } : {}),
    };
    return [set(EC2Client, ModifyInstanceMetadataOptionsCommand, target, metadataOptions, change, { permissions })];
  },
});

const IMDSV1 = 'IMDSv1 is allowed: HttpTokens is not required.';

/** Why requiring tokens at a hop limit of 1 is left to a person. */
function reasonOf(calls: number | null): string {
  const risk = 'at a hop limit of 1 a container would lose its metadata';
  if (calls === null) return `MetadataNoToken has no whole day of history, and ${risk}.`;
  return `MetadataNoToken counted ${counted(calls, 'call')} by IMDSv1 within a day, and ${risk}.`;
}
