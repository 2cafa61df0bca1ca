import { expect, test } from '@jest/globals';
import { evenkeelAs } from '../support/command.ts';
import { ADMIN_PORTS } from '../support/drift.ts';

const evenkeel = evenkeelAs({});
const completions = async (...typed: string[]) =>
  (await evenkeel(['complete', '--', ...typed])).stdout.split('\n').map((line) => line.split('\t')[0]);

test.each([
  [['policy', 'di'], 'diff'],
  [['in'], 'init'],
  [['init', '--framework', 'cis-v5'], 'cis-v5'],
  [['sweep', '--sev'], '--severity'],
  [['sweep', '--severity', 'C'], 'CRITICAL'],
  [['sweep', '--output', 'sa'], 'sarif'],
  [['findings', '--control', 'ec2-security-group-admin'], ADMIN_PORTS],
  [['controls', 'ec2-security-group-admin'], ADMIN_PORTS],
])('%j is completed to %s', async (typed, value) => {
  expect(await completions(...typed)).toContain(value);
});

test.each(['bash', 'zsh', 'fish'])('a script for %s; another shell is wrong usage', async (shell) => {
  expect(await evenkeel(['complete', shell])).toMatchObject({ status: 0, stdout: expect.stringContaining('evenkeel') });
  expect(await evenkeel(['complete', 'tcsh'])).toMatchObject({ status: 2, stdout: '' });
});
