import { expect, test } from '@jest/globals';
import { deniedListingsIn, lookedUpType, lookUpKey } from '../../shared/ledger/denied-listings.ts';
import { memoryStore } from '../../shared/ledger/memory.ts';
import type { Store } from '../../shared/ledger/store.ts';

const SCOPE = { accountId: '111122223333', region: 'eu-west-1', service: 'sqs' };
const QUEUE = { refusal: { by: 'a policy', remedy: 'change it' }, since: 1, lastSeen: 2, isLasting: true };

/** A store that counts its commits. */
function scene() {
  const store = memoryStore();
  let commits = 0;
  const counting: Store = {
    ...store,
    commit: async (...given) => {
      commits += 1;
      await store.commit(...given);
    },
  };
  return { listings: deniedListingsIn(counting), commits: () => commits };
}

test('each service of a region has its own, and all are listed', async () => {
  const { listings } = scene();
  expect(await listings.of(SCOPE)).toEqual({});
  await listings.update({ ...SCOPE, run: 'a' } as typeof SCOPE, () => ({ 'AWS::SQS::Queue': QUEUE }));
  for (const other of [{ service: 'sns' }, { region: 'eu-west-2' }, { accountId: '444455556666' }])
    expect(await listings.of({ ...SCOPE, ...other })).toEqual({});
  expect(await listings.of(SCOPE)).toEqual({ 'AWS::SQS::Queue': QUEUE });
  expect(await listings.all()).toEqual([{ scope: SCOPE, types: { 'AWS::SQS::Queue': QUEUE } }]);
});

test('what does not change is not written, and what is over is listed no more', async () => {
  const { listings, commits } = scene();
  await listings.update(SCOPE, (known) => known);
  expect(commits()).toBe(0);
  await listings.update(SCOPE, () => ({ 'AWS::SQS::Queue': QUEUE }));
  await listings.update(SCOPE, (known) => ({ ...known }));
  expect(commits()).toBe(1);
  await listings.update(SCOPE, () => ({}));
  expect(await listings.all()).toEqual([]);
});

test('a look-up stands beside the listing of its type', () => {
  expect(lookUpKey('AWS::SQS::Queue')).toBe('AWS::SQS::Queue look-up');
  expect(lookedUpType(lookUpKey('AWS::SQS::Queue'))).toBe('AWS::SQS::Queue');
  expect(lookedUpType('AWS::SQS::Queue')).toBeNull();
});
