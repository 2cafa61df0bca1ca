import { AddTagsToResourceCommand, RDSClient, RemoveTagsFromResourceCommand } from '@aws-sdk/client-rds';
import {
  evaluateProtection,
  type NewTag,
  PROTECTION_PARAMETERS,
  planProtection,
  protectionRelated,
} from '../../aws/backup/protection.ts';
import { defineControl, notApplicable } from '../../control.ts';
import type { ResourceRef } from '../../resource.ts';
import { dbInstance } from '../../resources/rds/instance.ts';
import { step, undoneBy } from '../../step.ts';

const INSTANCES = 'arn:${AWS::Partition}:rds:*:${AWS::AccountId}:db:*';
const permissions = { 'rds:AddTagsToResource': INSTANCES };

function setTag(ref: ResourceRef, { Key, Value, before }: NewTag) {
  const ResourceName = dbInstance.arn(ref);
  const options = { permissions, elements: [`tag ${Key}`] };
  const put = (value: string) => ({ ResourceName, Tags: [{ Key, Value: value }] });
  const undo = () => [
    before === null
      ? step(RDSClient, RemoveTagsFromResourceCommand, { ResourceName, TagKeys: [Key] }, options)
      : step(RDSClient, AddTagsToResourceCommand, put(before), options),
  ];
  return step(RDSClient, AddTagsToResourceCommand, put(Value), { ...options, undo });
}

export default defineControl({
  id: 'backup-resource-protected',
  title: 'DB instances must be backed up by AWS Backup',
  severity: 'MEDIUM',
  resource: dbInstance,
  needs: ['creation', 'protection'],
  related: protectionRelated(dbInstance, 'RDS'),
  securityControlIds: ['RDS.26'],
  relatedRequirements: [],
  description:
    "The DB instance must have been backed up by AWS Backup within the last maximumBackupAgeDays, beside RDS's own automated backups (rds-instance-backup-enabled). Members of a cluster and read replicas are not evaluated: the cluster or the source is backed up. Volumes, tables and file systems have controls of their own (backup-ebs-volume-protected, backup-dynamodb-table-protected, backup-efs-file-system-protected). ListProtectedResources names only what has had a backup, so that one that a plan selects and that waits for its first backup is not distinguished from one that no plan selects: a new one has graceDays. The rule of AWS Config looks for a plan that covers it, whether or not it was backed up.",
  rationale:
    'A backup outside of the service outlives what is lost together with the resource: its own snapshots, when somebody deletes it or takes over the account that owns it.',
  guidance:
    'Have a backup plan select the DB instance, by its ARN or by a tag, and opt in for RDS in the settings of AWS Backup. With the parameters tagKey and tagValue Evenkeel sets that tag; the finding ends once the plan has run.',
  impact: 'disruptive',
  recommendedMode: 'detect',
  permissions,
  undoCalls: [
    undoneBy(RDSClient, RemoveTagsFromResourceCommand, (ref) => ({ ResourceName: dbInstance.arn(ref) }), ['TagKeys'], {
      permissions: { 'rds:RemoveTagsFromResource': INSTANCES },
    }),
    undoneBy(RDSClient, AddTagsToResourceCommand, (ref) => ({ ResourceName: dbInstance.arn(ref) }), ['Tags']),
  ],
  parameters: PROTECTION_PARAMETERS,
  // The state shows nothing before the plan has run.
  settles: '6h',
  deadline: '3d',
  evaluate({ creation, protection }, { parameters, now }) {
    const { DBClusterIdentifier, replicaOf, createdAt } = creation;
    if (DBClusterIdentifier !== null)
      return notApplicable(`The cluster ${DBClusterIdentifier} is backed up, not its members.`);
    if (replicaOf !== null) return notApplicable(`A read replica of ${replicaOf}.`);
    return evaluateProtection(protection, createdAt, parameters, now);
  },
  plan: (state, { parameters }) => planProtection(state, parameters, (tag) => setTag(state.ref, tag)),
});
