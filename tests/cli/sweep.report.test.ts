import { CreateTagsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { PutBucketTaggingCommand, S3Client } from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { isWrite } from '../support/aws-proxy.ts';
import { evenkeelAs, linesOf, temporaryFolder } from '../support/command.ts';
import { ADMIN_PORTS, ingressOf } from '../support/drift.ts';
import { REGION } from '../support/samples.ts';
import { accountOfTwoRegions } from '../support/two-regions.ts';

const BLOCKED = 's3-bucket-public-access-blocked';
const cwd = temporaryFolder();
const { account, wire, env, Bucket, groups } = await accountOfTwoRegions();
const [first = '', second = ''] = groups;
const sweep = (...flags: string[]) => evenkeelAs(env)(['sweep', '--no-policy', '--region', REGION, ...flags], { cwd });
const of = ['--control', ADMIN_PORTS, '--control', BLOCKED];

beforeAll(async () => {
  const tags = [
    { Key: 'Name', Value: 'web front' },
    { Key: 'env', Value: 'prod' },
  ];
  await account
    .aws()(EC2Client)
    .send(new CreateTagsCommand({ Resources: [first], Tags: tags }));
  const Tagging = { TagSet: [{ Key: 'env', Value: 'test' }] };
  await account.aws()(S3Client).send(new PutBucketTaggingCommand({ Bucket, Tagging }));
});

describe('for people', () => {
  test('only what is wrong, with names, counts and the next command', async () => {
    const { status, stdout } = await sweep(...of);
    expect(status).toBe(0);
    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(new RegExp(`^CRITICAL  ${ADMIN_PORTS}  \\S.* \\(2\\)$`));
    expect(stdout).toMatch(
      new RegExp(`\n  ! detected  ${first}  web front  ${REGION}\n      Open to the world: [^\n]+\n      would ec2:`),
    );
    expect(stdout).toContain(`  ! detected  ${second}`);
    expect(stdout).not.toContain('compliant  sg-');
    expect(stdout).toMatch(/│ all +│ +2 │ +1 │ +3 │/);
    expect(stdout).toMatch(
      /\n\n3 detected, \d+ compliant\n\nNext: npx evenkeel sweep --control \S+ --control \S+ --region \S+ --no-policy --mode remediate\n$/,
    );
  });

  test('--all shows the rest, and the whole calls', async () => {
    const { stdout } = await sweep('--control', ADMIN_PORTS, '--all');
    expect(stdout).toMatch(/✓ compliant +sg-/);
    expect(stdout).toContain(`would ec2:RevokeSecurityGroupIngress {"GroupId":"${first}"`);
  });
});

describe('for other tools', () => {
  test.each([
    ['html', (text: string) => text.split('! detected').length - 1],
    ['json', (text: string) => text.split('\n').filter((line) => line.includes('"detected"')).length],
    ['csv', (text: string) => text.trimEnd().split('\n').length - 1],
    [
      'ocsf',
      (text: string) =>
        text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line)).length,
    ],
    ['sarif', (text: string) => JSON.parse(text).runs[0].results.length],
  ])('%s: every finding, and nothing else on stdout', async (output, count) => {
    const { status, stdout } = await sweep(...of, '--output', output, '--exit-code');
    expect([status, count(stdout)]).toEqual([3, 3]);
  });
});

describe('a part of the account', () => {
  const found = async (...flags: string[]) => {
    const lines = linesOf(await sweep('--json', ...flags));
    return [...new Set(lines.map(({ resourceId }) => resourceId))].sort();
  };

  test('by resource, tag, service and severity', async () => {
    expect(await found(...of, '--resource', first)).toEqual([first]);
    expect(await found(...of, '--resource', `arn:aws:s3:::${Bucket}`)).toEqual([Bucket]);
    expect(await found(...of, '--tag', 'env')).toEqual([Bucket, first].sort());
    expect(await found(...of, '--tag', 'env=pr*')).toEqual([first]);
    expect(await found(...of, '--service', 's3')).toEqual([Bucket]);
    expect(await found(...of, '--severity', 'critical', '--tag', 'env')).toEqual([first]);
  });

  test('nothing else is remediated', async () => {
    wire.take();
    const finished = await sweep(...of, '--json', '--tag', 'env=prod', '--mode', 'remediate');
    expect(linesOf(finished).map(({ resourceId, outcome }) => [resourceId, outcome])).toEqual([[first, 'remediated']]);
    expect(wire.take().filter(isWrite)).toEqual(['ec2:RevokeSecurityGroupIngress']);
    expect(await ingressOf(account, [second])).toContain(`${second} tcp 22 0.0.0.0/0`);
  });
});
