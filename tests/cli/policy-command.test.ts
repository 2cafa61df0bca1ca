import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { isWrite, wireTo } from '../support/aws-proxy.ts';
import { evenkeelAs, temporaryFolder, withoutHeader } from '../support/command.ts';
import { ADMIN_PORTS, openGroup } from '../support/drift.ts';
import { REGION } from '../support/samples.ts';
import { testAccount } from '../support/sandbox.ts';

const cwd = temporaryFolder();
const account = await testAccount();
const wire = await wireTo(account.endpoint);
const evenkeel = async (...args: string[]) =>
  withoutHeader(await evenkeelAs({ ...account.env, AWS_ENDPOINT_URL: wire.endpoint })(args, { cwd }));
const file = (name: string, text: string) => writeFileSync(join(cwd, name), text);
file('now.yml', 'defaults: { mode: detect }\n');
file('next.yml', `controls: { ${ADMIN_PORTS}: { mode: remediate } }\nlimits: { remediationsPerHour: 5 }\n`);
file('wrong.yml', `controls: { ${ADMIN_PORTS}: { mode: fix } }\nlimit: 5\n`);

test('a valid policy says what it sets; of an invalid one every error has its line', async () => {
  expect(await evenkeel('policy', 'validate', 'next.yml')).toEqual({
    status: 0,
    stdout: expect.stringMatching(
      /^policy next\.yml: valid\. 1 remediate, 0 approve, \d+ detect, 0 off; exemptions: 0\n$/,
    ),
    stderr: '',
  });
  const invalid = await evenkeel('policy', 'validate', 'wrong.yml');
  expect(invalid).toMatchObject({ status: 2, stdout: '' });
  expect(invalid.stderr.split('\n').filter(Boolean).sort()).toEqual([
    expect.stringMatching(/^evenkeel: wrong\.yml:1:\d+ controls\.\S+\.mode: "fix" is not allowed; /),
    expect.stringMatching(/^evenkeel: wrong\.yml:2:1 the file: "limit" is not known; /),
  ]);
  expect(await evenkeel('policy', 'validate', '--json', 'now.yml')).toMatchObject({ status: 0, stderr: '' });
});

test('what another policy would do: findings, calls, permissions; nothing is written', async () => {
  const group = await openGroup(account, 'open');
  wire.take();
  const { status, stdout, stderr } = await evenkeel('policy', 'diff', 'now.yml', 'next.yml', '--region', REGION);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout.split('\n').filter(Boolean)).toEqual([
    `${ADMIN_PORTS}  CRITICAL  detect → remediate`,
    '    1 finding now; it would call 1 × ec2:RevokeSecurityGroupIngress',
    expect.stringMatching(/^ {4}the functions' roles gain: .*ec2:RevokeSecurityGroupIngress/),
    'limits: not set → {"remediationsPerHour":5}',
  ]);
  expect(group).toMatch(/^sg-/);
  expect(wire.take().filter(isWrite)).toEqual([]);
});

test('offline nothing is asked of AWS; without a difference that is said', async () => {
  wire.take();
  const { stdout } = await evenkeel('policy', 'diff', 'next.yml', 'now.yml', '--offline', '--json');
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toMatchObject([
    { controlId: ADMIN_PORTS, from: 'remediate', to: 'detect', effect: null },
    { setting: 'limits', to: null },
  ]);
  expect(await evenkeel('policy', 'diff', 'now.yml', 'now.yml')).toMatchObject({
    status: 0,
    stdout: 'No differences.\n',
  });
  expect(wire.take()).toEqual([]);
});
