import { readFileSync } from 'node:fs';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DynamoDBClient,
  type PointInTimeRecoverySpecification,
  type TimeToLiveSpecification,
  UpdateContinuousBackupsCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { parse } from 'yaml';
import { parseArn } from '../../shared/aws/arn.ts';
import { type Aws, orNull } from '../../shared/resource.ts';
import { ROOT } from '../catalogue.ts';

/** What of Evenkeel's deployment exists in the local account. */
export interface LocalWorld {
  readonly table: string;
  readonly topicArn: string;
  /** A queue that gets every notice, as a mailbox would. */
  readonly inboxUrl: string;
}

/** Makes the ledger's table and the notice topic as resources/*.yml describe them, with keys of AWS's own, and an inbox for the topic. What exists already stays. */
export async function makeLocalWorld(aws: Aws): Promise<LocalWorld> {
  const [table, topicArn] = await Promise.all([makeTable(aws), makeTopic(aws)]);
  return { table, topicArn, inboxUrl: await subscribeInbox(aws, topicArn) };
}

/** Properties of AWS::DynamoDB::Table: those of CreateTable, and some that the API sets by calls of their own. */
interface TableProperties extends Omit<CreateTableCommandInput, 'SSESpecification' | 'TableName'> {
  readonly PointInTimeRecoverySpecification?: PointInTimeRecoverySpecification;
  readonly TimeToLiveSpecification?: { readonly AttributeName: string; readonly Enabled: boolean };
  readonly SSESpecification?: { readonly SSEEnabled?: boolean };
}

async function makeTable(aws: Aws): Promise<string> {
  const properties = propertiesOf<TableProperties>('ledger', 'AWS::DynamoDB::Table');
  const {
    PointInTimeRecoverySpecification: recovery,
    TimeToLiveSpecification: expiry,
    SSESpecification: sse,
  } = properties;
  const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes, BillingMode } = properties;
  // CloudFormation chooses a name; here it has to be the same each time.
  const TableName = `${fromYml<{ readonly service: string }>('serverless.yml').service}-${STAGE}-ledger`;
  const client = aws(DynamoDBClient);
  const table = { TableName, AttributeDefinitions, KeySchema, GlobalSecondaryIndexes, BillingMode };
  const encryption = sse === undefined ? {} : { SSESpecification: { Enabled: sse.SSEEnabled === true } };
  const made = await orNull(client.send(new CreateTableCommand({ ...table, ...encryption })), 'ResourceInUseException');
  if (made === null) return TableName;
  if (recovery !== undefined)
    await client.send(new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification: recovery }));
  if (expiry !== undefined)
    await client.send(
      new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification: expiry satisfies TimeToLiveSpecification }),
    );
  return TableName;
}

async function makeTopic(aws: Aws): Promise<string> {
  const { TopicName } = propertiesOf<{ readonly TopicName: string }>('notices', 'AWS::SNS::Topic');
  const { TopicArn } = await aws(SNSClient).send(new CreateTopicCommand({ Name: TopicName }));
  if (TopicArn === undefined) throw new Error(`the topic ${TopicName} was made without an ARN`);
  return TopicArn;
}

async function subscribeInbox(aws: Aws, TopicArn: string): Promise<string> {
  const client = aws(SQSClient);
  const QueueName = `${parseArn(TopicArn)?.resource}-inbox`;
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName }));
  if (QueueUrl === undefined) throw new Error(`the queue ${QueueName} was made without a URL`);
  const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  await aws(SNSClient).send(
    new SubscribeCommand({
      TopicArn,
      Protocol: 'sqs',
      Endpoint: Attributes?.QueueArn,
      Attributes: { RawMessageDelivery: 'true' },
    }),
  );
  return QueueUrl;
}

/** A notice as it arrives: the text that a mail would have, with its subject. */
export interface Mail {
  readonly subject: string;
  readonly text: string;
}

/** Takes all that has arrived out of the inbox. */
export async function takeMail(aws: Aws, QueueUrl: string): Promise<readonly Mail[]> {
  const client = aws(SQSClient);
  const mails: Mail[] = [];
  for (;;) {
    const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    if (Messages.length === 0) return mails;
    for (const { Body = '', ReceiptHandle } of Messages) {
      const { subject, text } = JSON.parse(Body) as Mail;
      mails.push({ subject, text });
      await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
  }
}

const STAGE = 'local';

/** The properties of the only resource of a type in resources/<file>.yml, with the framework's variables filled in. */
function propertiesOf<T>(file: string, type: string): T {
  const { service } = fromYml<{ readonly service: string }>('serverless.yml');
  const { Resources } = fromYml<{
    readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: object }>>;
  }>(`resources/${file}.yml`);
  const resource = Object.values(Resources).find(({ Type }) => Type === type);
  if (resource === undefined) throw new Error(`resources/${file}.yml has no ${type}`);
  const text = JSON.stringify(resource.Properties)
    .replaceAll('${self:service}', service)
    .replaceAll('${sls:stage}', STAGE);
  return JSON.parse(text);
}

/** CloudFormation's short tags (`!Ref`) stand in parts that are not read here. */
const fromYml = <T>(file: string): T => parse(readFileSync(ROOT + file, 'utf8'), { logLevel: 'error' });
