import {
  CloudTrailClient,
  CreateTrailCommand,
  DeleteTrailCommand,
  GetTrailStatusCommand,
  StartLoggingCommand,
} from '@aws-sdk/client-cloudtrail';
import { CreateSecurityGroupCommand, EC2Client } from '@aws-sdk/client-ec2';
import { CreateBucketCommand, GetBucketPolicyCommand, GetPublicAccessBlockCommand, S3Client } from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { makeLocalWorld } from '../../scripts/sandbox/local-deployment.ts';
import { isWrite } from '../support/aws-proxy.ts';
import { evenkeelAs, type Finished, linesOf, temporaryFolder } from '../support/command.ts';
import { ADMIN_PORTS, ingressOf } from '../support/drift.ts';
import { REGION } from '../support/samples.ts';
import { AFAR, accountOfTwoRegions } from '../support/two-regions.ts';

const BLOCKED = 's3-bucket-public-access-blocked';
const cwd = temporaryFolder();
const { account, wire, env, Bucket, afar, groups, groupAfar } = await accountOfTwoRegions();
const evenkeel = evenkeelAs(env);
const { table } = await makeLocalWorld(account.aws());
/** The command beside a deployment: with its ledger. */
const deployed = evenkeelAs({ ...env, EVENKEEL_TABLE: table });
const s3 = account.aws()(S3Client);

const HEADER = `evenkeel: account ${account.accountId}; all enabled regions; --no-policy: recommended modes; ledger in memory; mode detect (read-only)\n`;

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
      expect.arrayContaining([
        ...[Bucket, afar].map((name) => `${BLOCKED} ${name}`),
        ...[...groups, groupAfar].map((id) => `${ADMIN_PORTS} ${id}`),
      ]),
    );
    expect(new Set(lines.map(({ controlId }) => controlId))).toEqual(new Set([ADMIN_PORTS, BLOCKED]));
    for (const line of lines) expect(line).toMatchObject({ eventId: null, accountId: account.accountId, error: null });
    const regionOf = (id: string) => lines.find(({ resourceId }) => resourceId === id)?.region;
    expect([Bucket, ...groups].map(regionOf)).toEqual([REGION, REGION, REGION]);
    expect([afar, groupAfar].map(regionOf)).toEqual([AFAR, AFAR]);
    // Each region has a default group.
    expect(new Set(lines.map(({ region }) => region)).size).toBeGreaterThan(10);
  });

  test('a dry run writes nothing and tells of drift', () => {
    expect(runs.detect).toMatchObject({ status: 3, writes: [], stderr: HEADER });
    expect(linesOf(runs.detect).filter(({ outcome }) => outcome === 'detected')).toHaveLength(5);
  });

  test('remediate puts right what drifted, and a second run does nothing', async () => {
    expect(runs.first.status).toBe(0);
    expect(runs.first.writes).toHaveLength(5);
    expect(await ingressOf(account, groups)).toEqual(groups.map((id) => `${id} tcp 443 10.0.0.0/8`).sort());
    expect(await blocked()).toBe(true);
    await expect(s3.send(new GetBucketPolicyCommand({ Bucket }))).rejects.toThrow('policy');
    expect(runs.second).toMatchObject({ status: 0, writes: [] });
    expect(linesOf(runs.second).every(({ outcome }) => outcome === 'compliant')).toBe(true);
  });
});

