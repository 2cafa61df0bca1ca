import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { makeLocalWorld } from '../../scripts/sandbox/world.ts';
import { dynamoLedger } from '../../shared/ledger/dynamodb.ts';
import { memoryLedger } from '../../shared/ledger/memory.ts';
import { testAccount } from '../support/sandbox.ts';
import { findingOf, remediationOf, testLedger } from '../support/test-ledger.ts';

const { aws } = await testAccount();
const { table } = await makeLocalWorld(aws());

testLedger('in memory', async () => memoryLedger());
testLedger('in DynamoDB', async () => dynamoLedger(aws(), table));

describe('the table', () => {
  const ledger = dynamoLedger(aws(), table);

  test('remediations are listed by the time they were decided, from a moment on', async () => {
    const decidedAt = (decided: string) => ({ times: { ...remediationOf('').times, decided } });
    await ledger.saveRemediation(remediationOf('rem-b', decidedAt('2027-01-31T00:00:00.000Z')));
    await ledger.saveRemediation(remediationOf('rem-a', decidedAt('2027-01-30T00:00:00.000Z')));
    await ledger.saveRemediation(remediationOf('rem-c', decidedAt('2027-02-01T00:00:00.000Z')));
    const since = async (moment: string) => (await Array.fromAsync(ledger.remediations(moment))).map(({ id }) => id);
    expect(await since('2027-01-01')).toEqual(['rem-a', 'rem-b', 'rem-c']);
    expect(await since('2027-01-31')).toEqual(['rem-b', 'rem-c']);
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
      lost.saveRemediation(remediationOf('r')),
    ];
    for (const call of await Promise.allSettled(calls))
      expect(call).toMatchObject({ status: 'rejected', reason: { name: 'ResourceNotFoundException' } });
  });
});
