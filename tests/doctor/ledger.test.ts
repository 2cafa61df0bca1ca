import { describe, expect, test } from '@jest/globals';
import { ledger, ledgerBackups } from '../../shared/doctor/ledger.ts';
import { type Answers, awsError, contextWith, resultsOf } from '../support/doctor-context.ts';

const gone: Answers = { DescribeTable: () => awsError('ResourceNotFoundException') };

describe('the ledger', () => {
  test('that can be read is ok', async () => {
    const context = contextWith({ DescribeTable: () => ({ Table: {} }) });
    expect(await resultsOf(ledger, context)).toMatchObject([{ status: 'ok', message: 'ledger is readable' }]);
  });

  test('that no setting names is an error, with what to set', async () => {
    expect(await resultsOf(ledger, contextWith({}, { table: undefined }))).toMatchObject([
      { status: 'error', message: 'EVENKEEL_TABLE is not set', remedy: expect.stringContaining('LedgerTable') },
    ]);
  });

  test("of the command's own is read; one in memory is a warning", async () => {
    const own = (ledgerFile: string) => resultsOf(ledger, contextWith({}, { table: undefined, ledgerFile }));
    expect(await own('ledger /home/jo/1.sqlite')).toMatchObject([
      { status: 'ok', message: "ledger /home/jo/1.sqlite is readable: it is the command's own" },
    ]);
    expect(await own('ledger in memory')).toMatchObject([
      { status: 'warning', remedy: expect.stringContaining('EVENKEEL_LEDGER') },
    ]);
  });

  test('whose table is gone is restored from its last backup', async () => {
    expect(await resultsOf(ledger, contextWith(gone))).toMatchObject([
      {
        status: 'error',
        subject: 'ledger',
        message: 'ledger does not exist',
        remedy: expect.stringMatching(
          /list-backups .*--table-name ledger --region eu-west-1, then: aws dynamodb restore/,
        ),
      },
    ]);
  });
});

describe('its backups', () => {
  const found = (status: string, DeletionProtectionEnabled: boolean) =>
    resultsOf(
      ledgerBackups,
      contextWith({
        DescribeTable: () => ({ Table: { DeletionProtectionEnabled } }),
        DescribeContinuousBackups: () => ({
          ContinuousBackupsDescription: { PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: status } },
        }),
      }),
    );

  test('are ok with point-in-time recovery and deletion protection', async () => {
    expect(await found('ENABLED', true)).toMatchObject([{ status: 'ok' }]);
  });

  test('are an error without either, each with the command that enables it', async () => {
    expect(await found('DISABLED', true)).toMatchObject([
      { status: 'error', subject: 'ledger recovery', remedy: expect.stringContaining('update-continuous-backups') },
    ]);
    expect(await found('ENABLED', false)).toMatchObject([
      {
        status: 'error',
        subject: 'ledger protection',
        remedy: expect.stringContaining('--deletion-protection-enabled'),
      },
    ]);
    expect(await found('DISABLED', false)).toHaveLength(2);
  });

  test('of a table that is gone are left to the other check', async () => {
    expect(await resultsOf(ledgerBackups, contextWith(gone))).toEqual([]);
  });
});
