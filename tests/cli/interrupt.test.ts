import { spawn } from 'node:child_process';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, expect, test } from '@jest/globals';
import { callName } from '../../scripts/sandbox/call-name.ts';
import { APPROVE, makeHands, REMEDIATE } from '../support/cli-fixture.ts';
import type { Finished } from '../support/command.ts';
import { ADMIN_PORTS, openGroup } from '../support/drift.ts';
import { REGION } from '../support/samples.ts';

const BLOCKED = 's3-bucket-public-access-blocked';
const BIN = join(import.meta.dirname, '../../bin/evenkeel');
const hands = await makeHands();
const { account } = hands;

/** The calls that get no answer, by how their names begin, and after how many of them that had one. */
const held = { call: '', after: 0 };
/** Called when a call is held. */
let onHeld: () => void = () => {};
const server = createServer(async (incoming, outgoing) => {
  const body = await buffer(incoming);
  if (held.call !== '' && callName(incoming, body.toString()).startsWith(held.call)) {
    held.after -= 1;
    if (held.after < 0) return onHeld();
  }
  const { method, url, headers } = incoming;
  const { hostname, port } = new URL(account.endpoint);
  request({ hostname, port, method, path: url, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(outgoing);
  }).end(body);
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
afterAll(() => {
  server.close();
  server.closeAllConnections();
});
const AWS_ENDPOINT_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

/** Runs a command until AWS does not answer this call, and then sends it the signal. */
async function interrupted(
  args: readonly string[],
  { call, after = 0, signal = 'SIGINT' }: { call: string; after?: number; signal?: NodeJS.Signals },
): Promise<Finished> {
  Object.assign(held, { call, after });
  const env = { PATH: process.env.PATH ?? '', HOME: tmpdir(), ...hands.env, AWS_ENDPOINT_URL };
  const child = spawn(process.execPath, [BIN, ...args], { cwd: tmpdir(), env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (chunk) => {
      said[name] += chunk;
    });
  // What had an answer before is printed by then.
  onHeld = () => setTimeout(() => child.kill(signal), 1_000);
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  held.call = '';
  return { status, ...said };
}

test('a sweep prints the summary of what it has evaluated', async () => {
  const CreateBucketConfiguration = { LocationConstraint: REGION } as const;
  const Bucket = `swept-${account.accountId}`;
  await account.aws()(S3Client).send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
  const args = ['sweep', '--no-policy', '--control', BLOCKED, '--control', ADMIN_PORTS, '--region', REGION];
  const { status, stdout, stderr } = await interrupted(args, { call: 'ec2:DescribeSecurityGroup' });
  expect(status).toBe(130);
  expect(stderr).toMatch(/\nevenkeel: interrupted\n$/);
  expect(stdout).toContain(Bucket);
  expect(stdout).toMatch(/\n\n1 \S*detected\S*\nInterrupted: this is not all\.\n$/);
});

test('with --json the summary stands beside the lines, and SIGTERM does the same', async () => {
  const args = ['sweep', '--json', '--control', ADMIN_PORTS, '--region', REGION];
  const { status, stdout, stderr } = await interrupted(args, {
    call: 'ec2:DescribeSecurityGroup',
    signal: 'SIGTERM',
  });
  expect({ status, stdout }).toEqual({ status: 143, stdout: '' });
  expect(stderr).toMatch(/\nevenkeel: interrupted\nThere was no result yet\.\n$/);
});

test('a redrive says how many messages went back, and that the rest stays', async () => {
  const sqs = account.aws()(SQSClient);
  const { QueueUrl: origin = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'origin' }));
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'failed' }));
  const StringValue = `arn:aws:sqs:${REGION}:${account.accountId}:${origin.split('/').at(-1)}`;
  for (const MessageBody of ['one', 'two', 'three'])
    await sqs.send(
      new SendMessageCommand({
        QueueUrl,
        MessageBody,
        MessageAttributes: { TARGET_ARN: { DataType: 'String', StringValue } },
      }),
    );
  const { status, stdout } = await interrupted(['redrive', QueueUrl], { call: 'sqs:SendMessage', after: 2 });
  expect(status).toBe(130);
  expect(stdout).toMatch(/\n2 redriven, 0 failed; the rest stays in the queue\nInterrupted: this is not all\.\n$/);
});

test('an approval and an undo say where it stands what they have done', async () => {
  const waiting = (await hands.opened(await openGroup(account, 'approved'), APPROVE)).remediationId ?? '';
  const policy = ['--policy', hands.policyFile(APPROVE)];
  const approved = await interrupted(['approve', waiting, ...policy], { call: 'ec2:RevokeSecurityGroupIngress' });
  expect(approved).toMatchObject({ status: 130, stdout: '' });
  expect(approved.stderr).toContain(
    `evenkeel: interrupted\nevenkeel: ${waiting} may have begun: what was done stands in`,
  );
  expect(await hands.ledger.remediation(waiting)).toMatchObject({ status: 'applying' });

  const made = (await hands.opened(await openGroup(account, 'undone'), REMEDIATE)).remediationId ?? '';
  const undone = await interrupted(['undo', made], { call: 'ec2:AuthorizeSecurityGroupIngress' });
  expect(undone).toMatchObject({ status: 130, stdout: '' });
  expect(undone.stderr).toContain(
    `the undo of ${made} may have begun: what was done stands in its record; the same command`,
  );
});

test('a command that only reads says no more than that it was interrupted', async () => {
  const { status, stdout, stderr } = await interrupted(['doctor'], { call: 'sts:GetCallerIdentity' });
  expect({ status, stdout }).toEqual({ status: 130, stdout: '' });
  expect(stderr).toMatch(/evenkeel: interrupted\n$/);
});
