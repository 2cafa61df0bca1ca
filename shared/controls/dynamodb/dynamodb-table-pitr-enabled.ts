import { DynamoDBClient, UpdateContinuousBackupsCommand } from '@aws-sdk/client-dynamodb';
import { lacking, whereActive } from '../../aws/dynamodb/table-status.ts';
import { compliant, defineControl } from '../../control.ts';
import { requirements } from '../../frameworks.ts';
import { table } from '../../resources/dynamodb/table.ts';
import { step, undoneBy } from '../../step.ts';

const permissions = {
  'dynamodb:UpdateContinuousBackups': 'arn:${AWS::Partition}:dynamodb:*:${AWS::AccountId}:table/*',
};
const elements = ['PointInTimeRecovery'];

const put = (TableName: string, PointInTimeRecoveryEnabled: boolean) => ({
  TableName,
  PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled },
});

export default defineControl({
  id: 'dynamodb-table-pitr-enabled',
  title: 'DynamoDB tables must be restorable to any point in time',
  severity: 'MEDIUM',
  resource: table,
  needs: ['pointInTimeRecovery'],
  securityControlIds: ['DynamoDB.2'],
  relatedRequirements: [
    'AWS FSBP DynamoDB.2',
    ...requirements('PCI DSS v4.0', '3.2.1 3.3.1.1 3.3.1.3 3.3.2 3.3.3 10.3.3 10.5.1'),
    ...requirements('NIST 800-53 r5', 'CP-1(2) CP-2(5) CP-6(2) CP-9 CP-10 CP-10(2) SC-5(2) SI-13(5)'),
    ...requirements('SOC 2', 'A1.2 CC7.4'),
  ],
  description:
    'PointInTimeRecoveryStatus must be ENABLED. On a restored table it is disabled at first. It is charged by the size of the table; DynamoDB enables it without an interruption.',
  rationale:
    'With it a table can be restored to any second of the last 35 days; without, what a faulty program overwrites is lost.',
  guidance:
    'Enable point-in-time recovery. Disabling it again deletes its backups; exempt tables whose content can be recreated.',
  impact: 'none',
  recommendedMode: 'remediate',
  permissions,
  undoCalls: [undoneBy(DynamoDBClient, UpdateContinuousBackupsCommand, ({ resourceId }) => put(resourceId, false))],
  parameters: {},
  // A new index keeps a large table UPDATING for hours.
  deadline: '1d',
  evaluate: ({ pointInTimeRecovery: { TableStatus, PointInTimeRecoveryStatus } }) =>
    PointInTimeRecoveryStatus === 'ENABLED'
      ? compliant('Point-in-time recovery is on.')
      : lacking(TableStatus, 'Point-in-time recovery is off.', 'PointInTimeRecovery'),
  plan: ({ ref: { resourceId }, pointInTimeRecovery: { TableStatus } }) =>
    whereActive(
      TableStatus,
      step(DynamoDBClient, UpdateContinuousBackupsCommand, put(resourceId, true), {
        permissions,
        elements,
        undo: () => [step(DynamoDBClient, UpdateContinuousBackupsCommand, put(resourceId, false), { elements })],
      }),
    ),
});
