import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
  ListStackResourcesCommand,
} from '@aws-sdk/client-cloudformation';
import { CloudTrailClient, CreateTrailCommand, StartLoggingCommand } from '@aws-sdk/client-cloudtrail';
import { DynamoDBClient, UpdateContinuousBackupsCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { KMSClient, PutKeyPolicyCommand } from '@aws-sdk/client-kms';
import { type BucketLocationConstraint, CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { logicalId } from '../../scripts/generate/statements.ts';
import type { Aws } from '../../shared/resource.ts';
import { DOMAINS } from '../../shared/service.ts';
import type { TestAccount } from './sandbox.ts';

/** A deployment of Evenkeel that stands in a local account. */
export interface DeployedStack {
  readonly name: string;
  /** The home region first. */
  readonly regions: readonly string[];
  readonly outputs: Readonly<Record<string, string>>;
}

export const STACK = 'evenkeel-prod';
const FUNCTIONS = [...DOMAINS, 'watch', 'slack'];
/** The functions that no rule wakes, and where each finds its secret. */
const SECRETS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  slack: { EVENKEEL_SLACK_SECRET: 'secretsmanager:evenkeel/slack' },
  'slack-actions': { EVENKEEL_SLACK_SIGNING_SECRET: 'secretsmanager:evenkeel/slack-signing' },
  teams: { EVENKEEL_TEAMS_SECRET: 'secretsmanager:evenkeel/teams' },
  pagerduty: { EVENKEEL_PAGERDUTY_SECRET: 'secretsmanager:evenkeel/pagerduty' },
};
/** Slack's secret and the trail of the account. */
export const SECRET = 'evenkeel/slack';
export const TRAIL = 'main';

const arn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });

/** By its name: the local account cannot take a reference to a bus. */
const rule = (EventPattern: object, more: object) => ({
  Type: 'AWS::Events::Rule',
  DependsOn: 'EventBus',
  Properties: { EventPattern, State: 'ENABLED', ...more },
});

/** The rules of the home region's default bus: its events go to the own bus, like those of every other region. */
const homeForwarding = () =>
  Object.fromEntries(
    [1, 2].map((number) => [
      `ForwardRule${number}`,
      rule(
        { source: ['aws.ec2'] },
        { Name: `${STACK}-forward-${number}`, Targets: [{ Id: 'home', Arn: arn('EventBus') }] },
      ),
    ]),
  );

/** What belongs to one function, in the shape of the deployment: rule on the own bus → queue → mapping → function. */
function functionResources(name: string): object {
  const id = logicalId(name, '');
  const target = { Id: 'queue', Arn: arn(`${id}Queue`) };
  const secret = SECRETS[name] ?? {};
  return {
    [`${id}Queue`]: { Type: 'AWS::SQS::Queue', Properties: { QueueName: `${STACK}-${name}` } },
    [`${id}LogGroup`]: {
      Type: 'AWS::Logs::LogGroup',
      Properties: { LogGroupName: `/aws/lambda/${STACK}-${name}`, RetentionInDays: 365 },
    },
    [`${id}LambdaFunction`]: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: `${STACK}-${name}`,
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Code: { ZipFile: 'exports.handler = async () => ({});' },
        Role: arn('Role'),
        Environment: { Variables: { EVENKEEL_TABLE: { Ref: 'LedgerTable' }, ...secret } },
      },
    },
    [`${id}EventSourceMappingSQS${id}Queue`]: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        EventSourceArn: arn(`${id}Queue`),
        FunctionName: { Ref: `${id}LambdaFunction` },
        BatchSize: 10,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      },
    },
    ...(name in SECRETS
      ? {}
      : {
          [`${id}Rule1`]: rule({ source: [`aws.${name}`] }, { EventBusName: STACK, Targets: [target] }),
        }),
  };
}

const template = (regions: readonly string[], policyVersion: string, optional: readonly string[]) => ({
  Resources: {
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
        },
      },
    },
    Key: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: { Version: '2012-10-17', Statement: [] } } },
    LedgerTable: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        TableName: `${STACK}-ledger`,
        BillingMode: 'PAY_PER_REQUEST',
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        AttributeDefinitions: ['pk', 'sk', 'list', 'at'].map((AttributeName) => ({
          AttributeName,
          AttributeType: 'S',
        })),
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        GlobalSecondaryIndexes: [
          {
            IndexName: 'lists',
            KeySchema: [
              { AttributeName: 'list', KeyType: 'HASH' },
              { AttributeName: 'at', KeyType: 'RANGE' },
            ],
            Projection: { ProjectionType: 'KEYS_ONLY' },
          },
        ],
      },
    },
    AnchorLogGroup: {
      Type: 'AWS::Logs::LogGroup',
      Properties: { LogGroupName: `${STACK}-anchors`, RetentionInDays: 365 },
    },
    NoticeTopic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: `${STACK}-notices` } },
    DeadLetterQueue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: `${STACK}-failed-events` } },
    EventBus: { Type: 'AWS::Events::EventBus', Properties: { Name: STACK } },
    ...homeForwarding(),
    ...Object.assign({}, ...[...FUNCTIONS, ...optional].map(functionResources)),
  },
  Outputs: {
    LedgerTable: { Value: { Ref: 'LedgerTable' } },
    AnchorLogGroup: { Value: { Ref: 'AnchorLogGroup' } },
    NoticeTopic: { Value: { Ref: 'NoticeTopic' } },
    DeadLetterQueueUrl: { Value: { Ref: 'DeadLetterQueue' } },
    Regions: { Value: regions.join(',') },
    EventBus: { Value: { Ref: 'EventBus' } },
    PolicyVersion: { Value: policyVersion },
  },
});

