import { expect, test } from '@jest/globals';
import { dynamoLedger } from '../../shared/ledger/dynamodb.ts';
import { NEW_RESOURCE } from '../../shared/ledger/ledger.ts';
import { memoryLedger } from '../../shared/ledger/memory.ts';
import { ledgerIn } from '../../shared/ledger/stored-ledger.ts';
import { ledgerAccount } from '../support/ledger-account.ts';
import { testLedger } from '../support/test-ledger.ts';

const { aws, store } = await ledgerAccount();

testLedger('in memory', async () => memoryLedger());
testLedger('in DynamoDB', async () => ledgerIn(store));

test('a table that does not exist throws, in every call', async () => {
  const lost = dynamoLedger(aws(), 'absent');
  const session = { key: 'k', version: 0, state: NEW_RESOURCE, shared: null, records: new Map() };
  const calls = [
    lost.load('k'),
    lost.loadShared(session),
    lost.update(session, (next) => ({ next, answer: undefined })),
    lost.adopt(session, 'r'),
    lost.remediation('r'),
    lost.markOnce('k'),
    Array.fromAsync(lost.active()),
  ];
  for (const call of await Promise.allSettled(calls))
    expect(call).toMatchObject({ status: 'rejected', reason: { name: 'ResourceNotFoundException' } });
});
