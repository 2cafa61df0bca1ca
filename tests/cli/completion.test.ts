import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ROOT } from '../../scripts/catalogue.ts';
import { evenkeelAs, run } from '../support/command.ts';
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
  [['replay', `${ROOT}ev`], `${ROOT}events/`],
  [['policy', 'validate', `${ROOT}pol`], `${ROOT}policy.yml`],
  [['sweep', '--policy', `${ROOT}pol`], `${ROOT}policy.yml`],
  [['report', '--file', `${ROOT}READ`], `${ROOT}README.md`],
])('%j is completed to %s', async (typed, value) => {
  expect(await completions(...typed)).toContain(value);
});

test('bash completes, also where the package bash-completion is not installed', async () => {
  const script = `source <(evenkeel complete bash)
    for COMP_LINE in 'evenkeel sw' 'evenkeel sweep --control ec2-security-group-admin' 'evenkeel sweep --mode '; do
      COMP_POINT=\${#COMP_LINE} COMPREPLY=()
      __evenkeel_complete 2>/dev/null
      echo "\${COMPREPLY[*]}"
    done`;
  const bin = join(import.meta.dirname, '../../bin');
  const PATH = `${bin}:${dirname(process.execPath)}:${process.env.PATH}`;
  const { stdout } = await run('bash', ['--norc', '--noprofile', '-c', script], { env: { PATH } });
  expect(stdout.split('\n').map((line) => line.trim())).toEqual([
    'sweep',
    ADMIN_PORTS,
    expect.stringMatching(/^(?=.*detect)(?=.*approve)(?=.*remediate)/),
    '',
  ]);
});

test.each(['bash', 'zsh', 'fish'])('a script for %s; another shell is wrong usage', async (shell) => {
  expect(await evenkeel(['complete', shell])).toMatchObject({ status: 0, stdout: expect.stringContaining('evenkeel') });
  expect(await evenkeel(['complete', 'tcsh'])).toMatchObject({ status: 2, stdout: '' });
  expect(await evenkeel(['complete'])).toMatchObject({
    status: 2,
    stderr: 'evenkeel: complete: allowed: bash, zsh, fish\n',
  });
});
