import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { DICTIONARY_1 } from '../../shared/ledger/dictionary.ts';

test('the dictionary is as it was when documents were compressed with it: another text needs another format', () => {
  expect(createHash('sha256').update(DICTIONARY_1).digest('hex')).toBe(
    '340a9f97042616844ce67b83aab6db9da7d4b46b92dec4faff99060b060379af',
  );
});