test('a type that cannot be listed fails, and the others go on', async () => {
  const refused = { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9' };
  const finished = await evenkeel(
    ['sweep', '--json', '--control', BLOCKED, '--control', ADMIN_PORTS, '--region', REGION],
    { cwd, env: refused },
  );
  expect(finished.status).toBe(1);
  const [failed, ...rest] = linesOf(finished).toSorted((a, b) =>
    a.outcome === 'failed' ? -1 : b.outcome === 'failed' ? 1 : 0,
  );
  expect(failed).toMatchObject({
    controlId: null,
    resourceType: 'AWS::S3::Bucket',
    error: expect.stringContaining(`could not list AWS::S3::Bucket in ${REGION}: `),
  });
  expect(rest.length).toBeGreaterThanOrEqual(groups.length);
  expect(rest.every(({ controlId }) => controlId === ADMIN_PORTS)).toBe(true);
});

describe('a type that the organization does not let us list', () => {
  const words = 'You are not authorized, with an explicit deny in a service control policy';
  const body = `<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>${words}</Message></Error></Errors></Response>`;
  const swept = async (...flags: string[]) => {
    wire.alter([{ call: 'ec2:DescribeSecurityGroups', status: 403, change: () => body }]);
    const finished = await evenkeel(
      ['sweep', '--control', BLOCKED, '--control', ADMIN_PORTS, '--region', REGION, ...flags],
      { cwd },
    );
    wire.alter([]);
    return finished;
  };

  test('is blocked and not compliant, names who refuses, and the others go on', async () => {
    const finished = await swept('--json', '--exit-code');
    expect(finished.status).toBe(3);
    const lines = linesOf(finished);
    expect(lines.filter(({ outcome }) => outcome === 'blocked')).toEqual([
      expect.objectContaining({
        controlId: null,
        resourceType: 'AWS::EC2::SecurityGroup',
        resourceId: null,
        region: REGION,
        before: null,
        after: null,
        error: null,
        annotation:
          "AWS::EC2::SecurityGroup cannot be listed in eu-west-1, and is not swept there: refused by a service control policy of the organization. To change that: allow the call in the organization's policy, or exempt the resource.",
      }),
    ]);
    expect(new Set(lines.map(({ controlId }) => controlId))).toEqual(new Set([null, BLOCKED]));
  });

  test('is said to people too, and is no failure of the run', async () => {
    const { status, stdout } = await swept();
    expect(status).toBe(0);
    expect(stdout).toContain('AWS::EC2::SecurityGroup cannot be listed in eu-west-1');
    expect(stdout).toMatch(/\b1 blocked\b/);
  });
});

describe('what the ledger knows', () => {
  const LOGGING = 'cloudtrail-trail-logging-enabled';
  const trails = account.aws()(CloudTrailClient);
  const sweepTrails = async (mode: 'detect' | 'remediate') => {
    const flags = ['--no-policy', '--mode', mode, '--control', LOGGING, '--region', REGION, '--exit-code'];
    const finished = await deployed(['sweep', '--json', ...flags], { cwd });
    expect(finished.stderr).toMatch(
      new RegExp(
        `^evenkeel: account ${account.accountId}; region ${REGION}; [^\\n]+; ledger ${table}; [^\\n]*mode ${mode}`,
      ),
    );
    return { status: finished.status, outcomes: linesOf(finished).map(({ outcome }) => outcome), finished };
  };

  test('a trail that was deleted is found by what was remembered of it, and recreated', async () => {
    const CreateBucketConfiguration = { LocationConstraint: REGION } as const;
    await s3.send(new CreateBucketCommand({ Bucket: `${Bucket}-trails`, CreateBucketConfiguration }));
    const { TrailARN } = await trails.send(new CreateTrailCommand({ Name: 'audit', S3BucketName: `${Bucket}-trails` }));
    await trails.send(new StartLoggingCommand({ Name: 'audit' }));
    expect(await sweepTrails('remediate')).toMatchObject({ status: 0, outcomes: ['compliant'] });
    await trails.send(new DeleteTrailCommand({ Name: 'audit' }));
    const { finished, ...seen } = await sweepTrails('detect');
    expect(seen).toEqual({ status: 3, outcomes: ['detected'] });
    const [line] = linesOf(finished);
    expect(line).toMatchObject({ resourceId: TrailARN, region: REGION, before: 'NON_COMPLIANT' });
    expect(line?.steps.map(({ operation }) => operation)).toEqual(['CreateTrail', 'StartLogging']);
    expect(await sweepTrails('remediate')).toMatchObject({ status: 0, outcomes: ['remediated'] });
    expect(await trails.send(new GetTrailStatusCommand({ Name: 'audit' }))).toMatchObject({ IsLogging: true });
    expect(await sweepTrails('remediate')).toMatchObject({ status: 0, outcomes: ['compliant'] });
  });

  test('ten groups more cost not one call more, of EC2 or of the ledger', async () => {
    const sweepGroups = async () => {
      wire.take();
      const flags = ['--no-policy', '--mode', 'remediate', '--control', ADMIN_PORTS, '--region', 'eu-west-3'];
      const lines = linesOf(await deployed(['sweep', '--json', ...flags], { cwd }));
      return { resources: lines.length, calls: wire.take().toSorted() };
    };
    const before = await sweepGroups();
    const there = { ...account, aws: (region = 'eu-west-3') => account.aws(region) };
    const ec2 = there.aws()(EC2Client);
    for (let index = 0; index < 10; index += 1)
      await ec2.send(new CreateSecurityGroupCommand({ GroupName: `more-${index}`, Description: 'more' }));
    expect(await sweepGroups()).toEqual({ resources: before.resources + 10, calls: before.calls });
  });
});
