import { CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { LambdaClient, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, beforeAll, expect, test } from '@jest/globals';
import { awsClients } from '../../shared/aws/clients.ts';
import { alarms } from '../../shared/doctor/alarms.ts';
import { readDeployment } from '../../shared/doctor/deployment.ts';
import type { Check, DoctorContext } from '../../shared/doctor/diagnosis.ts';
import { queues } from '../../shared/doctor/queues.ts';
import { slack } from '../../shared/doctor/slack.ts';
import { deploymentAt } from '../../shared/doctor/stack.ts';
import { trails } from '../../shared/doctor/trails.ts';
import { wireTo } from '../support/aws-proxy.ts';
import { deployStack, STACK } from '../support/deployed.ts';
import { testEngine } from '../support/engine.ts';
import { REGION } from '../support/samples.ts';
import { testAccount } from '../support/sandbox.ts';

// What the faults of the command's test do not show: states between well and ill, and other ways to be well.
const account = await testAccount();
const wire = await wireTo(account.endpoint);
const aws = account.aws();
let context: DoctorContext;
beforeAll(async () => {
  const { outputs } = await deployStack(account, { regions: [REGION], policyVersion: 'v1' });
  process.env.AWS_ENDPOINT_URL = wire.endpoint;
  const clients = awsClients();
  context = {
    engine: testEngine(clients, 'detect'),
    home: REGION,
    deployment: await readDeployment(clients(REGION), REGION, STACK),
    table: outputs.LedgerTable,
    topicArn: outputs.NoticeTopic,
  };
});
afterEach(() => wire.alter([]));

const results = async (check: Check) =>
  [await check.run(context)].flat().map(({ status, message, remedy }) => ({ status, message, remedy }));

test.each([
  ['CREATE_COMPLETE', 'ok'],
  ['UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'ok'],
  ['UPDATE_IN_PROGRESS', 'warning'],
  ['UPDATE_ROLLBACK_COMPLETE', 'warning'],
  ['ROLLBACK_COMPLETE', 'error'],
  ['DELETE_FAILED', 'error'],
])('a stack that is %s is %s', async (stackStatus, status) => {
  wire.alter([
    { call: 'cloudformation:DescribeStacks', change: (body) => body.replace('CREATE_COMPLETE', stackStatus) },
  ]);
  const { deployment, check } = await deploymentAt(context.engine.aws(REGION), REGION, STACK);
  expect(deployment?.status).toBe(stackStatus);
  expect(await results(check)).toMatchObject([{ status }]);
});

test('a stack that may not be looked at is ill, and is not taken for none', async () => {
  wire.alter([
    {
      call: 'cloudformation:DescribeStacks',
      status: 403,
      change: () =>
        '<ErrorResponse><Error><Code>AccessDenied</Code><Message>Not you.</Message></Error></ErrorResponse>',
    },
  ]);
  const { deployment, check } = await deploymentAt(context.engine.aws(REGION), REGION, STACK);
  expect(deployment).toBeNull();
  expect(await results(check)).toMatchObject([
    {
      status: 'error',
      message: expect.stringMatching(/^could not be checked: AccessDenied/),
      remedy: expect.stringContaining('--stack'),
    },
  ]);
});

test('a queue that is read and grows all the same is worth a look', async () => {
  const waiting = (count: number) =>
    wire.alter([
      {
        call: 'sqs:GetQueueAttributes',
        change: (body) => body.replace(/("ApproximateNumberOfMessages": ?)"0"/, `$1"${count}"`),
      },
    ]);
  waiting(1000);
  expect(await results(queues)).toMatchObject([{ status: 'ok' }]);
  waiting(1001);
  expect(await results(queues)).toContainEqual({
    status: 'warning',
    message: '1001 messages wait in evenkeel-prod-infrastructure: a burst of events, or its function cannot keep up',
    remedy: 'aws logs tail /aws/lambda/evenkeel-prod-infrastructure --since 1h --region eu-west-1',
  });
});

test('an alarm that rings is worth a look', async () => {
  const cloudwatch = aws(CloudWatchClient);
  const AlarmName = `${STACK}-failed-events`;
  await cloudwatch.send(
    new PutMetricAlarmCommand({
      AlarmName,
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Statistic: 'Maximum',
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
    }),
  );
  await cloudwatch.send(
    new SetAlarmStateCommand({ AlarmName, StateValue: 'ALARM', StateReason: 'one is more than none' }),
  );
  expect(await results(alarms)).toMatchObject([
    { status: 'warning', message: 'the alarm evenkeel-prod-failed-events is in state ALARM: one is more than none' },
  ]);
});

test("Slack's address may lie in a parameter", async () => {
  const Environment = { Variables: { EVENKEEL_SLACK_SECRET: 'ssm:/evenkeel/slack' } };
  const FunctionName = `${STACK}-slack`;
  await aws(LambdaClient).send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment }));
  expect(await results(slack)).toMatchObject([
    {
      status: 'error',
      remedy: expect.stringContaining('aws ssm put-parameter --name /evenkeel/slack --type SecureString'),
    },
  ]);
  const Parameter = { Name: '/evenkeel/slack', Type: 'SecureString' as const, Value: 'https://example.com' };
  await aws(SSMClient).send(new PutParameterCommand(Parameter));
  expect(await results(slack)).toEqual([
    { status: 'ok', message: 'posts to the webhook in ssm:/evenkeel/slack', remedy: null },
  ]);
});

test("an organisation's trail whose selectors are hidden counts while it logs", async () => {
  wire.alter([
    {
      call: 'cloudtrail:ListTrails',
      change: (body) => body.replaceAll(account.accountId, '999988887777'),
    },
    {
      call: 'cloudtrail:GetTrail',
      status: 200,
      change: () =>
        JSON.stringify({ Trail: { Name: 'main', IsMultiRegionTrail: true, HomeRegion: REGION }, IsLogging: true }),
    },
    {
      call: 'cloudtrail:GetEventSelectors',
      status: 400,
      change: () => '{"__type":"AccessDeniedException","Message":"Not you."}',
    },
  ]);
  expect(await results(trails)).toEqual([{ status: 'ok', message: 'recorded by main', remedy: null }]);
});
