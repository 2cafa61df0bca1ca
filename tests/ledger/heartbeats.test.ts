import { expect, test } from '@jest/globals';
import { heartbeatsIn, NO_BEAT } from '../../shared/ledger/heartbeats.ts';
import { memoryStore } from '../../shared/ledger/memory.ts';

test('the heartbeat of each region is kept apart, and two runs at once lose nothing', async () => {
  const store = memoryStore();
  const heartbeats = heartbeatsIn(store);
  expect(await heartbeats.all()).toEqual(new Map());
  const later = (region: string) =>
    heartbeats.update(region, (before) => ({ next: { ...before, sent: (before.sent ?? 0) + 1 }, answer: before.sent }));
  expect(await later('us-east-1')).toBeNull();
  await Promise.all(Array.from({ length: 9 }, () => later('us-east-1')));
  await later('eu-west-1');
  expect(await heartbeatsIn(store).all()).toEqual(
    new Map([
      ['eu-west-1', { ...NO_BEAT, sent: 1 }],
      ['us-east-1', { ...NO_BEAT, sent: 10 }],
    ]),
  );
});
