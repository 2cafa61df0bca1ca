import { EFSClient, TagResourceCommand, UntagResourceCommand } from '@aws-sdk/client-efs';
import {
  evaluateProtection,
  type NewTag,
  PROTECTION_PARAMETERS,
  planProtection,
  protectionRelated,
} from '../../aws/backup/protection.ts';
import { defineControl, notApplicable } from '../../control.ts';
import type { ResourceRef } from '../../resource.ts';
import { fileSystem } from '../../resources/elasticfilesystem/file-system.ts';
import { step, undoneBy } from '../../step.ts';

const FILE_SYSTEMS = 'arn:${AWS::Partition}:elasticfilesystem:*:${AWS::AccountId}:file-system/*';
const permissions = { 'elasticfilesystem:TagResource': FILE_SYSTEMS };

function setTag({ resourceId: ResourceId }: ResourceRef, { Key, Value, before }: NewTag) {
  const options = { permissions, elements: [`tag ${Key}`] };
  const put = (value: string) => ({ ResourceId, Tags: [{ Key, Value: value }] });
  const undo = () => [
    before === null
      ? step(EFSClient, UntagResourceCommand, { ResourceId, TagKeys: [Key] }, options)
      : step(EFSClient, TagResourceCommand, put(before), options),
  ];
  return step(EFSClient, TagResourceCommand, put(Value), { ...options, undo });
}

export default defineControl({
  id: 'backup-efs-file-system-protected',
  title: 'EFS file systems must be backed up by AWS Backup',
  severity: 'MEDIUM',
  resource: fileSystem,
  needs: ['creation', 'protection'],
  related: protectionRelated(fileSystem, 'EFS'),
  securityControlIds: ['EFS.2'],
  relatedRequirements: ['AWS FSBP EFS.2'],
  description:
    'The file system must have been backed up by AWS Backup within the last maximumBackupAgeDays, by a plan of yours or by the automatic backups of EFS, which are a plan of AWS Backup too. File systems that are not available are not evaluated. ListProtectedResources names only what has had a backup, so that one that a plan selects and that waits for its first backup is not distinguished from one that no plan selects: a new one has graceDays. The rule of AWS Config looks for a plan that covers it, whether or not it was backed up.',
  rationale:
    'A backup outside of the service outlives what is lost together with the resource: its own snapshots, when somebody deletes it or takes over the account that owns it.',
  guidance:
    'Have a backup plan select the file system, by its ARN or by a tag, and opt in for EFS in the settings of AWS Backup. With the parameters tagKey and tagValue Evenkeel sets that tag; the finding ends once the plan has run. Or enable automatic backups in the settings of the file system.',
  impact: 'disruptive',
  recommendedMode: 'detect',
  permissions,
  undoCalls: [
    undoneBy(EFSClient, UntagResourceCommand, ({ resourceId: ResourceId }) => ({ ResourceId }), ['TagKeys'], {
      permissions: { 'elasticfilesystem:UntagResource': FILE_SYSTEMS },
    }),
    undoneBy(EFSClient, TagResourceCommand, ({ resourceId: ResourceId }) => ({ ResourceId }), ['Tags']),
  ],
  parameters: PROTECTION_PARAMETERS,
  // The state shows nothing before the plan has run.
  settles: '6h',
  deadline: '3d',
  evaluate: ({ creation: { LifeCycleState, createdAt }, protection }, { parameters, now }) =>
    LifeCycleState === 'available'
      ? evaluateProtection(protection, createdAt, parameters, now)
      : notApplicable(`The file system is ${LifeCycleState}.`),
  plan: (state, { parameters }) => planProtection(state, parameters, (tag) => setTag(state.ref, tag)),
});
