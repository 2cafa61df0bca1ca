import {
  CloudTrailClient,
  CreateTrailCommand,
  type CreateTrailCommandInput,
  DeleteTrailCommand,
  GetEventSelectorsCommand,
  GetInsightSelectorsCommand,
  GetTrailCommand,
  GetTrailStatusCommand,
  ListTagsCommand,
  PutEventSelectorsCommand,
  PutInsightSelectorsCommand,
  RemoveTagsCommand,
  StartLoggingCommand,
  StopLoggingCommand,
} from '@aws-sdk/client-cloudtrail';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { expect, test } from '@jest/globals';
import control from '../../../shared/controls/cloudtrail/cloudtrail-trail-logging-enabled.ts';
import { orNull } from '../../../shared/resource.ts';
import { SAMPLE_ACCOUNT, sampleEvent, type TestAccount } from '../../support/sandbox.ts';
import { stepsOf, testControl } from '../../support/test-control.ts';
import { testOnSandbox } from '../../support/test-on-sandbox.ts';

const ARN = `arn:aws:cloudtrail:eu-west-1:${SAMPLE_ACCOUNT}:trail/audit`;
const settings = {
  Name: 'audit',
  TrailARN: ARN,
  HomeRegion: 'eu-west-1',
  S3BucketName: 'audit-logs',
  S3KeyPrefix: 'cloudtrail',
  SnsTopicARN: `arn:aws:sns:eu-west-1:${SAMPLE_ACCOUNT}:audit-files`,
  IncludeGlobalServiceEvents: true,
  IsMultiRegionTrail: true,
  IsOrganizationTrail: false,
  LogFileValidationEnabled: true,
  CloudWatchLogsLogGroupArn: `arn:aws:logs:eu-west-1:${SAMPLE_ACCOUNT}:log-group:audit:*`,
  CloudWatchLogsRoleArn: `arn:aws:iam::${SAMPLE_ACCOUNT}:role/audit-to-logs`,
  KmsKeyId: `arn:aws:kms:eu-west-1:${SAMPLE_ACCOUNT}:key/1b2c3d4e-5f60-4718-9a0b-1c2d3e4f5a6b`,
};
const selector = {
  ReadWriteType: 'WriteOnly' as const,
  IncludeManagementEvents: true,
  DataResources: [{ Type: 'AWS::S3::Object', Values: ['arn:aws:s3:::reports/'] }],
  ExcludeManagementEventSources: [],
};
const advancedSelector = {
  Name: 'Writes',
  FieldSelectors: [
    { Field: 'eventCategory', Equals: ['Management'] },
    { Field: 'readOnly', Equals: ['false'] },
  ],
};
const insight = { InsightType: 'ApiCallRateInsight' as const };
const whole = {
  trail: settings,
  status: { isLogging: true },
  eventSelectors: { basic: [selector], advanced: [] },
  insightSelectors: [insight],
  tags: [
    { Key: 'owner', Value: 'security' },
    { Key: 'aws:cloudformation:stack-name', Value: 'audit' },
  ],
};
const bare = {
  ...whole,
  eventSelectors: { basic: [], advanced: [] },
  insightSelectors: [],
  tags: [],
};
const stopped = { ...whole, status: { isLogging: false } };
const create = (rest: object = {}) =>
  [
    'CreateTrail',
    {
      Name: 'audit',
      S3BucketName: 'audit-logs',
      S3KeyPrefix: 'cloudtrail',
      SnsTopicName: 'audit-files',
      IncludeGlobalServiceEvents: true,
      IsMultiRegionTrail: true,
      EnableLogFileValidation: true,
      CloudWatchLogsLogGroupArn: settings.CloudWatchLogsLogGroupArn,
      CloudWatchLogsRoleArn: settings.CloudWatchLogsRoleArn,
      KmsKeyId: settings.KmsKeyId,
      IsOrganizationTrail: false,
      ...rest,
    },
  ] as const;
const start = ['StartLogging', { Name: 'audit' }] as const;

testControl(control, {
  resourceId: ARN,
  compliant: { 'a trail that logs': whole },
  nonCompliant: {
    'a trail that was stopped': { given: stopped, plan: [start], after: whole, says: 'audit is not logging' },
  },
  deleted: {
    'nothing is known of it': { lastKnown: null, plan: [], says: 'neither the ledger nor AWS Config knows' },
    'everything is known of it': {
      lastKnown: whole,
      plan: [
        create({ TagsList: [{ Key: 'owner', Value: 'security' }] }),
        ['PutEventSelectors', { TrailName: 'audit', EventSelectors: [selector] }],
        ['PutInsightSelectors', { TrailName: 'audit', InsightSelectors: [insight] }],
        start,
      ],
      after: whole,
      says: /^audit, which delivered to audit-logs, was deleted\.$/,
    },
    'it had advanced selectors': {
      lastKnown: { ...bare, eventSelectors: { basic: [], advanced: [advancedSelector] } },
      plan: [
        create(),
        ['PutEventSelectors', { TrailName: 'audit', AdvancedEventSelectors: [advancedSelector] }],
        start,
      ],
      after: whole,
    },
    'it had no selectors of its own': { lastKnown: bare, plan: [create(), start], after: bare },
    'it had the default selector': {
      lastKnown: { ...bare, eventSelectors: { basic: [{ ReadWriteType: 'All', DataResources: [] }], advanced: [] } },
      plan: [create(), start],
      after: bare,
    },
    'it told a topic of another account': {
      lastKnown: { ...bare, trail: { ...settings, SnsTopicARN: 'arn:aws:sns:eu-west-1:444455556666:files' } },
      plan: [create({ SnsTopicName: 'arn:aws:sns:eu-west-1:444455556666:files' }), start],
      after: bare,
    },
    'AWS Config knows its settings but not its selectors': {
      lastKnown: { trail: settings, tags: [] },
      plan: [create(), start],
      after: bare,
      says: 'its event selectors are not known',
    },
    'its bucket is not known': {
      lastKnown: { trail: { Name: 'audit' } },
      plan: [],
      byHand: 'is not known',
      says: 'the bucket',
    },
  },
  besides: {
    'cloudtrail:AddTags': 'CreateTrail with TagsList asks for it',
    'iam:PassRole': 'CreateTrail with a role for CloudWatch Logs asks for it',
  },
});

