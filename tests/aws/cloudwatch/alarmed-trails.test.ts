import { CloudTrailClient, CreateTrailCommand, StartLoggingCommand } from '@aws-sdk/client-cloudtrail';
import { CloudWatchClient, DisableAlarmActionsCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, PutMetricFilterCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DeleteTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { expect, test } from '@jest/globals';
import { alarmedTrail, putCisAlarm } from '../../../scenes/cloudwatch/alarmed-trail.ts';
import { awsClients } from '../../../shared/aws/clients.ts';
import { cloudtrailAccount } from '../../../shared/resources/cloudtrail/account.ts';
import { wireTo } from '../../support/aws-proxy.ts';
import { testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads } from '../../support/test-resource.ts';
import { sceneAccount } from '../../support/test-scene.ts';

const wire = await wireTo(process.env.EVENKEEL_TEST_ENDPOINT ?? '');

test('reads the chain from each multi-region trail to the subscribers, with no more than the declared actions', async () => {
  const account = await testAccount();
  const { accountId, region } = account;
  const scene = sceneAccount(account);
  const { bucket, logGroupName, topicArn } = await alarmedTrail(scene);
  await putCisAlarm(scene, logGroupName, topicArn, 'vpc-changes');
  const logs = account.aws()(CloudWatchLogsClient);
  const metricTransformations = [{ metricName: 'errors', metricNamespace: 'shop', metricValue: '1' }];
  const filterPattern = '{ $.errorCode = "*" }';
  await logs.send(
    new PutMetricFilterCommand({ logGroupName, filterName: 'errors', filterPattern, metricTransformations }),
  );
  const trails = account.aws()(CloudTrailClient);
  await trails.send(new CreateTrailCommand({ Name: 'one-region', S3BucketName: bucket }));
  const elsewhere = account.aws()(CloudTrailClient, 'us-east-1');
  await elsewhere.send(new CreateTrailCommand({ Name: 'silent', S3BucketName: bucket, IsMultiRegionTrail: true }));

  await expectDeclaredReads(cloudtrailAccount, accountId, account);
  const ref = { resourceType: cloudtrailAccount.type, resourceId: accountId, accountId, region };
  const read = () => cloudtrailAccount.facets.alarmedTrails.read(account.aws(), ref);
  const chain = (actionsEnabled: boolean, ...topics: boolean[]) => ({
    name: 'cis-vpc-changes',
    detects: 'vpc-changes',
    metric: { namespace: 'LogMetrics', name: 'cis-vpc-changes' },
    alarms: [{ name: 'cis-vpc-changes', actionsEnabled, topics }],
  });
  const other = { name: 'errors', detects: null, metric: { namespace: 'shop', name: 'errors' }, alarms: [] };
  const audit = {
    name: 'alarmed',
    isForeign: false,
    recordsAll: true,
    excluded: [],
    logGroup: { name: logGroupName, region },
    filters: [chain(true, true), other],
  };
  const silent = { ...audit, name: 'silent', recordsAll: false, logGroup: null, filters: [] };
  expect(await read()).toEqual([audit, silent]);

  process.env.AWS_ENDPOINT_URL = wire.endpoint;
  const onTheWire = () => cloudtrailAccount.facets.alarmedTrails.read(awsClients()(region), ref);
  const pending = (answer: string) => answer.replace(/(<SubscriptionArn>)[^<]+/, '$1PendingConfirmation');
  wire.alter([{ call: 'sns:ListSubscriptionsByTopic', change: pending }]);
  expect(await onTheWire()).toEqual([{ ...audit, filters: [chain(true, false), other] }, silent]);

  const names = { AlarmNames: ['cis-vpc-changes'] };
  await account.aws()(CloudWatchClient).send(new DisableAlarmActionsCommand(names));
  await account
    .aws()(SNSClient)
    .send(new DeleteTopicCommand({ TopicArn: topicArn }));
  expect(await read()).toEqual([{ ...audit, filters: [chain(false, false), other] }, silent]);
  await elsewhere.send(new StartLoggingCommand({ Name: 'silent' }));
  const body = JSON.stringify({ __type: 'ResourceNotFoundException', message: 'No such group.' });
  wire.alter([{ call: 'logs:DescribeMetricFilters', status: 400, change: () => body }]);
  // The local account keeps the filters of a group that is deleted.
  expect(await onTheWire()).toEqual([
    { ...audit, logGroup: null, filters: [] },
    { ...silent, recordsAll: true },
  ]);
});
