import { describe, expect, test } from '@jest/globals';
import { memoryLedger, memoryStore } from '../../shared/ledger/memory.ts';
import { announcementsIn } from '../../shared/ledger/outbox.ts';

const announcement = (text: string) => ({ severity: 'HIGH' as const, subject: 'The circuit breaker has opened', text });
const T = 1_000_000;

describe('announcements', () => {
  test('are queued, claimed by one run, published and cleared', async () => {
    const { announcements } = memoryLedger();
    await announcements.enqueue('a', announcement('one'));
    await announcements.enqueue('b', announcement('two'));
    const claims = await Promise.all([announcements.claim(T), announcements.claim(T)]);
    expect(claims.flat().sort((x, y) => (x.key < y.key ? -1 : 1))).toEqual([
      { key: 'a', announcement: announcement('one') },
      { key: 'b', announcement: announcement('two') },
    ]);
    await announcements.done('a');
    await announcements.done('b');
    await announcements.done('c');
    expect(await announcements.claim(T + 3_600_000)).toEqual([]);
  });

  test('that a run claimed and did not publish are published by another, a minute later', async () => {
    const { announcements } = memoryLedger();
    await announcements.enqueue('a', announcement('one'));
    expect(await announcements.claim(T)).toHaveLength(1);
    expect(await announcements.claim(T + 59_999)).toEqual([]);
    expect(await announcements.claim(T + 60_000, 10)).toHaveLength(1);
    expect(await announcements.claim(T + 60_009)).toEqual([]);
    expect(await announcements.claim(T + 60_010)).toHaveLength(1);
  });

  test('are not passed over in silence where the store does not answer', async () => {
    const store = memoryStore();
    const announcements = announcementsIn(store);
    await announcements.enqueue('a', announcement('one'));
    store.commit = () => Promise.reject(new Error('down'));
    await expect(announcements.claim(T)).rejects.toThrow('down');
  });

  test('of one key replace each other, and the later is not lost where the earlier was being published', async () => {
    const { announcements } = memoryLedger();
    await announcements.enqueue('a', announcement('one'));
    await announcements.claim(T);
    await announcements.enqueue('a', announcement('two'));
    await announcements.done('a');
    expect(await announcements.claim(T)).toEqual([{ key: 'a', announcement: announcement('two') }]);
    await announcements.done('a');
    await announcements.enqueue('a', announcement('three'));
    expect(await announcements.claim(T)).toEqual([{ key: 'a', announcement: announcement('three') }]);
  });

  test('that go with a decision stand with it, and only then', async () => {
    const ledger = memoryLedger();
    const announce = async (text: string, next: boolean) =>
      ledger.update(await ledger.load('k'), (state) => {
        if (!next) throw new Error('undecided');
        return { next: state, announcements: [{ key: 'a', announcement: announcement(text) }], answer: undefined };
      });
    await expect(announce('none', false)).rejects.toThrow('undecided');
    expect(await ledger.announcements.claim(T)).toEqual([]);
    for (const text of ['one', 'two', 'three']) {
      await announce(text, true);
      expect(await ledger.announcements.claim(T)).toEqual([{ key: 'a', announcement: announcement(text) }]);
      if (text === 'one') await ledger.announcements.done('a');
    }
  });
});
