import { describe, expect, test } from '@jest/globals';
import { uncheckedReason } from '../../shared/cli/exempted-resource.ts';
import { resourceKey } from '../../shared/ledger/ledger.ts';
import { memoryLedger } from '../../shared/ledger/memory.ts';
import { type Answers, answeringAws, awsError } from '../support/doctor-context.ts';
import { ADMIN_PORTS } from '../support/drift.ts';
import { testEngine } from '../support/engine.ts';
import { change, findingOf, REF } from '../support/ledger-fixtures.ts';
import { REGION, SAMPLE_ACCOUNT } from '../support/samples.ts';

process.env.AWS_REGION = REGION;
const GROUP = 'sg-0a1b2c3d4e5f60718';
const GROUP_ARN = `arn:aws:ec2:${REGION}:${SAMPLE_ACCOUNT}:security-group/${GROUP}`;
const TRAIL_ARN = `arn:aws:cloudtrail:${REGION}:${SAMPLE_ACCOUNT}:trail/main`;

/** An account with a group in the default region, another in us-east-1, a bucket, a trail and a user. */
const ACCOUNT: Answers = {
  DescribeRegions: () => ({
    Regions: [REGION, 'us-east-1'].map((RegionName) => ({ RegionName, OptInStatus: 'opt-in-not-required' })),
  }),
  DescribeSecurityGroups: (_, region) => ({
    SecurityGroups: [{ GroupId: region === REGION ? GROUP : 'sg-0c2d', OwnerId: SAMPLE_ACCOUNT, GroupName: 'g' }],
  }),
  DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [] }),
  ListBuckets: () => ({ Buckets: [{ Name: 'www.example.com', BucketRegion: REGION }] }),
  DescribeTrails: () => ({ trailList: [{ TrailARN: TRAIL_ARN, Name: 'main', HomeRegion: REGION }] }),
  ListUsers: () => ({ Users: [{ UserName: 'jo' }] }),
};
const runOn = (answers: Answers, ledger = memoryLedger()) => ({
  engine: { ...testEngine(answeringAws(answers)), ledger },
  home: null,
  table: null,
  source: { ledger: '', policy: '' },
  caller: async () => ({ accountId: SAMPLE_ACCOUNT, arn: 'jo' }),
});
const checked = (control: string, resource: string, answers = ACCOUNT, ledger = memoryLedger()) =>
  uncheckedReason(control, resource, runOn(answers, ledger));

test.each([
  ['an id', ADMIN_PORTS, GROUP],
  ['an id in another region than the default one', ADMIN_PORTS, 'sg-0c2d'],
  ['an ARN', ADMIN_PORTS, GROUP_ARN],
  ['an ARN of another region', ADMIN_PORTS, `arn:aws:ec2:us-east-1:${SAMPLE_ACCOUNT}:security-group/sg-0c2d`],
  ['an ARN whose region is open', ADMIN_PORTS, GROUP_ARN.replace(REGION, '*')],
  ['an ARN whose account is open', ADMIN_PORTS, GROUP_ARN.replace(SAMPLE_ACCOUNT, '*')],
  ['a pattern of an id', ADMIN_PORTS, 'sg-0a1b2c3d*'],
  ['a bucket', 's3-bucket-tls-required', 'arn:aws:s3:::www.*'],
  ['a trail, whose ARN is its id', 'cloudtrail-trail-logging-enabled', TRAIL_ARN],
  ['a user, who has no region', 'iam-access-key-rotated', `arn:aws:iam::${SAMPLE_ACCOUNT}:user/jo`],
  ['the account', 'ec2-ebs-encryption-by-default-enabled', SAMPLE_ACCOUNT],
  ['the account by its ARN', 's3-account-public-access-blocked', `arn:aws:iam::${SAMPLE_ACCOUNT}:root`],
  ['the account, which a detection is about', 'iam-root-user-unused', SAMPLE_ACCOUNT],
])('%s exists', async (_name, control, resource) => {
  expect(await checked(control, resource)).toBeNull();
});

const NONE = /^--resource \S+: \S+ is about AWS::\S+, and there is none of this id or ARN in /;
const OTHER_TYPE = /^--resource \S+: \S+ is about AWS::\S+, and this is no ARN of one$/;
const TOO_WIDE = /^--resource \S+: fits every resource: name one, or set the mode of \S+ in policy\.yml/;
const OTHER_ACCOUNT = new RegExp(`: is of account 999999999999, these credentials are of account ${SAMPLE_ACCOUNT}$`);

