import { EC2Client, ModifyInstanceMetadataOptionsCommand } from '@aws-sdk/client-ec2';
import { compliant, defineControl, nonCompliant, notApplicable } from '../../control.ts';
import { UnreadableError } from '../../resource.ts';
import { instance } from '../../resources/ec2/instance.ts';
import { set, undoneBy } from '../../step.ts';

const permissions = {
  'ec2:ModifyInstanceMetadataOptions': 'arn:${AWS::Partition}:ec2:*:${AWS::AccountId}:instance/*',
};

export default defineControl({
  id: 'ec2-instance-imdsv2-required',
  title: 'EC2 instances must require IMDSv2',
  severity: 'HIGH',
  resource: instance,
  needs: ['instance'],
  securityControlIds: ['EC2.8'],
  relatedRequirements: ['CIS AWS v3.0 5.6', 'CIS AWS v5.0 5.7'],
  description:
    'HttpTokens of the metadata options must be required where HttpEndpoint is enabled, for running and stopped instances. An instance without the endpoint is compliant.',
  rationale:
    "With IMDSv1 one forged request from inside the instance is enough to read the role's credentials; IMDSv2 asks for a session token first.",
  guidance:
    'Look for callers of IMDSv1 in the CloudWatch metric MetadataNoToken, update their SDKs, then require tokens; instances that run containers need a hop limit of 2.',
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
  parameters: {},
  evaluate({ instance: { state, metadataOptions } }) {
    if (state === 'terminated' || state === 'shutting-down') return notApplicable(`The instance is ${state}.`);
    if (metadataOptions.HttpEndpoint === 'disabled') return compliant('The metadata endpoint is disabled.');
    if (metadataOptions.HttpTokens === 'required') return compliant('IMDSv2 is required.');
    if (metadataOptions.HttpTokens === undefined)
      throw new UnreadableError('DescribeInstances says nothing of HttpTokens');
    return nonCompliant('IMDSv1 is allowed: HttpTokens is not required.');
  },
  plan({ ref, instance: { metadataOptions } }) {
    // The other options are sent as they are, so that neither the step nor its undo depends on what is left out.
    const target = { InstanceId: ref.resourceId, ...metadataOptions };
    const change = { HttpTokens: 'required' } as const;
    return [set(EC2Client, ModifyInstanceMetadataOptionsCommand, target, metadataOptions, change, { permissions })];
  },
});
