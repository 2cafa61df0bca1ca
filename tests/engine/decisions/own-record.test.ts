import { expect, test } from '@jest/globals';
import { assertOwnRecord } from '../../../shared/engine/decisions/own-record.ts';
import { REF, remediationOf } from '../../support/ledger-fixtures.ts';

const holding = (record: ReturnType<typeof remediationOf> | null) => ({ remediation: async () => record });

test('a record of the own account passes, and one that is not there is left to whoever decides', async () => {
  await expect(assertOwnRecord('rem-1', REF.accountId, holding(remediationOf('rem-1')))).resolves.toBeUndefined();
  await expect(assertOwnRecord('rem-1', REF.accountId, holding(null))).resolves.toBeUndefined();
});

test.each([
  ['by its key', { ...REF, accountId: '999988887777' }],
  ['by the ARN that is its id', { ...REF, resourceId: 'arn:aws:sns:eu-west-1:999988887777:orders' }],
])('a record of another account is refused, %s', async (_, ref) => {
  await expect(assertOwnRecord('rem-1', REF.accountId, holding(remediationOf('rem-1', { ref })))).rejects.toMatchObject(
    {
      name: 'NotDecidableError',
      message: `rem-1 is a record of account 999988887777, these credentials are of account ${REF.accountId}`,
    },
  );
});
