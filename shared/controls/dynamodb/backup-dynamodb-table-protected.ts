import { DynamoDBClient, TagResourceCommand, UntagResourceCommand } from '@aws-sdk/client-dynamodb';
import {
  evaluateProtection,
  type NewTag,
  PROTECTION_PARAMETERS,
  planProtection,
  protectionRelated,
} from '../../aws/backup/protection.ts';
import { defineControl, notApplicable } from '../../control.ts';
import type { ResourceRef } from '../../resource.ts';
import { table } from '../../resources/dynamodb/table.ts';
import { step, undoneBy } from '../../step.ts';

const TABLES = 'arn:${AWS::Partition}:dynamodb:*:${AWS::AccountId}:table/*';
const permissions = { 'dynamodb:TagResource': TABLES };

function setTag(ref: ResourceRef, { Key, Value, before }: NewTag) {
  const ResourceArn = table.arn(ref);
  const options = { permissions, elements: [`tag ${Key}`] };
  const put = (value: string) => ({ ResourceArn, Tags: [{ Key, Value: value }] });
  const undo = () => [
    before === null
      ? step(DynamoDBClient, UntagResourceCommand, { ResourceArn, TagKeys: [Key] }, options)
      : step(DynamoDBClient, TagResourceCommand, put(before), options),
  ];
  return step(DynamoDBClient, TagResourceCommand, put(Value), { ...options, undo });
}

export default defineControl({
  id: 'backup-dynamodb-table-protected',
  title: 'DynamoDB tables must be backed up by AWS Backup',
  severity: 'MEDIUM',
  resource: table,
  needs: ['creation', 'protection'],
  related: protectionRelated(table, 'DynamoDB'),
  securityControlIds: ['DynamoDB.4'],
  relatedRequirements: [],
  description:
    "The table must have been backed up by AWS Backup within the last maximumBackupAgeDays, beside DynamoDB's own point-in-time recovery (dynamodb-table-pitr-enabled). Tables that are not ACTIVE are not evaluated, as by DynamoDB.4. ListProtectedResources names only what has had a backup, so that one that a plan selects and that waits for its first backup is not distinguished from one that no plan selects: a new one has graceDays. The rule of AWS Config looks for a plan that covers it, whether or not it was backed up.",
  rationale:
    'A backup outside of the service outlives what is lost together with the resource: its own snapshots, when somebody deletes it or takes over the account that owns it.',
  guidance:
    'Have a backup plan select the table, by its ARN or by a tag, and opt in for DynamoDB in the settings of AWS Backup. With the parameters tagKey and tagValue Evenkeel sets that tag; the finding ends once the plan has run.',
  impact: 'disruptive',
  recommendedMode: 'detect',
  permissions,
  undoCalls: [
    undoneBy(DynamoDBClient, UntagResourceCommand, (ref) => ({ ResourceArn: table.arn(ref) }), ['TagKeys'], {
      permissions: { 'dynamodb:UntagResource': TABLES },
    }),
    undoneBy(DynamoDBClient, TagResourceCommand, (ref) => ({ ResourceArn: table.arn(ref) }), ['Tags']),
  ],
  parameters: PROTECTION_PARAMETERS,
  // The state shows nothing before the plan has run.
  settles: '6h',
  deadline: '3d',
  evaluate: ({ creation: { TableStatus, createdAt }, protection }, { parameters, now }) =>
    TableStatus === 'ACTIVE'
      ? evaluateProtection(protection, createdAt, parameters, now)
      : notApplicable(`The table is ${TableStatus}.`),
  plan: (state, { parameters }) => planProtection(state, parameters, (tag) => setTag(state.ref, tag)),
});
