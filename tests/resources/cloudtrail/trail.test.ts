import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CloudTrailClient, CreateTrailCommand } from '@aws-sdk/client-cloudtrail';
import { ConfigServiceClient } from '@aws-sdk/client-config-service';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Aws, everyListed } from '../../../shared/resource.ts';
import { trail } from '../../../shared/resources/cloudtrail/trail.ts';
import { REGION, SAMPLE_ACCOUNT } from '../../support/samples.ts';
import { testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, expectListedAsRead, testResource } from '../../support/test-resource.ts';

const ARN = `arn:aws:cloudtrail:${REGION}:${SAMPLE_ACCOUNT}:trail/audit`;

testResource(trail, {
  events: {
    'cloudtrail/CreateTrail': [ARN],
    'cloudtrail/DeleteTrail': [ARN],
    'cloudtrail/DeleteTrail.by-arn': [ARN],
    'cloudtrail/UpdateTrail': [ARN],
    'cloudtrail/UpdateTrail.by-arn': [ARN],
    'cloudtrail/StartLogging': [ARN],
    'cloudtrail/StartLogging.by-arn': [ARN],
    'cloudtrail/StopLogging': [ARN],
    'cloudtrail/StopLogging.by-arn': [ARN],
    'cloudtrail/PutEventSelectors': [ARN],
    'cloudtrail/PutEventSelectors.by-arn': [ARN],
    'cloudtrail/PutEventSelectors.advanced': [ARN],
    'cloudtrail/PutInsightSelectors': [ARN],
    'cloudtrail/PutInsightSelectors.event-data-store': [],
    'cloudtrail/AddTags': [ARN],
    'cloudtrail/AddTags.event-data-store': [],
    'cloudtrail/RemoveTags': [ARN],
  },
  lookups: ['DeleteLogGroup'],
});

describe('a trail named by an event', () => {
  const record = {
    eventSource: 'cloudtrail.amazonaws.com',
    eventName: 'StopLogging',
    accountId: SAMPLE_ACCOUNT,
    region: 'eu-central-1',
    response: null,
    omitted: false,
    errorCode: null,
    userIdentity: null,
    raw: {},
  };
  const idsBy = (eventName: string) =>
    trail.triggers
      .flatMap((trigger) => (trigger.kind === 'call' ? [trigger] : []))
      .find(({ eventNames }) => eventNames.includes(eventName))?.ids;
  const ids = idsBy('StopLogging');

  test('by its ARN is looked at in its home region, wherever the call was made', () => {
    expect(ids?.({ ...record, request: { name: ARN } })).toEqual([{ resourceId: ARN, region: REGION }]);
  });
  test('by its name is at home where the call was made', () => {
    const there = `arn:aws:cloudtrail:eu-central-1:${SAMPLE_ACCOUNT}:trail/audit`;
    expect(ids?.({ ...record, request: { name: 'audit' } })).toEqual([{ resourceId: there, region: 'eu-central-1' }]);
  });
  test('by an answer with its ARN is the one of the answer', () => {
    const made = `arn:aws:cloudtrail:us-east-1:444455556666:trail/organisation`;
    const answered = { ...record, request: { name: 'organisation' }, response: { trailARN: made } };
    expect(idsBy('CreateTrail')?.(answered)).toEqual([{ resourceId: made, region: 'us-east-1' }]);
  });
  test('in China has an ARN of that partition', () => {
    const there = `arn:aws-cn:cloudtrail:cn-north-1:${SAMPLE_ACCOUNT}:trail/audit`;
    expect(ids?.({ ...record, region: 'cn-north-1', request: { name: 'audit' } })).toEqual([
      { resourceId: there, region: 'cn-north-1' },
    ]);
  });
  test.each([
    ['its ARN as id', { resourceId: ARN, arn: null }],
    ['its name as id', { resourceId: 'audit', arn: null }],
    ['its ARN beside the name', { resourceId: 'audit', arn: ARN, region: 'eu-central-1' }],
  ])('by AWS Config, with %s', async (_name, named) => {
    const item = { resourceType: trail.type, resourceName: 'audit', accountId: SAMPLE_ACCOUNT, region: REGION };
    const nobody = (() => ({})) as unknown as Aws;
    expect(await trail.identify?.(nobody, { ...item, ...named })).toEqual({ resourceId: ARN, region: REGION });
    expect(await trail.configIdOf?.(nobody, { ...item, resourceId: ARN })).toBe('audit');
  });
});

test('reads a trail and lists those that are at home here, with no more than the declared actions', async () => {
  const account = await testAccount();
  const Bucket = `audit-${account.accountId}`;
  const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' } as const;
  await account.aws()(S3Client).send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
  const create = (Name: string, region: string) => {
    const input = { Name, S3BucketName: Bucket, S3KeyPrefix: 'logs', IsMultiRegionTrail: true };
    return account.aws()(CloudTrailClient, region).send(new CreateTrailCommand(input));
  };
  const { TrailARN: here = '' } = await create('here', REGION);
  await create('there', 'eu-central-1');

  const listed = await Array.fromAsync(everyListed(trail.list(account.aws(), account)));
  expect(listed.map(({ resourceId }) => resourceId)).toEqual([here]);
  await expectDeclaredReads(trail, here, account);
  await expectListedAsRead(trail, account);

  const ref = { resourceType: trail.type, resourceId: here, accountId: account.accountId, region: REGION };
  expect(await trail.facets.trail.read(account.aws(), ref)).toMatchObject({ Name: 'here', S3KeyPrefix: 'logs' });
  const gone = { ...ref, resourceId: here.replace('/here', '/gone') };
  await expect(trail.facets.trail.read(account.aws(), gone)).rejects.toMatchObject({ name: trail.gone[0] });
  await expect(trail.facets.status.read(account.aws(), gone)).rejects.toMatchObject({ name: trail.gone[0] });
  expect(await trail.lastKnown?.read(account.aws(), gone)).toBeNull();
});

