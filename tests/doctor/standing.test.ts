import { CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { LambdaClient, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, beforeAll, expect, test } from '@jest/globals';
import { awsClients } from '../../shared/aws/clients.ts';
import { alarms } from '../../shared/doctor/alarms.ts';
import { deploymentAt, readDeployment } from '../../shared/doctor/deployment.ts';
import type { Examination, Scene } from '../../shared/doctor/diagnosis.ts';
import { queues } from '../../shared/doctor/queues.ts';
import { slack } from '../../shared/doctor/slack.ts';
import { trails } from '../../shared/doctor/trails.ts';
import { wireTo } from '../support/aws-proxy.ts';
import { deployStack, STACK } from '../support/deployed.ts';
import { testEngine } from '../support/engine.ts';
import { REGION, testAccount } from '../support/sandbox.ts';

// What the faults of the command's test do not show: states between well and ill, and other ways to be well.
const account = await testAccount();
const wire = await wireTo(account.endpoint);
const aws = account.aws();
let scene: Scene;
beforeAll(async () => {
  const { outputs } = await deployStack(account, { regions: [REGION], policyVersion: 'v1' });
  process.env.AWS_ENDPOINT_URL = wire.endpoint;
  const clients = awsClients();
  scene = {
    engine: testEngine(clients, 'detect'),
    home: REGION,
    deployment: await readDeployment(clients(REGION), REGION, STACK),
    table: outputs.LedgerTable,
    topicArn: outputs.NoticeTopic,
  };
});
afterEach(() => wire.alter([]));

const verdicts = async (examination: Examination) =>
  [await examination.examine(scene)].flat().map(({ state, says, mend }) => ({ state, says, mend }));

test.each([
  ['CREATE_COMPLETE', 'well'],
  ['UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'well'],
  ['UPDATE_IN_PROGRESS', 'look'],
  ['UPDATE_ROLLBACK_COMPLETE', 'look'],
  ['ROLLBACK_COMPLETE', 'ill'],
  ['DELETE_FAILED', 'ill'],
])('a stack that is %s is %s', async (status, state) => {
  wire.alter([{ call: 'cloudformation:DescribeStacks', change: (body) => body.replace('CREATE_COMPLETE', status) }]);
  const { deployment, examination } = await deploymentAt(scene.engine.aws(REGION), REGION, STACK);
  expect(deployment?.status).toBe(status);
  expect(await verdicts(examination)).toMatchObject([{ state }]);
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
  const { deployment, examination } = await deploymentAt(scene.engine.aws(REGION), REGION, STACK);
  expect(deployment).toBeNull();
  expect(await verdicts(examination)).toMatchObject([
    {
      state: 'ill',
      says: expect.stringMatching(/^cannot be looked at: AccessDenied/),
      mend: expect.stringContaining('--stack'),
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
  expect(await verdicts(queues)).toMatchObject([{ state: 'well' }]);
  waiting(1001);
  expect(await verdicts(queues)).toContainEqual({
    state: 'look',
    says: '1001 messages wait in evenkeel-prod-infrastructure: a storm, or its function does not keep up',
    mend: 'aws logs tail /aws/lambda/evenkeel-prod-infrastructure --since 1h --region eu-west-1',
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
  expect(await verdicts(alarms)).toMatchObject([
    { state: 'look', says: 'the alarm evenkeel-prod-failed-events rings: one is more than none' },
  ]);
});

test("Slack's address may lie in a parameter", async () => {
  const Environment = { Variables: { EVENKEEL_SLACK_SECRET: 'ssm:/evenkeel/slack' } };
  const FunctionName = `${STACK}-slack`;
  await aws(LambdaClient).send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment }));
  expect(await verdicts(slack)).toMatchObject([
    { state: 'ill', mend: expect.stringContaining('aws ssm put-parameter --name /evenkeel/slack --type SecureString') },
  ]);
  const Parameter = { Name: '/evenkeel/slack', Type: 'SecureString' as const, Value: 'https://example.com' };
  await aws(SSMClient).send(new PutParameterCommand(Parameter));
  expect(await verdicts(slack)).toEqual([
    { state: 'well', says: 'posts to the webhook in ssm:/evenkeel/slack', mend: null },
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
  expect(await verdicts(trails)).toEqual([{ state: 'well', says: 'recorded by main', mend: null }]);
});