test("an organisation's trail is not ours to evaluate", () => {
  const [accountId, region] = [SAMPLE_ACCOUNT, 'eu-west-1'];
  const resourceId = ARN.replace(accountId, '444455556666');
  const ref = { resourceType: 'AWS::CloudTrail::Trail', resourceId, accountId, region };
  const context = { parameters: {}, now: new Date(), lastKnown: null };
  expect(control.evaluate({ ...stopped, ref }, context).complianceType).toBe('NOT_APPLICABLE');
  expect(stepsOf(control, { ...stopped, ref })).toEqual([]);
});

/** A trail and one beside it, both logging, with everything that a trail can have. */
async function twoTrails(name: string, { aws, accountId }: TestAccount) {
  const client = aws()(CloudTrailClient);
  const Bucket = `${name}-${accountId}`;
  const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' } as const;
  await aws()(S3Client).send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
  await aws()(SNSClient).send(new CreateTopicCommand({ Name: 'audit-files' }));
  const input: Omit<CreateTrailCommandInput, 'Name'> = {
    S3BucketName: Bucket,
    S3KeyPrefix: 'cloudtrail',
    SnsTopicName: 'audit-files',
    IsMultiRegionTrail: true,
    EnableLogFileValidation: true,
    CloudWatchLogsLogGroupArn: settings.CloudWatchLogsLogGroupArn,
    CloudWatchLogsRoleArn: settings.CloudWatchLogsRoleArn,
    KmsKeyId: settings.KmsKeyId,
    TagsList: [{ Key: 'owner', Value: 'security' }],
  };
  const other = `${name}-2`;
  for (const Name of [name, other]) {
    await client.send(new CreateTrailCommand({ Name, ...input }));
    await client.send(new PutEventSelectorsCommand({ TrailName: Name, EventSelectors: [selector] }));
    await client.send(new PutInsightSelectorsCommand({ TrailName: Name, InsightSelectors: [insight] }));
    await client.send(new StartLoggingCommand({ Name }));
  }
  const arn = (Name: string) => ARN.replace(SAMPLE_ACCOUNT, accountId).replace('audit', Name);
  const read = async (Name: string) => {
    const found = await orNull(client.send(new GetTrailCommand({ Name })), 'TrailNotFoundException');
    if (found === null) return null;
    const { EventSelectors } = await client.send(new GetEventSelectorsCommand({ TrailName: Name }));
    const { InsightSelectors } = await client.send(new GetInsightSelectorsCommand({ TrailName: Name }));
    const { ResourceTagList } = await client.send(new ListTagsCommand({ ResourceIdList: [arn(Name)] }));
    const { IsLogging } = await client.send(new GetTrailStatusCommand({ Name }));
    return { trail: found.Trail, EventSelectors, InsightSelectors, ResourceTagList, IsLogging };
  };
  return {
    client,
    arn: arn(name),
    state: () => read(name),
    neighbours: () => read(other),
    about: (event: string) => sampleEvent(`cloudtrail/${event}`, { [SAMPLE_ACCOUNT]: accountId, audit: name }),
    /** The whole trail as it was while it logged. */
    living: await read(name),
  };
}

const stop = async (name: string, event: string, account: TestAccount) => {
  const { client, about, state, neighbours } = await twoTrails(name, account);
  await client.send(new StopLoggingCommand({ Name: name }));
  return { state, neighbours, event: about(event) };
};

const remove = async (name: string, event: string, account: TestAccount) => {
  const { client, arn, about, living, state, neighbours } = await twoTrails(name, account);
  return {
    event: about(event),
    remembered: {
      event: about('StartLogging'),
      async lose() {
        await client.send(new DeleteTrailCommand({ Name: name }));
        // The local account keeps the tags of a trail that is gone; AWS does not.
        const TagsList = [{ Key: 'owner', Value: 'security' }];
        await client.send(new RemoveTagsCommand({ ResourceId: arn, TagsList }));
      },
    },
    state,
    neighbours,
    afterwards: async () => expect(await state()).toEqual(living),
  };
};

testOnSandbox(control, {
  'a trail is stopped while another logs': (account) => stop('stopped', 'StopLogging', account),
  'a trail is stopped by its ARN': (account) => stop('stopped-by-arn', 'StopLogging.by-arn', account),
  'a trail is deleted': (account) => remove('deleted', 'DeleteTrail', account),
  'a trail is deleted by its ARN': (account) => remove('deleted-by-arn', 'DeleteTrail.by-arn', account),
  'a trail of which nothing is known is deleted': async (account) => {
    const { client, about, state, neighbours } = await twoTrails('unknown', account);
    await client.send(new DeleteTrailCommand({ Name: 'unknown' }));
    return { state, neighbours, event: about('DeleteTrail'), outcome: 'detected' };
  },
});
