import { DescribeContinuousBackupsCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { orNull } from '../resource.ts';
import { type Check, type CheckResult, deploymentCheck, fail, ok, problemsOr, warn } from './diagnosis.ts';

/** What the command calls a ledger that it does not keep. */
export const IN_MEMORY = 'ledger in memory';
const REMEDY = "set EVENKEEL_TABLE to the stack's output LedgerTable; check the region and your permissions";

/** Whether the ledger can be read: where it cannot, nothing is remediated. */
export const ledger: Check = {
  name: 'ledger',
  remedy: REMEDY,
  async run({ engine, table, ledgerFile, deployment, home }) {
    if (!table && ledgerFile === undefined) return fail('EVENKEEL_TABLE is not set', REMEDY);
    if (!table) {
      if (ledgerFile === IN_MEMORY)
        return warn(
          `${IN_MEMORY}: no record, pause or exemption outlives a command`,
          'unset EVENKEEL_LEDGER, or name a file',
        );
      await engine.ledger.wasMarked('doctor');
      return ok(`${ledgerFile} is readable: it is the command's own`);
    }
    if (deployment !== null && !(await exists(engine.aws(home)(DynamoDBClient), table)))
      return fail(`${table} does not exist`, restoreFromBackup(table, home), table);
    await engine.ledger.wasMarked('doctor');
    return ok(`${table} is readable`);
  },
};

/** Whether the ledger's table can be restored and is protected from deletion. */
export const ledgerBackups = deploymentCheck({
  name: 'ledger backups',
  remedy: 'check your permissions: dynamodb:DescribeTable, dynamodb:DescribeContinuousBackups',
  async run({ home }, { engine, table }) {
    if (!table) return [];
    const client = engine.aws(home)(DynamoDBClient);
    const described = await orNull(
      client.send(new DescribeTableCommand({ TableName: table })),
      'ResourceNotFoundException',
    );
    if (described === null) return [];
    const { ContinuousBackupsDescription } = await client.send(
      new DescribeContinuousBackupsCommand({ TableName: table }),
    );
    const recovery = ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus;
    const problems: CheckResult[] = [];
    if (recovery !== 'ENABLED')
      problems.push(
        fail(
          `${table} has no point-in-time recovery: what is deleted or altered there cannot be restored`,
          `aws dynamodb update-continuous-backups --table-name ${table} --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true --region ${home}`,
          `${table} recovery`,
        ),
      );
    if (described.Table?.DeletionProtectionEnabled !== true)
      problems.push(
        fail(
          `${table} is not protected from deletion`,
          `aws dynamodb update-table --table-name ${table} --deletion-protection-enabled --region ${home}`,
          `${table} protection`,
        ),
      );
    return problemsOr(problems, 'point-in-time recovery and deletion protection are on');
  },
});

const exists = async (client: DynamoDBClient, TableName: string): Promise<boolean> =>
  (await orNull(client.send(new DescribeTableCommand({ TableName })), 'ResourceNotFoundException')) !== null;

const restoreFromBackup = (table: string, region: string) =>
  `nothing is remediated without it; restore it from the backup that AWS makes on deletion: aws dynamodb list-backups --backup-type SYSTEM --table-name ${table} --region ${region}, then: aws dynamodb restore-table-from-backup --target-table-name ${table} --region ${region} --backup-arn ARN`;
