import { EC2Client, ModifySnapshotAttributeCommand } from '@aws-sdk/client-ec2';
import { unsharedWithEverybody } from '../../aws/public-sharing.ts';
import { compliant, defineControl, nonCompliant } from '../../control.ts';
import { requirements } from '../../frameworks.ts';
import type { ResourceRef } from '../../resource.ts';
import { snapshot } from '../../resources/ec2/snapshot.ts';

const everybody = ({ resourceId: SnapshotId }: ResourceRef) => ({
  SnapshotId,
  Attribute: 'createVolumePermission' as const,
  GroupNames: ['all'],
});

export default defineControl({
  id: 'ec2-ebs-snapshot-public-access-prohibited',
  title: 'EBS snapshots must not be public',
  severity: 'CRITICAL',
  resource: snapshot,
  needs: ['createVolumePermission'],
  securityControlIds: ['EC2.1'],
  relatedRequirements: [
    'AWS FSBP EC2.1',
    ...requirements(
      'NIST 800-53 r5',
      'AC-2(6) AC-3 AC-3(7) AC-4(21) AC-6 AC-17 AC-17(1) AC-17(4) AC-17(9) AC-17(10) MP-2 SC-7 SC-7(2) SC-7(3) SC-7(7) SC-7(9) SC-7(11) SC-7(12) SC-7(16) SC-7(20) SC-7(21) SC-7(24) SC-7(25) SC-7(26) SC-7(27) SC-7(28) SC-25',
    ),
    'SOC 2 CC6.6',
  ],
  description:
    'The createVolumePermission of a snapshot may not contain the group all. Accounts that it is shared with by id remain.',
  rationale: 'Anyone with an AWS account can copy a public snapshot and read the whole disk, deleted files included.',
  guidance:
    'Make the snapshot private, share it by id with the accounts that need it, and consider its contents disclosed: rotate its secrets.',
  impact: 'access',
  recommendedMode: 'remediate',
  overrides: 'ownership',
  ...unsharedWithEverybody(EC2Client, ModifySnapshotAttributeCommand, {
    permissions: { 'ec2:ModifySnapshotAttribute': 'arn:${AWS::Partition}:ec2:*::snapshot/*' },
    element: 'createVolumePermission all',
    remove: (ref) => ({ ...everybody(ref), OperationType: 'remove' as const }),
    add: (ref) => ({ ...everybody(ref), OperationType: 'add' as const }),
  }),
  evaluate: ({ createVolumePermission }) =>
    createVolumePermission.public
      ? nonCompliant('Anyone can create volumes from the snapshot.')
      : compliant('The snapshot is not public.'),
});