test('an answer without a list is no empty list', async () => {
  const aws = (() => ({ send: async () => ({}) })) as unknown as Aws;
  const listed = Array.fromAsync(everyListed(trail.list(aws, { accountId: SAMPLE_ACCOUNT, region: REGION })));
  await expect(listed).rejects.toThrow('DescribeTrails answered without trailList');
});

test("neither shadows of other regions nor an organization's trails are listed", async () => {
  const found = [ARN, ARN.replace(REGION, 'us-east-1'), ARN.replace(SAMPLE_ACCOUNT, '444455556666')];
  const trailList = found.map((TrailARN) => ({ TrailARN, S3BucketName: 'audit-logs' }));
  const aws = (() => ({ send: async () => ({ trailList }) })) as unknown as Aws;
  const listed = await Array.fromAsync(everyListed(trail.list(aws, { accountId: SAMPLE_ACCOUNT, region: REGION })));
  expect(listed.map(({ resourceId }) => resourceId)).toEqual([ARN]);
});

describe('the last known state of a trail, from AWS Config', () => {
  const ref = { resourceType: trail.type, resourceId: ARN, accountId: SAMPLE_ACCOUNT, region: REGION };
  const answers = new Map<string, { status: number; body: object }>();
  const asked: { resourceType: string; resourceId: string }[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      const question = JSON.parse(text);
      asked.push(question);
      const { status, body } = answers.get(question.resourceId) ?? refused('ResourceNotDiscoveredException');
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
    });
  });
  const refused = (name: string) => ({ status: 400, body: { __type: name, message: name } });
  const history = (...configurationItems: object[]) => ({ status: 200, body: { configurationItems } });
  const deleted = { resourceId: ARN, configurationItemStatus: 'ResourceDeleted', version: '1.3' };
  const living = (configuration: object, tags = {}) => ({
    ...deleted,
    configurationItemStatus: 'OK',
    configuration: JSON.stringify({ name: 'audit', trailARN: ARN, homeRegion: REGION, ...configuration }),
    tags,
  });

  let aws: Aws;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const client = new ConfigServiceClient({ endpoint, region: REGION, credentials, maxAttempts: 1 });
    aws = (() => client) as unknown as Aws;
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test('is the newest item of the living trail', async () => {
    answers.set(
      ARN,
      history(
        deleted,
        living(
          {
            s3BucketName: 'audit-logs',
            isMultiRegionTrail: true,
            logFileValidationEnabled: true,
            kmsKeyId: null,
            snsTopicARN: 'arn:aws:sns:eu-west-1:111122223333:audit',
            hasCustomEventSelectors: false,
            hasInsightSelectors: true,
          },
          { owner: 'security' },
        ),
        living({ s3BucketName: 'older' }),
      ),
    );
    expect(await trail.lastKnown?.read(aws, ref)).toEqual({
      trail: {
        Name: 'audit',
        TrailARN: ARN,
        HomeRegion: REGION,
        S3BucketName: 'audit-logs',
        IsMultiRegionTrail: true,
        LogFileValidationEnabled: true,
        SnsTopicARN: 'arn:aws:sns:eu-west-1:111122223333:audit',
      },
      tags: [{ Key: 'owner', Value: 'security' }],
      eventSelectors: { basic: [], advanced: [] },
    });
    expect(asked.at(-1)).toMatchObject({ resourceType: 'AWS::CloudTrail::Trail', resourceId: ARN });
  });

  test('is found under its name where the ARN is not known', async () => {
    answers.clear();
    answers.set('audit', history(living({ s3BucketName: 'audit-logs', hasCustomEventSelectors: true })));
    const known = await trail.lastKnown?.read(aws, ref);
    expect(known).toMatchObject({ trail: { S3BucketName: 'audit-logs' }, tags: [] });
    expect(known).not.toHaveProperty('eventSelectors');
  });

  test.each(['ResourceNotDiscoveredException', 'NoAvailableConfigurationRecorderException'])(
    'is nothing on %s',
    async (name) => {
      answers.clear();
      answers.set(ARN, refused(name)).set('audit', refused(name));
      expect(await trail.lastKnown?.read(aws, ref)).toBeNull();
    },
  );

  test('is nothing where only its deletion is known', async () => {
    answers.clear();
    answers.set(ARN, history(deleted));
    expect(await trail.lastKnown?.read(aws, ref)).toBeNull();
  });

  test('is an error where AWS Config may not be asked', async () => {
    answers.clear();
    answers.set(ARN, refused('AccessDeniedException'));
    await expect(trail.lastKnown?.read(aws, ref)).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});