/** What the stack set lays in a region: a queue for what could not be forwarded, and rules that forward. */
export async function layForwarding(account: TestAccount, region: string, home: string): Promise<void> {
  const aws = account.aws(region);
  await aws(SQSClient).send(new CreateQueueCommand({ QueueName: `${STACK}-failed-events` }));
  for (const Name of [`${STACK}-forward-1`, `${STACK}-forward-2`]) {
    const events = aws(EventBridgeClient);
    await events.send(new PutRuleCommand({ Name, EventPattern: '{"source":["aws.ec2"]}' }));
    const Arn = `arn:aws:events:${home}:${account.accountId}:event-bus/${STACK}`;
    await events.send(new PutTargetsCommand({ Rule: Name, Targets: [{ Id: 'home', Arn }] }));
  }
}

interface Deploying {
  readonly regions: readonly string[];
  readonly policyVersion: string;
  /** Functions beside those that every deployment here has. */
  readonly optional?: readonly string[];
}

/** Deploys a stack in the shape of Evenkeel's, and all that belongs to it. */
export async function deployStack(
  account: TestAccount,
  { regions, policyVersion, optional = [] }: Deploying,
): Promise<DeployedStack> {
  const TemplateBody = JSON.stringify(template(regions, policyVersion, optional));
  const cloudformation = account.aws(regions[0])(CloudFormationClient);
  await cloudformation.send(new CreateStackCommand({ StackName: STACK, TemplateBody }));
  const { Stacks = [] } = await cloudformation.send(new DescribeStacksCommand({ StackName: STACK }));
  const outputs = (Stacks[0]?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]);
  const stack = { name: STACK, regions, outputs: Object.fromEntries(outputs) };
  await completeStack(account, stack);
  for (const region of regions.slice(1)) await layForwarding(account, region, regions[0] ?? '');
  return stack;
}

/** Makes what CloudFormation leaves out in the local account (recovery, the key's policy, subscriptions), Slack's secret, and a trail that logs. */
export async function completeStack(account: TestAccount, { regions, outputs }: DeployedStack): Promise<void> {
  const [home = ''] = regions;
  const aws = account.aws(home);
  const TableName = outputs.LedgerTable;
  const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true };
  await aws(DynamoDBClient).send(new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification }));
  const KeyId = await physicalId(account, 'AWS::KMS::Key');
  await aws(KMSClient).send(new PutKeyPolicyCommand({ KeyId, PolicyName: 'default', Policy: '{"Statement":[]}' }));
  for (const [Protocol, Endpoint] of [
    ['email', 'security@example.com'],
    ['sqs', `arn:aws:sqs:${home}:${account.accountId}:${STACK}-slack`],
  ])
    await aws(SNSClient).send(new SubscribeCommand({ TopicArn: outputs.NoticeTopic, Protocol, Endpoint }));
  await aws(SecretsManagerClient).send(new CreateSecretCommand({ Name: SECRET, SecretString: 'https://example.com' }));
  const Bucket = `trail-${account.accountId}`;
  const CreateBucketConfiguration = { LocationConstraint: home as BucketLocationConstraint };
  await aws(S3Client).send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
  const cloudtrail = aws(CloudTrailClient);
  await cloudtrail.send(new CreateTrailCommand({ Name: TRAIL, S3BucketName: Bucket, IsMultiRegionTrail: true }));
  await cloudtrail.send(new StartLoggingCommand({ Name: TRAIL }));
}

/** Makes what CloudFormation does not make in the local account of a deployment with Slack: the subscription of its queue, and the secrets that a person makes. */
export async function connectSlack(
  aws: Aws,
  TopicArn: string,
  { url, signing }: { readonly url: string; readonly signing: string },
): Promise<void> {
  const secrets = aws(SecretsManagerClient);
  await secrets.send(new CreateSecretCommand({ Name: SECRET, SecretString: url }));
  await secrets.send(new CreateSecretCommand({ Name: `${SECRET}-signing`, SecretString: signing }));
  const Endpoint = `${TopicArn.slice(0, TopicArn.lastIndexOf(':')).replace(':sns:', ':sqs:')}:${STACK}-slack`;
  const Attributes = { RawMessageDelivery: 'true' };
  await aws(SNSClient).send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint, Attributes }));
}

/** The physical id of the stack's first resource of a type whose logical id begins so. Throws where there is none. */
export async function physicalId(account: TestAccount, type: string, logicalId = ''): Promise<string> {
  const list = new ListStackResourcesCommand({ StackName: STACK });
  const { StackResourceSummaries = [] } = await account.aws()(CloudFormationClient).send(list);
  const found = StackResourceSummaries.find(
    ({ ResourceType, LogicalResourceId = '' }) => ResourceType === type && LogicalResourceId.startsWith(logicalId),
  );
  if (!found?.PhysicalResourceId) throw new Error(`the stack has no ${type} ${logicalId}`);
  return found.PhysicalResourceId;
}
