import { mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { isWrite, wireTo } from '../support/aws-proxy.ts';
import { evenkeelAs, evenkeelProcessAs, linesOf, run, temporaryFolder } from '../support/command.ts';
import { ADMIN_PORTS, ingressOf, openedEvent, openGroup } from '../support/drift.ts';
import { REGION } from '../support/samples.ts';
import { testAccount } from '../support/sandbox.ts';

const BIN = join(import.meta.dirname, '../../bin/evenkeel');
const PYTHON = join(import.meta.dirname, '../../.sandbox/venv/bin/python');

const folder = temporaryFolder();
const account = await testAccount();
const wire = await wireTo(account.endpoint);
const env: Readonly<Record<string, string>> = { ...account.env, AWS_ENDPOINT_URL: wire.endpoint };
const evenkeel = evenkeelAs(env);
const evenkeelProcess = evenkeelProcessAs(env);
const groupId = await openGroup(account, 'open');
const event = openedEvent(account, groupId, 'e1');
const file = (name: string, content: string) => writeFileSync(join(folder, name), content);
file('event.json', JSON.stringify(event));
const {
  awsRegion: _region,
  recipientAccountId: _account,
  userIdentity: _identity,
  ...homeless
} = event.detail as Record<string, unknown>;
file('homeless.json', JSON.stringify(homeless));

/** The environment of somebody without credentials or region. */
const nobody = { AWS_ENDPOINT_URL: wire.endpoint, AWS_EC2_METADATA_DISABLED: 'true' };
const { AWS_REGION: _, ...regionless } = env;
const replayAs = (as: Readonly<Record<string, string>>, flags: readonly string[] = [], source = 'event.json') =>
  evenkeelAs(as)(['replay', source, '--json', '--control', ADMIN_PORTS, ...flags], { cwd: folder });

describe('wrong usage: status 2, nothing on stdout, and a line that says what is wrong and what is right', () => {
  file(
    'wrong.yml',
    `defaults: { mode: detct }\ncontrols:\n  s3-bucket-encrypted: { mode: "off" }\n  ${ADMIN_PORTS.slice(0, -1)}: { mode: remediate }\n`,
  );
  file('unclosed.yml', 'defaults: {\n');
  test.each([
    [['replay'], "error: missing required argument 'source'; npx evenkeel replay --help lists them"],
    [['rplay'], "error: unknown command 'rplay' (Did you mean replay?)"],
    [['replay', 'event.json', '--jsn'], "error: unknown option '--jsn' (Did you mean --json?)"],
    [
      ['replay', 'event.json', '--mode', 'fix'],
      "error: option '--mode <mode>' argument 'fix' is invalid. Allowed choices are detect, approve, remediate.",
    ],
    [
      ['replay', 'event.json', '--control', 'ec2-ports'],
      'evenkeel: --control ec2-ports: unknown control; npx evenkeel controls lists them',
    ],
    [
      ['replay', 'event.json', '--policy', 'absent.yml'],
      'evenkeel: absent.yml: cannot be read: there is no such file; check the name',
    ],
    [['sweep', '--policy', ''], 'evenkeel: --policy: is empty'],
    [['controls', '--policy', '.'], 'evenkeel: .: cannot be read: it is a folder; name a file in it'],
    [
      ['sweep', '--policy', 'wrong.yml'],
      `evenkeel: wrong.yml:1:19 defaults.mode: "detct" is not allowed; allowed: off, detect, approve, remediate, recommended\n` +
        `evenkeel: wrong.yml:4:3 controls: "${ADMIN_PORTS.slice(0, -1)}" is not known; did you mean ${ADMIN_PORTS}?`,
    ],
    [['controls', '--policy', 'unclosed.yml'], expect.stringMatching(/^evenkeel: unclosed\.yml:\d+:\d+ [^\n]+[^:\n]$/)],
  ])('%j', async (args, says) => {
    wire.take();
    const { stderr, ...rest } = await evenkeel(args, { cwd: folder });
    expect(rest).toEqual({ status: 2, stdout: '' });
    expect(stderr.trimEnd()).toEqual(says);
    expect(wire.take()).toEqual([]);
  });

  test('help is no mistake', async () => {
    expect(await evenkeelProcess(['replay', '--help'])).toMatchObject({ status: 0, stderr: '' });
    expect(await evenkeelProcess([])).toMatchObject({ status: 2, stdout: '' });
  });
});

describe('AWS does not answer, or does not know us', () => {
  test('an endpoint that nobody listens at', async () => {
    const finished = await replayAs({ ...env, AWS_ENDPOINT_URL: 'http://127.0.0.1:9' });
    expect(finished.status).toBe(1);
    expect(linesOf(finished)).toMatchObject([
      { eventId: 'e1', outcome: 'failed', before: null, error: expect.stringContaining('127.0.0.1:9') },
    ]);
  });

  test('no credentials', async () => {
    const finished = await replayAs({ ...nobody, AWS_REGION: REGION });
    expect(finished.status).toBe(1);
    expect(linesOf(finished)).toMatchObject([
      { outcome: 'failed', before: null, error: expect.stringContaining('Could not load credentials') },
    ]);
    expect(finished.stderr).toMatch(/^evenkeel: default credentials; [^\n]*\n$/);
  });

  test('no region: only where one is needed', async () => {
    const missing = { status: 2, stdout: '', stderr: 'evenkeel: no region: give --region, or set AWS_REGION\n' };
    expect(await replayAs(regionless)).toMatchObject({ status: 0 });
    const homeless = await replayAs(regionless, [], 'homeless.json');
    expect(homeless.stderr).toContain("; the events' own regions; ");
    expect({ ...homeless, stderr: homeless.stderr.replace(/^[^\n]*\n/, '') }).toEqual(missing);
    expect(await replayAs({ ...regionless, EVENKEEL_TABLE: 'ledger' })).toEqual(missing);
    expect(await replayAs(regionless, ['--region', REGION], 'homeless.json')).toMatchObject({ status: 0 });
  });

  test('no region: one in which AWS does not say who calls fails its events, and no others', async () => {
    wire.alter([{ call: 'sts:GetCallerIdentity', region: 'us-west-2', status: 403, isWithheld: true }]);
    const of = (awsRegion: string) => ({ ...event, id: awsRegion, detail: { ...(event.detail as object), awsRegion } });
    file('regions.json', JSON.stringify(['us-west-2', 'us-west-1'].map(of)));
    const finished = await replayAs(regionless, [], 'regions.json');
    wire.alter([]);
    expect(linesOf(finished)).toMatchObject([
      {
        eventId: 'us-west-2',
        outcome: 'failed',
        error: expect.stringContaining('cannot tell which account this is: '),
      },
      { eventId: 'us-west-1', outcome: 'notApplicable' },
    ]);
  });

  test("a profile's own region and credentials hold", async () => {
    mkdirSync(join(folder, '.aws'));
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = account.env;
    const keys = `aws_access_key_id=${AWS_ACCESS_KEY_ID}\naws_secret_access_key=${AWS_SECRET_ACCESS_KEY}\naws_session_token=${AWS_SESSION_TOKEN}`;
    file('.aws/config', `[profile work]\nregion=${REGION}\n${keys}\n`);
    // In a process of its own: the SDK reads a file of settings once.
    const args = ['replay', 'homeless.json', '--json', '--control', ADMIN_PORTS, '--profile', 'work'];
    const finished = await evenkeelProcessAs(nobody)(args, { cwd: folder });
    expect(finished.stderr).toMatch(
      new RegExp(`^evenkeel: account ${account.accountId}; the events' own regions, by default ${REGION}; `),
    );
    expect(linesOf(finished)).toMatchObject([
      { outcome: 'detected', resourceId: groupId, accountId: account.accountId, region: REGION },
    ]);
  });

  test('a ledger table that does not exist: it fails, and nothing is written', async () => {
    wire.take();
    const before = await ingressOf(account, [groupId]);
    const flags = ['--mode', 'remediate', '--no-policy'];
    const finished = await replayAs({ ...env, EVENKEEL_TABLE: 'no-such-table' }, flags);
    expect(finished.status).toBe(1);
    expect(linesOf(finished)).toMatchObject([
      { outcome: 'failed', resourceId: groupId, error: expect.stringContaining('ResourceNotFoundException') },
    ]);
    expect(wire.take().filter(isWrite)).toEqual([]);
    expect(await ingressOf(account, [groupId])).toEqual(before);
  });
});

describe('what stands on stdout', () => {
  test('JSON Lines alone, also where there is something to tell', async () => {
    const told = await openGroup(account, 'told');
    file('told.json', JSON.stringify(openedEvent(account, told, 'e2')));
    const args = ['replay', 'told.json', '--json', '--control', ADMIN_PORTS, '--mode', 'remediate', '--no-policy'];
    const finished = await evenkeelProcess(args, { cwd: folder });
    expect(linesOf(finished)).toMatchObject([{ eventId: 'e2', outcome: 'remediated' }]);
    expect(finished.stderr).toContain('Remediated');
  });

  test('for people: what, where, why, what would be done; no colours without a terminal', async () => {
    const args = ['replay', 'event.json', '--control', ADMIN_PORTS];
    const { status, stdout, stderr } = await evenkeelProcess(args, { cwd: folder });
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringMatching(/^evenkeel: [^\n]+\n$/) });
    expect(stdout).toMatch(
      new RegExp(
        `^! detected +${ADMIN_PORTS} ${groupId} ${REGION}\n    Open to the world: [^\n]+\n    would ec2:RevokeSecurityGroupIngress [^\n]+\n\n1 detected\n$`,
      ),
    );
  });

  test('colours on a terminal, unless NO_COLOR is set', async () => {
    const terminal = 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))';
    const args = ['-c', terminal, process.execPath, BIN, 'replay', 'event.json', '--control', ADMIN_PORTS];
    const coloured = await run(PYTHON, args, { cwd: folder, env: { ...env, TERM: 'xterm' } });
    expect(coloured).toMatchObject({ status: 0, stdout: expect.stringContaining('\x1b[33mdetected') });
    const plain = await run(PYTHON, args, { cwd: folder, env: { ...env, TERM: 'xterm', NO_COLOR: '1' } });
    expect(plain.stdout).toContain('1 detected');
    expect(plain.stdout).not.toContain('\x1b[');
  });

  test('a CI server is no terminal', async () => {
    const args = ['replay', 'event.json', '--control', ADMIN_PORTS];
    const { stdout } = await run(process.execPath, [BIN, ...args], { cwd: folder, env: { ...env, CI: 'true' } });
    expect(stdout).toContain('1 detected');
    expect(stdout).not.toContain('\x1b[');
  });

  test('a reader that has seen enough is no failure; a full disk is', async () => {
    const many = Array.from({ length: 5000 }, () =>
      JSON.stringify({ ...homeless, eventName: 'Decrypt', awsRegion: REGION, recipientAccountId: '1' }),
    );
    file('many.jsonl', many.join('\n'));
    const command = `"${process.execPath}" "${BIN}" replay many.jsonl --json`;
    const piped = await run('bash', ['-c', `set -o pipefail; ${command} | head -n 1`], { cwd: folder, env });
    expect(piped).toMatchObject({
      status: 0,
      stderr: expect.stringMatching(/^evenkeel: account \d{12}; [^\n]+\n$/),
    });
    expect(linesOf(piped)).toHaveLength(1);
    try {
      openSync('/dev/full', 'w');
    } catch {
      return; // only Linux has a disk that is always full
    }
    const full = await run('bash', ['-c', `${command} > /dev/full`], { cwd: folder, env });
    expect(full.status).toBe(1);
    expect(full.stderr).toMatch(/^evenkeel: account[^\n]+\nevenkeel: standard output: [^\n]*ENOSPC[^\n]*\n$/);
  });
});
