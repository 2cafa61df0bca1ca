import { CloudTrailClient, CreateTrailCommand, StartLoggingCommand } from '@aws-sdk/client-cloudtrail';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { expect, test } from '@jest/globals';
import { cloudtrailAccount } from '../../../shared/resources/cloudtrail/account.ts';
import { SAMPLE_ACCOUNT } from '../../support/samples.ts';
import { testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, testResource } from '../../support/test-resource.ts';

testResource(cloudtrailAccount, {
  events: {
    'cloudtrail/CreateTrail': [SAMPLE_ACCOUNT],
    'cloudtrail/DeleteTrail': [SAMPLE_ACCOUNT],
    'cloudtrail/UpdateTrail': [SAMPLE_ACCOUNT],
    'cloudtrail/StartLogging': [SAMPLE_ACCOUNT],
    'cloudtrail/StopLogging': [SAMPLE_ACCOUNT],
    'cloudtrail/PutEventSelectors': [SAMPLE_ACCOUNT],
    'cloudtrail/PutEventSelectors.advanced': [SAMPLE_ACCOUNT],
    'cloudtrail/PutMetricAlarm': [SAMPLE_ACCOUNT],
    'cloudtrail/DeleteAlarms': [SAMPLE_ACCOUNT],
    'cloudtrail/DeleteAlarms.target-tracking': [],
    'cloudtrail/DisableAlarmActions': [SAMPLE_ACCOUNT],
    'cloudtrail/EnableAlarmActions': [SAMPLE_ACCOUNT],
    'cloudtrail/PutMetricFilter': [SAMPLE_ACCOUNT],
    'cloudtrail/DeleteMetricFilter': [SAMPLE_ACCOUNT],
    'cloudtrail/DeleteLogGroup': [SAMPLE_ACCOUNT],
    'cloudtrail/Subscribe': [SAMPLE_ACCOUNT],
    'cloudtrail/ConfirmSubscription': [SAMPLE_ACCOUNT],
    'cloudtrail/Unsubscribe': [SAMPLE_ACCOUNT],
    'cloudtrail/DeleteTopic': [SAMPLE_ACCOUNT],
  },
});

test('reads trails of other regions too, with no more than the declared actions', async () => {
  const account = await testAccount();
  const { accountId, region } = account;
  const Bucket = `audit-${accountId}`;
  const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' } as const;
  await account.aws()(S3Client).send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
  const there = account.aws()(CloudTrailClient, 'us-east-1');
  await there.send(new CreateTrailCommand({ Name: 'everywhere', S3BucketName: Bucket, IsMultiRegionTrail: true }));
  await there.send(new StartLoggingCommand({ Name: 'everywhere' }));
  await account
    .aws()(CloudTrailClient)
    .send(new CreateTrailCommand({ Name: 'one-region', S3BucketName: Bucket }));

  // What the alarms take is proven in tests/aws/cloudwatch/alarmed-trails.test.ts.
  await expectDeclaredReads(cloudtrailAccount, accountId, account, [
    'logs:DescribeMetricFilters',
    'cloudwatch:DescribeAlarmsForMetric',
    'sns:ListSubscriptionsByTopic',
  ]);
  const ref = { resourceType: cloudtrailAccount.type, resourceId: accountId, accountId, region };
  expect(await cloudtrailAccount.facets.trails.read(account.aws(), ref)).toEqual([
    {
      arn: `arn:aws:cloudtrail:eu-west-1:${accountId}:trail/one-region`,
      name: 'one-region',
      homeRegion: 'eu-west-1',
      owner: accountId,
      isOwn: true,
      isMultiRegion: false,
      includesGlobalServices: true,
      isLogging: false,
      selectors: { basic: [], advanced: [] },
      hidden: [],
    },
    {
      arn: `arn:aws:cloudtrail:us-east-1:${accountId}:trail/everywhere`,
      name: 'everywhere',
      homeRegion: 'us-east-1',
      owner: accountId,
      isOwn: true,
      isMultiRegion: true,
      includesGlobalServices: true,
      isLogging: true,
      selectors: { basic: [], advanced: [] },
      hidden: [],
    },
  ]);
});
