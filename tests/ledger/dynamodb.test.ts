import { randomBytes } from 'node:crypto';
import { DynamoDBClient, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { makeLocalWorld } from '../../scripts/sandbox/world.ts';
import { dynamoLedger } from '../../shared/ledger/dynamodb.ts';
import { memoryLedger } from '../../shared/ledger/memory.ts';
import { testAccount } from '../support/sandbox.ts';
import { findingOf, remediationOf, testLedger } from '../support/test-ledger.ts';

const { aws } = await testAccount();
const { table } = await makeLocalWorld(aws());
const dynamodb = aws()(DynamoDBClient);

testLedger('in memory', async () => memoryLedger());
testLedger('in DynamoDB', async () => dynamoLedger(aws(), table));

describe('the table', () => {
  const ledger = dynamoLedger(aws(), table);

  test('a remediation is found by its resource and by its month, in the order of their ids', async () => {
    await ledger.saveRemediation('sg', remediationOf('rem-20260131-b'));
    await ledger.saveRemediation('sg', remediationOf('rem-20260131-a'));
    const february = { ...remediationOf('').times, decided: '2026-02-01T00:00:00.000Z' };
    await ledger.saveRemediation('sg', remediationOf('rem-20260201-c', { times: february }));
    const idsOf = async (IndexName: string, name: string, value: string) => {
      const { Items = [] } = await dynamodb.send(
        new QueryCommand({
          TableName: table,
          IndexName,
          KeyConditionExpression: '#name = :value',
          ExpressionAttributeNames: { '#name': name },
          ExpressionAttributeValues: { ':value': { S: value } },
        }),
      );
      return Items.map(({ id }) => id?.S).filter((id) => id?.startsWith('rem-2026'));
    };
    expect(await idsOf('byResource', 'resource', 'sg')).toEqual(['rem-20260131-a', 'rem-20260131-b', 'rem-20260201-c']);
    expect(await idsOf('byMonth', 'month', '2026-02')).toEqual(['rem-20260201-c']);
  });

  test('what a person reads in the console stands beside the document', async () => {
    await ledger.saveFinding('shown', findingOf('a'));
    const Key = { pk: { S: 'RESOURCE#shown' }, sk: { S: 'FINDING#a' } };
    const { Item } = await dynamodb.send(new GetItemCommand({ TableName: table, Key }));
    expect(Item).toMatchObject({ controlId: { S: 'a' }, status: { S: 'open' }, severity: { S: 'HIGH' } });
  });

  test('a document that no compression brings below 400 KB is refused, and what was there stays', async () => {
    await ledger.remember('noise', { small: true });
    await expect(ledger.remember('noise', { noise: randomBytes(600_000).toString('base64') })).rejects.toThrow(/size/);
    expect((await ledger.recall('noise')).lastKnown).toEqual({ small: true });
  });

  test('a table that does not exist throws, in every call', async () => {
    const lost = dynamoLedger(aws(), 'absent');
    const calls = [
      lost.recall('k'),
      lost.remediation('r'),
      lost.saveFinding('k', findingOf('a')),
      lost.remember('k', {}),
      lost.saveRemediation('k', remediationOf('r')),
    ];
    for (const call of await Promise.allSettled(calls))
      expect(call).toMatchObject({ status: 'rejected', reason: { name: 'ResourceNotFoundException' } });
  });
});
