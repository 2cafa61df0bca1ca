import { CreateTagsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { AddTagsToResourceCommand, RDSClient } from '@aws-sdk/client-rds';
import { RedshiftClient, CreateTagsCommand as TagClusterCommand } from '@aws-sdk/client-redshift';
import { PutBucketTaggingCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, expect, test } from '@jest/globals';
import { loadScenes } from '../scenes/index.ts';
import { awsClients } from '../shared/aws/clients.ts';
import { controls } from '../shared/controls/index.ts';
import { receive } from '../shared/engine/intake/reconcile-change.ts';
import type { Result } from '../shared/result.ts';
import { wireTo } from './support/aws-proxy.ts';
import { testEngine } from './support/engine.ts';
import { testAccount } from './support/sandbox.ts';
import { sceneAccount } from './support/test-scene.ts';

const wire = await wireTo(process.env.EVENKEEL_TEST_ENDPOINT ?? '');
const account = await testAccount();
const owner = account.aws();
process.env.AWS_ENDPOINT_URL = wire.endpoint;
const aws = awsClients();
const scenes = await loadScenes();
const stage = sceneAccount(account);

/** Nobody but AWS sets a tag that begins with `aws:`: the wire makes this one such a tag. */
const STAND_IN = 'made-by-aws-backup';
const asBackups = (body: string) => body.replaceAll(STAND_IN, 'aws:backup:source-resource');
wire.alter([
  { call: 'ec2:DescribeTags', change: asBackups },
  { call: 'rds:DescribeDB', change: asBackups },
  { call: 'rds:ListTagsForResource', change: asBackups },
  { call: 'redshift:DescribeClusters', change: asBackups },
  { call: 'GET /', change: asBackups },
]);
afterAll(() => wire.alter([]));

const RDS_KINDS: Readonly<Record<string, string>> = {
  'AWS::RDS::DBInstance': 'db',
  'AWS::RDS::DBSnapshot': 'snapshot',
  'AWS::RDS::DBClusterSnapshot': 'cluster-snapshot',
};

async function tag({ resourceType, resourceId, accountId, region }: Result): Promise<void> {
  const tags = [{ Key: STAND_IN, Value: 'arn:aws:ec2:eu-west-1:111122223333:volume/vol-1' }];
  const id = resourceId ?? '';
  const kind = RDS_KINDS[resourceType ?? ''];
  const arn = `arn:aws:rds:${region}:${accountId}:${kind}:${id}`;
  if (resourceType === 'AWS::S3::Bucket')
    await owner(S3Client).send(new PutBucketTaggingCommand({ Bucket: id, Tagging: { TagSet: tags } }));
  else if (resourceType === 'AWS::Redshift::Cluster') {
    const ResourceName = `arn:aws:redshift:${region}:${accountId}:cluster:${id}`;
    await owner(RedshiftClient).send(new TagClusterCommand({ ResourceName, Tags: tags }));
  } else if (kind !== undefined)
    await owner(RDSClient).send(new AddTagsToResourceCommand({ ResourceName: arn, Tags: tags }));
  else await owner(EC2Client).send(new CreateTagsCommand({ Resources: [id], Tags: tags }));
}

/** The drift of a control's scene on a resource that AWS Backup made. */
async function drifted(id: string): Promise<Result | undefined> {
  const control = controls.find((one) => one.id === id);
  const scene = scenes.find((one) => one.id === id)?.proof;
  if (control === undefined || scene === undefined) throw new Error(`${id} has no scene`);
  const look = async (event: object, mode: 'detect' | 'remediate', at = new Date()) => {
    const clock = { now: () => at, sleep: async () => {} };
    const context = { controls: [control], fallback: account, home: account.region };
    const results = (await Array.fromAsync(receive(event, testEngine(aws, mode, { clock }), context))).flat();
    return results.find(({ before }) => before === 'NON_COMPLIANT');
  };
  const { happen } = await scene.prepare(stage);
  const { event, at } = await happen();
  const found = await look(event, 'detect', at);
  expect(found).toMatchObject({ outcome: 'detected' });
  await tag(found as Result);
  return look(event, 'remediate', at);
}

/** Controls of public sharing of what AWS Backup makes none of. */
const OF_OTHERS = [
  'lambda-function-public-access-prohibited',
  'sns-topic-public-access-prohibited',
  'sqs-queue-public-access-prohibited',
  'ssm-document-public-access-prohibited',
];
const overriding = controls.filter(({ overrides }) => overrides === 'ownership').map(({ id }) => id);

test.each(overriding.filter((id) => !OF_OTHERS.includes(id)))(
  '%s ends public sharing although AWS Backup made the resource',
  async (id) => {
    expect(await drifted(id)).toMatchObject({ outcome: 'remediated', after: 'COMPLIANT', error: null });
  },
);

test.each(['s3-bucket-tls-required', 'ec2-instance-imdsv2-required'])(
  '%s, which is about no sharing, leaves such a resource to the service',
  async (id) => {
    expect(await drifted(id)).toMatchObject({
      outcome: 'detected',
      after: 'NON_COMPLIANT',
      annotation: expect.stringMatching(/^Not touched: managed by AWS Backup\./),
    });
  },
);

test('there are controls of public sharing, of what AWS Backup makes and of what it does not', () => {
  expect(overriding.length).toBeGreaterThan(OF_OTHERS.length);
  expect(overriding).toEqual(expect.arrayContaining(OF_OTHERS));
});
