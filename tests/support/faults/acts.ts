import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { DynamoDBClient, UpdateContinuousBackupsCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import {
  DeleteRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient, ListEventSourceMappingsCommand, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ListSubscriptionsByTopicCommand, SNSClient, UnsubscribeCommand } from '@aws-sdk/client-sns';
import {
  DeleteQueueCommand,
  GetQueueUrlCommand,
  PurgeQueueCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { type DeployedStack, physicalId, STACK } from '../deployed.ts';
import type { TestAccount } from '../sandbox.ts';

export const home = (account: TestAccount) => account.aws();
export const table = ({ outputs }: DeployedStack) => outputs.LedgerTable ?? '';
export const other = ({ regions }: DeployedStack) => regions[1] ?? '';
export const FAILED = `${STACK}-failed-events`;
export const nothing = async () => {};

export const protect = (account: TestAccount, stack: DeployedStack, DeletionProtectionEnabled: boolean) =>
  home(account)(DynamoDBClient).send(new UpdateTableCommand({ TableName: table(stack), DeletionProtectionEnabled }));
export const recover = (account: TestAccount, stack: DeployedStack, PointInTimeRecoveryEnabled: boolean) =>
  home(account)(DynamoDBClient).send(
    new UpdateContinuousBackupsCommand({
      TableName: table(stack),
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled },
    }),
  );
export const keyId = (account: TestAccount) => physicalId(account, 'AWS::KMS::Key');
export const kms = (account: TestAccount) => home(account)(KMSClient);
export const secrets = (account: TestAccount) => home(account)(SecretsManagerClient);
export const lambda = (account: TestAccount) => home(account)(LambdaClient);
export const trails = (account: TestAccount) => home(account)(CloudTrailClient);

export async function unsubscribe(account: TestAccount, { outputs }: DeployedStack, protocols: readonly string[]) {
  const sns = home(account)(SNSClient);
  const list = new ListSubscriptionsByTopicCommand({ TopicArn: outputs.NoticeTopic });
  for (const { SubscriptionArn, Protocol = '' } of (await sns.send(list)).Subscriptions ?? [])
    if (protocols.includes(Protocol)) await sns.send(new UnsubscribeCommand({ SubscriptionArn }));
}

export async function queue(account: TestAccount, QueueName: string, region?: string) {
  const sqs = account.aws(region)(SQSClient);
  const { QueueUrl = '' } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
  return { sqs, QueueUrl };
}
export async function send(account: TestAccount, name: string, region?: string) {
  const { sqs, QueueUrl } = await queue(account, name, region);
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '{}' }));
}
export async function purge(account: TestAccount, name: string, region?: string) {
  const { sqs, QueueUrl } = await queue(account, name, region);
  await sqs.send(new PurgeQueueCommand({ QueueUrl }));
}
export async function dropQueue(account: TestAccount, name: string, region?: string) {
  const { sqs, QueueUrl } = await queue(account, name, region);
  await sqs.send(new DeleteQueueCommand({ QueueUrl }));
}

export async function mapping(account: TestAccount, name: string): Promise<string> {
  const { EventSourceMappings = [] } = await lambda(account).send(
    new ListEventSourceMappingsCommand({ FunctionName: `${STACK}-${name}` }),
  );
  return EventSourceMappings[0]?.UUID ?? '';
}
export const read = async (account: TestAccount, name: string, Enabled: boolean) =>
  lambda(account).send(new UpdateEventSourceMappingCommand({ UUID: await mapping(account, name), Enabled }));

/** The first rule of ours on a bus. */
export async function rule(account: TestAccount, EventBusName: string, region?: string) {
  const events = account.aws(region)(EventBridgeClient);
  const { Rules = [] } = await events.send(new ListRulesCommand({ EventBusName, NamePrefix: STACK }));
  const Name = Rules[0]?.Name ?? '';
  return { events, Name, EventBusName };
}
export async function turn(account: TestAccount, bus: string, on: boolean, region?: string) {
  const { events, ...of } = await rule(account, bus, region);
  await events.send(on ? new EnableRuleCommand(of) : new DisableRuleCommand(of));
}
export async function aimless(account: TestAccount, bus: string, region?: string) {
  const { events, Name, EventBusName } = await rule(account, bus, region);
  const { Targets = [] } = await events.send(new ListTargetsByRuleCommand({ Rule: Name, EventBusName }));
  const Ids = Targets.flatMap(({ Id }) => Id ?? []);
  await events.send(new RemoveTargetsCommand({ Rule: Name, EventBusName, Ids }));
  return { events, Name, EventBusName };
}
export async function drop(account: TestAccount, bus: string, region?: string) {
  const { events, Name, EventBusName } = await aimless(account, bus, region);
  await events.send(new DeleteRuleCommand({ Name, EventBusName }));
  return Name;
}
export async function dropAll(account: TestAccount, bus: string, region?: string) {
  while ((await rule(account, bus, region)).Name !== '') await drop(account, bus, region);
}
