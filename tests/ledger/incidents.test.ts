import { expect, test } from '@jest/globals';
import { incidentBookIn, NO_INCIDENTS } from '../../shared/ledger/incidents.ts';
import { memoryStore } from '../../shared/ledger/memory.ts';

test('the incidents are one book, which runs at once write one after the other', async () => {
  const store = memoryStore();
  const incident = {
    check: 'trails',
    subject: null,
    message: '',
    remedy: '',
    since: 1,
    notifiedAt: null,
    endedAt: null,
  };
  const add = () =>
    incidentBookIn(store).update((before) => ({
      next: { ...before, known: [...before.known, incident] },
      answer: before,
    }));
  expect(await add()).toEqual(NO_INCIDENTS);
  await Promise.all(Array.from({ length: 5 }, add));
  expect((await add()).known).toHaveLength(6);
  // Where a deployment has them already: under another key they would all be reported again.
  expect((await store.query('INCIDENTS')).map(({ sk }) => sk)).toEqual(['INCIDENTS']);
});
