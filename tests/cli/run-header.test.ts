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
  ['nothing', 'read-only'],
  ['ledger', 'writes to the ledger only'],
  ['queues', 'writes to queues only'],
] as const)('says what a run of access %s works with, in one line', (access, most) => {
  expect(headerOf({ ...RUN, access })).toBe(
    `evenkeel: account 111122223333; all enabled regions; policy policy.yml; ledger in memory; ${most}\n`,
  );
});

test('leaves out what a subcommand has no use for', () => {
  expect(headerOf({ regions: 'region eu-west-1', access: 'nothing' })).toBe('evenkeel: region eu-west-1; read-only\n');
});

test('stays one line, whatever a profile or a file is called', () => {
  expect(headerOf({ ...RUN, account: 'profile a\nb\x1b[2J', access: 'detect' })).toMatch(
    /^evenkeel: profile a\\nb\\u\{001b\}\[2J; [^\n]+\n$/,
  );
});
