import {
  DisableEbsEncryptionByDefaultCommand,
  EC2Client,
  EnableEbsEncryptionByDefaultCommand,
} from '@aws-sdk/client-ec2';
import { compliant, defineControl, nonCompliant } from '../../control.ts';
import { requirements } from '../../frameworks.ts';
import { ec2Account } from '../../resources/ec2/account.ts';
import { step, undoneBy } from '../../step.ts';

const permissions = { 'ec2:EnableEbsEncryptionByDefault': '*' };
const elements = ['EbsEncryptionByDefault'];

export default defineControl({
  id: 'ec2-ebs-encryption-by-default-enabled',
  title: 'EBS default encryption must be on in every region',
  severity: 'MEDIUM',
  resource: ec2Account,
  needs: ['ebsEncryptionByDefault'],
  securityControlIds: ['EC2.7'],
  relatedRequirements: [
    'AWS FSBP EC2.7',
    'CIS AWS v3.0 2.2.1',
    'CIS AWS v5.0 5.1.1',
    ...requirements('NIST 800-53 r5', 'AU-9(3) CM-6 CM-9 CP-9 SC-8(3) SC-8(4) SC-13 SC-28(1) SI-19(4)'),
  ],
  description: 'EbsEncryptionByDefault must be on, so that every new volume and snapshot copy is encrypted.',
  rationale: 'With it encryption cannot be forgotten; without it one missing flag leaves data unencrypted.',
  guidance:
    'Turn it on under EC2 > Settings > Data protection. Existing volumes do not change. Snapshots encrypted with the AWS managed key cannot be shared with other accounts: use a customer managed key if you share them.',
  impact: 'none',
  recommendedMode: 'remediate',
  permissions,
  undoCalls: [
    undoneBy(EC2Client, DisableEbsEncryptionByDefaultCommand, () => ({}), [], {
      permissions: { 'ec2:DisableEbsEncryptionByDefault': '*' },
    }),
  ],
  parameters: {},
  evaluate: ({ ref, ebsEncryptionByDefault: { enabled } }) =>
    enabled
      ? compliant(`New EBS volumes in ${ref.region} are encrypted by default.`)
      : nonCompliant(`New EBS volumes in ${ref.region} are not encrypted by default.`),
  plan: () => [
    step(
      EC2Client,
      EnableEbsEncryptionByDefaultCommand,
      {},
      { permissions, elements, undo: () => [step(EC2Client, DisableEbsEncryptionByDefaultCommand, {}, { elements })] },
    ),
  ],
});
