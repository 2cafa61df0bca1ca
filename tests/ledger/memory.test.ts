import { expect, test } from '@jest/globals';
import { memoryLedger, memoryStore } from '../../shared/ledger/memory.ts';
import { change } from '../support/ledger-fixtures.ts';
import { testLedger } from '../support/test-ledger.ts';
import { testStore } from '../support/test-store.ts';

testStore('in memory', async () => memoryStore());
testLedger('in memory', async () => memoryLedger());

test('two ledgers in memory are two', async () => {
  await change(memoryLedger(), 'k', { recheckAt: 1 });
  expect((await memoryLedger().load('k')).version).toBe(0);
});
