import { expect, test } from '@jest/globals';
import { headerOf } from '../../shared/cli/run-header.ts';

const RUN = {
  account: 'account 111122223333',
  regions: 'all enabled regions',
  policy: 'policy policy.yml',
  ledger: 'ledger in memory',
} as const;

test.each([
  ['detect', 'mode detect (read-only)'],
  ['approve', 'mode approve at most'],
  ['remediate', 'mode remediate at most'],
] as const)('says what a run in mode %s works with, in one line', (mode, most) => {
  expect(headerOf({ ...RUN, mode })).toBe(
    `evenkeel: account 111122223333; all enabled regions; policy policy.yml; ledger in memory; ${most}\n`,
  );
});
