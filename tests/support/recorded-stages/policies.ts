import { CreateRoleCommand, GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateKeyCommand, GetKeyPolicyCommand, KMSClient } from '@aws-sdk/client-kms';
import { AddPermissionCommand, GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  CreateTopicCommand,
  GetTopicAttributesCommand,
  SetTopicAttributesCommand,
  SNSClient,
} from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { accessTo, createFunction } from '../../../scenes/lambda/function.ts';
import { sceneAccount } from '../test-scene.ts';
import type { Stage } from './stage.ts';

const open = (Action: string) => ({ Sid: 'Open', Effect: 'Allow', Principal: { AWS: '*' }, Action, Resource: '*' });
const policyOf = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const statementsOf = (text = '{"Statement":[]}') => JSON.parse(text).Statement;
const rootOf = (accountId: string) => ({ AWS: `arn:aws:iam::${accountId}:root` });

/** The event's role, which trusts everybody by the time the event is handled. */
export const roleTrusting: Stage = async ({ aws, accountId }, { record }) => {
  const iam = aws()(IAMClient);
  const { roleName: RoleName } = record.requestParameters;
  const { Resource: _, ...statement } = open('sts:AssumeRole');
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: policyOf(statement) }));
  const state = async () => {
    const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
    return statementsOf(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ''))[0].Principal;
  };
  return { renamed: {}, state, right: rootOf(accountId) };
};

/** The event's key, which everybody may use to decrypt. */
export const keyOpened: Stage = async ({ aws, accountId }, { record }) => {
  const kms = aws()(KMSClient);
  const own = { ...open('kms:*'), Sid: 'Own', Principal: rootOf(accountId) };
  const Policy = policyOf(own, open('kms:Decrypt'));
  const { KeyMetadata: { KeyId = '' } = {} } = await kms.send(new CreateKeyCommand({ Policy }));
  const state = async () => {
    const answer = await kms.send(new GetKeyPolicyCommand({ KeyId, PolicyName: 'default' }));
    return statementsOf(answer.Policy).map((statement: { Principal: unknown }) => statement.Principal);
  };
  const right = [rootOf(accountId), rootOf(accountId)];
  return { renamed: { [record.requestParameters.keyId]: KeyId }, state, right };
};

/** The event's topic, to which everybody may publish. */
export const topicOpened: Stage = async ({ aws }, { record }) => {
  const sns = aws()(SNSClient);
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'opened' }));
  const AttributeValue = policyOf(open('sns:Publish'));
  await sns.send(new SetTopicAttributesCommand({ TopicArn, AttributeName: 'Policy', AttributeValue }));
  const state = async () => {
    const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn }));
    return statementsOf(Attributes?.Policy).map(({ Sid }: { Sid: string }) => Sid);
  };
  return { renamed: { [record.responseElements.topicArn]: TopicArn }, state, right: ['__default_statement_ID'] };
};

/** The event's queue, into which everybody may send. */
export const queueOpened: Stage = async ({ aws }, { record }) => {
  const sqs = aws()(SQSClient);
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'opened' }));
  const Attributes = { Policy: policyOf(open('sqs:SendMessage')) };
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
  const state = async () => {
    const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['Policy'] });
    return statementsOf((await sqs.send(asked)).Attributes?.Policy || undefined);
  };
  return { renamed: { [record.responseElements.queueUrl]: QueueUrl }, state, right: [] };
};

/** The event's function, which everybody may invoke. */
export const functionOpened: Stage = async (account, { record }) => {
  const stage = sceneAccount(account);
  const FunctionName = await createFunction(stage, 'opened');
  const permission = { StatementId: 'backdoor', Action: 'lambda:InvokeFunction', Principal: '*' };
  await account
    .aws()(LambdaClient)
    .send(new AddPermissionCommand({ FunctionName, ...permission }));
  const state = async () => (await accessTo(stage, FunctionName)).policy;
  return { renamed: { [record.requestParameters.functionName]: FunctionName }, state, right: null };
};

/** The event's function, whose environment holds a secret, as no event shows: that is left to a person. */
export const functionWithSecret: Stage = async (account, { record }) => {
  const stage = sceneAccount(account);
  const FunctionName = await createFunction(stage, 'secretive', { DB_PASSWORD: 'correct horse battery' });
  const asked = new GetFunctionConfigurationCommand({ FunctionName });
  const state = async () => (await account.aws()(LambdaClient).send(asked)).Environment?.Variables;
  const { functionName } = record.requestParameters;
  return { renamed: { [functionName]: FunctionName }, state, right: { DB_PASSWORD: 'correct horse battery' } };
};
