import { DynamoDBClient, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { lacking, whereActive } from '../../aws/dynamodb/table-status.ts';
import { compliant, defineControl } from '../../control.ts';
import { table } from '../../resources/dynamodb/table.ts';
import { set, undoneBy } from '../../step.ts';

const permissions = { 'dynamodb:UpdateTable': 'arn:${AWS::Partition}:dynamodb:*:${AWS::AccountId}:table/*' };

export default defineControl({
  id: 'dynamodb-table-deletion-protection-enabled',
  title: 'DynamoDB tables must be protected from deletion',
  severity: 'MEDIUM',
  resource: table,
  needs: ['deletionProtection'],
  securityControlIds: ['DynamoDB.6'],
  relatedRequirements: [],
  description: 'DeletionProtectionEnabled must be true. The replicas of a global table have a setting each.',
  rationale:
    'Deletion protection prevents that one wrong call, script or deleted stack deletes the table: deleting it requires two steps.',
  guidance:
    'Enable deletion protection. Disable it before you delete the table intentionally; exempt short-lived tables, such as those of tests.',
  impact: 'none',
  recommendedMode: 'remediate',
  permissions,
  undoCalls: [
    undoneBy(DynamoDBClient, UpdateTableCommand, ({ resourceId: TableName }) => ({
      TableName,
      DeletionProtectionEnabled: false,
    })),
  ],
  parameters: {},
  // A new index keeps a large table UPDATING for hours, and DynamoDB accepts no other change meanwhile.
  deadline: '1d',
  evaluate: ({ deletionProtection: { TableStatus, DeletionProtectionEnabled } }) =>
    DeletionProtectionEnabled
      ? compliant('DeletionProtectionEnabled is true.')
      : lacking(TableStatus, 'DeletionProtectionEnabled is false.', 'DeletionProtectionEnabled'),
  plan: ({ ref: { resourceId: TableName }, deletionProtection }) =>
    whereActive(
      deletionProtection.TableStatus,
      set(
        DynamoDBClient,
        UpdateTableCommand,
        { TableName },
        deletionProtection,
        { DeletionProtectionEnabled: true },
        { permissions },
      ),
    ),
});
