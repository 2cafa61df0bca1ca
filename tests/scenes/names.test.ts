import { expect, test } from '@jest/globals';
import { uniqueNames } from '../../scenes/names.ts';

test('a name is given once, and another account begins anew', () => {
  const name = uniqueNames();
  expect(['web', 'web', 'db', 'web'].map(name)).toEqual(['web', 'web-2', 'db', 'web-3']);
  expect(uniqueNames()('web')).toBe('web');
});
