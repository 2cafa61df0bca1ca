import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateBucketCommand, GetBucketPolicyCommand, GetPublicAccessBlockCommand, S3Client } from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { controls } from '../../shared/controls/index.ts';
import { evenkeelAs, type Finished, linesOf, temporaryFolder } from '../support/command.ts';
import { ADMIN_PORTS, ingressOf, openGroup } from '../support/drift.ts';
import { REGION, testAccount } from '../support/sandbox.ts';
import { isWrite, wireTo } from '../support/wire.ts';

const BLOCKED = 's3-bucket-public-access-blocked';
const cwd = temporaryFolder();
const account = await testAccount();
const wire = await wireTo(account.endpoint);
const evenkeel = evenkeelAs({ ...account.env, AWS_ENDPOINT_URL: wire.endpoint });
const s3 = account.aws()(S3Client);
const Bucket = `evenkeel-${account.accountId}`;
const LocationConstraint = REGION;
await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint } }));
const groups = [await openGroup(account, 'one'), await openGroup(account, 'two')];

const sweep = (...flags: string[]) =>
  evenkeel(['sweep', '--json', '--control', ADMIN_PORTS, '--control', BLOCKED, ...flags], { cwd });
const blocked = async () =>
  (await s3.send(new GetPublicAccessBlockCommand({ Bucket }))).PublicAccessBlockConfiguration?.BlockPublicPolicy;

describe('every resource of the chosen controls', () => {
  const runs = {} as Record<'detect' | 'first' | 'second', Finished & { writes: readonly string[] }>;
  beforeAll(async () => {
    for (const [name, mode] of [
      ['detect', 'detect'],
      ['first', 'remediate'],
      ['second', 'remediate'],
    ] as const) {
      wire.take();
      const finished = await sweep('--no-policy', '--mode', mode, '--exit-code');
      runs[name] = { ...finished, writes: wire.take().filter(isWrite) };
    }
  });

  test.each(['detect', 'first', 'second'] as const)('%s: one line for each resource and control', (name) => {
    const lines = linesOf(runs[name]);
    const seen = lines.map(({ controlId, resourceId }) => `${controlId} ${resourceId}`);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(
      expect.arrayContaining([`${BLOCKED} ${Bucket}`, ...groups.map((id) => `${ADMIN_PORTS} ${id}`)]),
    );
    expect(new Set(lines.map(({ controlId }) => controlId))).toEqual(new Set([ADMIN_PORTS, BLOCKED]));
    for (const line of lines)
      expect(line).toMatchObject({ eventId: null, accountId: account.accountId, region: REGION, error: null });
  });

  test('a dry run writes nothing and tells of drift', () => {
    expect(runs.detect).toMatchObject({ status: 3, writes: [], stderr: '' });
    expect(linesOf(runs.detect).filter(({ outcome }) => outcome === 'detected')).toHaveLength(3);
  });

  test('remediate puts right what drifted, and a second run does nothing', async () => {
    expect(runs.first.status).toBe(0);
    expect(runs.first.writes).toHaveLength(3);
    expect(await ingressOf(account, groups)).toEqual(groups.map((id) => `${id} tcp 443 10.0.0.0/8`).sort());
    expect(await blocked()).toBe(true);
    await expect(s3.send(new GetBucketPolicyCommand({ Bucket }))).rejects.toThrow('policy');
    expect(runs.second).toMatchObject({ status: 0, writes: [] });
    expect(linesOf(runs.second).every(({ outcome }) => outcome === 'compliant')).toBe(true);
  });
});

test('a type that cannot be listed fails, and the others go on', async () => {
  const refused = { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9' };
  const finished = await evenkeel(['sweep', '--json', '--control', BLOCKED, '--control', ADMIN_PORTS], {
    cwd,
    env: refused,
  });
  expect(finished.status).toBe(1);
  const [failed, ...rest] = linesOf(finished).toSorted((a, b) =>
    a.outcome === 'failed' ? -1 : b.outcome === 'failed' ? 1 : 0,
  );
  expect(failed).toMatchObject({
    controlId: null,
    resourceType: 'AWS::S3::Bucket',
    error: expect.stringContaining('could not list AWS::S3::Bucket: '),
  });
  expect(rest.length).toBeGreaterThanOrEqual(groups.length);
  expect(rest.every(({ controlId }) => controlId === ADMIN_PORTS)).toBe(true);
});

describe('controls', () => {
  test('lists every control with the mode that holds and why', async () => {
    writeFileSync(
      join(cwd, 'policy.yml'),
      `defaults: { mode: detect }\ncontrols: { ${ADMIN_PORTS}: { mode: remediate, parameters: { ports: [22] } } }\n`,
    );
    wire.take();
    const finished = await evenkeel(['controls', '--json'], { cwd });
    const lines = linesOf(finished);
    expect(finished).toMatchObject({ status: 0, stderr: '' });
    expect(lines.map(({ controlId }) => controlId)).toEqual(controls.map(({ id }) => id));
    expect(lines.find(({ controlId }) => controlId === ADMIN_PORTS)).toMatchObject({
      mode: 'remediate',
      why: `policy.yml sets ${ADMIN_PORTS} to remediate`,
      recommendedMode: 'remediate',
      parameters: { ports: [22], widestIpv4: 8 },
    });
    expect(lines.find(({ controlId }) => controlId === BLOCKED)).toMatchObject({ mode: 'detect' });
    expect(wire.take()).toEqual([]);
  });
});
