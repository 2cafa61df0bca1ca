import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import manifest from '../../package.json' with { type: 'json' };
import { evenkeelAs, temporaryFolder, withoutHeader } from '../support/command.ts';

const cwd = temporaryFolder();
const evenkeel = evenkeelAs({ AWS_REGION: 'eu-west-1', AWS_EC2_METADATA_DISABLED: 'true' });

const SUBCOMMANDS = [
  'init',
  'what-if',
  'replay',
  'redrive',
  'sweep',
  'findings',
  'controls',
  'doctor',
  'history',
  'verify',
  'report',
  'undo',
  'approve',
  'reject',
  'exempt',
  'pause',
  'resume',
];

describe('help and version', () => {
  test('every subcommand is listed, and has the common flags', async () => {
    const { status, stdout, stderr } = await evenkeel(['--help']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const name of SUBCOMMANDS) {
      expect(stdout).toMatch(new RegExp(`^ {2}${name} `, 'm'));
      const help = await evenkeel([name, '--help']);
      expect(help).toMatchObject({ status: 0, stderr: '' });
      for (const flag of ['--json', '--policy', '--no-policy', '--region', '--profile', '--stack', '--version'])
        expect([name, help.stdout]).toEqual([name, expect.stringContaining(`  ${flag}`)]);
    }
  });

  test.each(['validate', 'diff'])('policy %s has the common flags too', async (name) => {
    const { stdout } = await evenkeel(['policy', name, '--help']);
    for (const flag of ['--json', '--policy', '--no-policy', '--region', '--profile', '--stack', '--version'])
      expect(stdout).toContain(`  ${flag}`);
  });

  test.each([[['--version']], [['sweep', '--version']], [['undo', '--version']]])(
    '%j prints the version',
    async (args) => {
      expect(await evenkeel(args)).toEqual({ status: 0, stdout: `${manifest.version}\n`, stderr: '' });
    },
  );

  test('without a subcommand the help is on stderr, and it is wrong usage', async () => {
    expect(await evenkeel([])).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('Commands:') });
  });
});

describe('the exit status says whose fault it was', () => {
  test('wrong usage is 2, in one line', async () => {
    for (const args of [['swep'], ['sweep', '--mdoe', 'x'], ['undo'], ['exempt'], ['sweep', '--region', 'eu-wst-1']]) {
      const { status, stdout, stderr } = await evenkeel(args);
      expect([args, status, stdout]).toEqual([args, 2, '']);
      expect(stderr).toMatch(/^[^\n]+\n$/);
    }
  });

  test('a policy with several errors is 2, and each has a line', async () => {
    writeFileSync(join(cwd, 'wrong.yml'), 'defaults: { mode: x }\nnotify: { minimumSeverity: URGENT }\n');
    const { status, stderr } = await evenkeel(['sweep', '--policy', 'wrong.yml'], { cwd });
    expect(status).toBe(2);
    expect(stderr.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^evenkeel: wrong\.yml:1:19 defaults\.mode: /),
      expect.stringMatching(/^evenkeel: wrong\.yml:2:28 notify\.minimumSeverity: /),
    ]);
  });

  test('an error of another kind is 1, in one line that says what AWS or the SDK says', async () => {
    const { status, stdout, stderr } = withoutHeader(await evenkeel(['sweep']));
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toBe(
      'evenkeel: there are no AWS credentials: sign in (aws sso login), or choose a profile with --profile\n',
    );
  });
});
