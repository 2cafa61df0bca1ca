import { expect, test } from '@jest/globals';
import { fromTable } from '../../shared/ledger/absent-table.ts';
import { named } from '../support/fake-resource.ts';

test('an answer is passed on, and of its errors only that of a table that is not there is put otherwise', async () => {
  await expect(fromTable('t', Promise.resolve('items'))).resolves.toBe('items');
  const absent = named('ResourceNotFoundException', 'Requested resource not found');
  await expect(fromTable('t', Promise.reject(absent))).rejects.toThrow('there is no table t in this region');
  await expect(fromTable('t', Promise.reject(named('Throttled', 'slow')))).rejects.toThrow('slow');
  await expect(fromTable('t', Promise.reject('text'))).rejects.toBe('text');
});