describe('refused is', () => {
  test.each([
    ['one that does not exist', ADMIN_PORTS, 'sg-1', NONE],
    ['a pattern that nothing fits', ADMIN_PORTS, 'sg-0b*', NONE],
    ['an ARN that does not exist', ADMIN_PORTS, GROUP_ARN.replace(GROUP, 'sg-1'), NONE],
    ['an ARN of another region', ADMIN_PORTS, GROUP_ARN.replace(REGION, 'us-east-1'), NONE],
    ['a user who does not exist', 'iam-access-key-rotated', 'jane', NONE],
    ['another account by its id', 'ec2-ebs-encryption-by-default-enabled', '999999999999', NONE],
    ['the ARN of another service', ADMIN_PORTS, 'arn:aws:s3:::www.example.com', OTHER_TYPE],
    ['the ARN of another type', ADMIN_PORTS, GROUP_ARN.replace('security-group', 'volume'), OTHER_TYPE],
    ['a trail that is none', 'cloudtrail-trail-logging-enabled', TRAIL_ARN.replace('trail/', 'channel/'), OTHER_TYPE],
    ['all', ADMIN_PORTS, '*', TOO_WIDE],
    ['all, written longer', ADMIN_PORTS, '**', TOO_WIDE],
    ['every ARN', ADMIN_PORTS, 'arn:*', TOO_WIDE],
    ['every ARN of the type', ADMIN_PORTS, GROUP_ARN.replace(GROUP, '*'), TOO_WIDE],
    ['every ARN of the type in another region', ADMIN_PORTS, `arn:aws:ec2:us-east-1:*:security-group/*`, TOO_WIDE],
    ['every bucket', 's3-bucket-tls-required', 'arn:aws:s3:::*', TOO_WIDE],
    ['every trail', 'cloudtrail-trail-logging-enabled', 'arn:aws:cloudtrail:*', TOO_WIDE],
    ['every group by the form of its id', ADMIN_PORTS, 'sg-*', TOO_WIDE],
    ['all of a detection', 'iam-root-user-unused', '*', TOO_WIDE],
    ['an ARN of another account', ADMIN_PORTS, GROUP_ARN.replace(SAMPLE_ACCOUNT, '999999999999'), OTHER_ACCOUNT],
    ['another account', 'iam-root-user-unused', 'arn:aws:iam::999999999999:root', OTHER_ACCOUNT],
  ])('%s', async (_name, control, resource, says) => {
    await expect(checked(control, resource)).rejects.toThrow(says);
    await expect(checked(control, resource)).rejects.toMatchObject({ name: 'UsageError' });
  });
});

test('a resource with an open finding exists, although it was deleted', async () => {
  const ledger = memoryLedger();
  const arn = `arn:aws:cloudtrail:${REGION}:${SAMPLE_ACCOUNT}:trail/deleted`;
  const ref = { ...REF, resourceType: 'AWS::CloudTrail::Trail', resourceId: arn };
  const id = 'cloudtrail-trail-logging-enabled';
  await change(ledger, resourceKey('cloudtrail', ref), { arn, findings: { [id]: findingOf(id) } });
  expect(await checked(id, arn, ACCOUNT, ledger)).toBeNull();
  // A finding of another control proves nothing.
  await expect(checked('cloudtrail-log-file-validation-enabled', arn, ACCOUNT, ledger)).rejects.toThrow(NONE);
});

test('what cannot be listed could not be checked, and is not refused', async () => {
  const denied = { ...ACCOUNT, DescribeSecurityGroups: () => awsError('UnauthorizedOperation', 'Not you.') };
  expect(await checked(ADMIN_PORTS, GROUP, denied)).toMatch(
    /^could not list AWS::EC2::SecurityGroup in eu-west-1: UnauthorizedOperation: Not you\.; could not list .* in us-east-1: /,
  );
  const noRegions = { ...ACCOUNT, DescribeRegions: () => awsError('UnauthorizedOperation', 'Not you.') };
  expect(await checked(ADMIN_PORTS, 'sg-0c2d', noRegions)).toMatch(/^could not list the enabled regions: /);
});
