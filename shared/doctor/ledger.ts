import { DescribeContinuousBackupsCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { orNull } from '../resource.ts';
import { type Examination, ill, ofDeployment, troublesOr, type Verdict, well } from './diagnosis.ts';

/** Whether the ledger answers: where it does not, nothing is remediated. */
export const ledger: Examination = {
  what: 'ledger',
  mend: 'set EVENKEEL_TABLE to LedgerTable of the outputs of the stack; see the region and your permissions',
  async examine({ engine, table, deployment, home }) {
    if (!table) return ill('EVENKEEL_TABLE is not set', this.mend);
    if (deployment !== null && !(await exists(engine.aws(home)(DynamoDBClient), table)))
      return ill(`${table} is gone`, lost(table, home), table);
    await engine.ledger.wasMarked('doctor');
    return well(`${table} answers`);
  },
};

/** Whether what the ledger holds can be lost. */
export const evidence = ofDeployment({
  what: 'evidence',
  mend: 'see your permissions: dynamodb:DescribeTable, dynamodb:DescribeContinuousBackups',
  async examine({ home }, { engine, table }) {
    if (!table) return [];
    const client = engine.aws(home)(DynamoDBClient);
    const asked = await orNull(
      client.send(new DescribeTableCommand({ TableName: table })),
      'ResourceNotFoundException',
    );
    if (asked === null) return [];
    const { ContinuousBackupsDescription } = await client.send(
      new DescribeContinuousBackupsCommand({ TableName: table }),
    );
    const recovery = ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus;
    const troubles: Verdict[] = [];
    if (recovery !== 'ENABLED')
      troubles.push(
        ill(
          `${table} has no point-in-time recovery: what is deleted or altered there is lost`,
          `aws dynamodb update-continuous-backups --table-name ${table} --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true --region ${home}`,
          `${table} recovery`,
        ),
      );
    if (asked.Table?.DeletionProtectionEnabled !== true)
      troubles.push(
        ill(
          `${table} is not protected from deletion`,
          `aws dynamodb update-table --table-name ${table} --deletion-protection-enabled --region ${home}`,
          `${table} protection`,
        ),
      );
    return troublesOr(troubles, 'recovery to any second, protected from deletion');
  },
});

const exists = async (client: DynamoDBClient, TableName: string): Promise<boolean> =>
  (await orNull(client.send(new DescribeTableCommand({ TableName })), 'ResourceNotFoundException')) !== null;

const lost = (table: string, region: string) =>
  `nothing is remediated without it. Restore it from the backup that its deletion left: aws dynamodb list-backups --backup-type SYSTEM --table-name ${table} --region ${region}, then: aws dynamodb restore-table-from-backup --target-table-name ${table} --region ${region} --backup-arn ARN`;
