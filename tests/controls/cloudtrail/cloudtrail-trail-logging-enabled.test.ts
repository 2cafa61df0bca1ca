import { expect, test } from '@jest/globals';
import scene, { trailDeleted } from '../../../scenes/cloudtrail/cloudtrail-trail-logging-enabled.ts';
import control from '../../../shared/controls/cloudtrail/cloudtrail-trail-logging-enabled.ts';
import { runControl } from '../../support/run-control.ts';
import { REGION, SAMPLE_ACCOUNT } from '../../support/samples.ts';
import { stepsOf, testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

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
const organization = { ...whole, trail: { ...settings, IsOrganizationTrail: true } };
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
      ...rest,
    },
  ] as const;
const start = ['StartLogging', { Name: 'audit' }] as const;

testControl(control, {
  resourceId: ARN,
  compliant: {
    'a trail that logs': whole,
    'a trail of the organization that logs': { ...organization, lastKnown: organization },
  },
  nonCompliant: {
    'a trail that was stopped': { given: stopped, plan: [start], after: whole, says: 'audit is not logging' },
    'a trail of the organization that was made one of this account': {
      given: whole,
      lastKnown: organization,
      plan: [],
      byHand: 'aws cloudtrail update-trail --name audit --is-organization-trail --region eu-west-1',
      says: 'audit records this account alone',
    },
    'a trail of the organization that was made one of this account, and stopped': {
      given: stopped,
      lastKnown: organization,
      plan: [start],
      after: organization,
      says: 'audit is not logging',
    },
  },
  deleted: {
    'nothing is known of it': {
      lastKnown: null,
      plan: [],
      says: 'neither the ledger nor AWS Config has its configuration',
    },
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
    'it delivered by the role that may be passed': {
      lastKnown: bare,
      parameters: { logsRoleArn: settings.CloudWatchLogsRoleArn },
      plan: [create(), start],
      after: bare,
    },
    'it delivered by another role than the one that may be passed': {
      lastKnown: bare,
      parameters: { logsRoleArn: `arn:aws:iam::${SAMPLE_ACCOUNT}:role/other` },
      plan: [],
      byHand: 'role/other alone',
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
  const context = { parameters: { logsRoleArn: '' }, now: new Date(), lastKnown: null };
  expect(control.evaluate({ ...stopped, ref }, context).complianceType).toBe('NOT_APPLICABLE');
  expect(stepsOf(control, { ...stopped, ref })).toEqual([]);
});

test('a trail of the organization that was deleted records this account again, and stays open for the others', async () => {
  const reads = { given: null, lastKnown: organization, after: whole };
  const ref = { resourceType: 'AWS::CloudTrail::Trail', resourceId: ARN, accountId: SAMPLE_ACCOUNT, region: REGION };
  const { result, calls } = await runControl(control, ref, 'remediate', reads, { now: new Date('2026-01-01') });
  expect(calls).toEqual([
    create({ TagsList: [{ Key: 'owner', Value: 'security' }] }),
    ['PutEventSelectors', { TrailName: 'audit', EventSelectors: [selector] }],
    ['PutInsightSelectors', { TrailName: 'audit', InsightSelectors: [insight] }],
    start,
  ]);
  expect(result).toMatchObject({ outcome: 'detected', after: 'NON_COMPLIANT', remediationId: expect.any(String) });
  expect(result?.annotation).toContain('audit records this account alone');
});

testScene(control, scene);
// What a deletion takes along, and whether it comes back whole, only a server that keeps it can say.
testScene(control, trailDeleted);
