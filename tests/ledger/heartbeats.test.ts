import { expect, test } from '@jest/globals';
import { heartbeatsIn, NO_BEAT } from '../../shared/ledger/heartbeats.ts';
import { memoryStore } from '../../shared/ledger/memory.ts';
import { NO_TROUBLES, troubleBookIn } from '../../shared/ledger/troubles.ts';

test('the heartbeat of each region is kept apart, and two runs at once lose nothing', async () => {
  const store = memoryStore();
  const heartbeats = heartbeatsIn(store);
  expect(await heartbeats.all()).toEqual(new Map());
  const later = (region: string) =>
    heartbeats.revise(region, (before) => ({ next: { ...before, sent: (before.sent ?? 0) + 1 }, answer: before.sent }));
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

test('the troubles are one book, which two runs at once write one after the other', async () => {
  const store = memoryStore();
  const trouble = { what: 'trails', about: null, says: '', mend: '', since: 1, toldAt: null, endedAt: null };
  const add = () =>
    troubleBookIn(store).revise((before) => ({
      next: { ...before, known: [...before.known, trouble] },
      answer: before,
    }));
  expect(await add()).toEqual(NO_TROUBLES);
  await Promise.all(Array.from({ length: 5 }, add));
  expect((await add()).known).toHaveLength(6);
});
