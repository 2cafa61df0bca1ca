import { EC2Client, ModifySnapshotAttributeCommand } from '@aws-sdk/client-ec2';
import { compliant, defineControl, nonCompliant } from '../../control.ts';
import { snapshot } from '../../resources/ec2/snapshot.ts';
import { type Step, step, undoneBy } from '../../step.ts';

const permissions = { 'ec2:ModifySnapshotAttribute': 'arn:${AWS::Partition}:ec2:*::snapshot/*' };

const everybody = (SnapshotId: string, OperationType: 'add' | 'remove', undo?: () => readonly Step[]): Step =>
  step(
    EC2Client,
    ModifySnapshotAttributeCommand,
    { SnapshotId, Attribute: 'createVolumePermission', OperationType, GroupNames: ['all'] },
    { permissions, elements: ['createVolumePermission all'], ...(undo ? { undo } : {}) },
  );

export default defineControl({
  id: 'ec2-ebs-snapshot-public-access-prohibited',
  title: 'EBS snapshots must not be public',
  severity: 'CRITICAL',
  resource: snapshot,
  needs: ['createVolumePermission'],
  securityControlIds: ['EC2.1'],
  relatedRequirements: [],
  description:
    'The createVolumePermission of a snapshot may not contain the group all. Accounts that it is shared with by id remain.',
  rationale: 'Anyone with an AWS account can copy a public snapshot and read the whole disk, deleted files included.',
  guidance:
    'Make the snapshot private, share it by id with the accounts that need it, and consider its contents disclosed: rotate its secrets.',
  impact: 'access',
  recommendedMode: 'remediate',
  overrides: 'ownership',
  permissions,
  undoCalls: [
    undoneBy(EC2Client, ModifySnapshotAttributeCommand, ({ resourceId: SnapshotId }) => ({
      SnapshotId,
      Attribute: 'createVolumePermission' as const,
      OperationType: 'add' as const,
      GroupNames: ['all'],
    })),
  ],
  parameters: {},
  evaluate: ({ createVolumePermission }) =>
    createVolumePermission.public
      ? nonCompliant('Anyone can create volumes from the snapshot.')
      : compliant('The snapshot is not public.'),
  plan: ({ ref }) => [everybody(ref.resourceId, 'remove', () => [everybody(ref.resourceId, 'add')])],
});
