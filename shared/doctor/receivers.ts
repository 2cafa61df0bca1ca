import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DescribeParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { type Aws, orNull, partitionOf } from '../resource.ts';
import { type Deployment, physicalIds } from './deployment.ts';
import {
  type Check,
  type CheckResult,
  type DoctorContext,
  deploymentCheck,
  fail,
  problemsOr,
  type SecretContent,
  type SecretVariable,
} from './diagnosis.ts';
import { subscriptionsOf } from './notifications.ts';

/** A secret that a function reads. */
export interface FunctionSecret {
  /** The function's name after the stack's: `slack`. */
  readonly name: string;
  /** The environment variable that says where the secret is. */
  readonly variable: SecretVariable;
  /** What is in it: `the webhook's URL`. */
  readonly what: string;
  /** How a value looks, for the command that stores one. */
  readonly example: string;
  /** What does not work without it. */
  readonly without: string;
}

/** Permissions of the checks of such a secret. */
export const SECRET_REMEDY =
  'check your permissions: lambda:GetFunctionConfiguration, secretsmanager:DescribeSecret, ssm:DescribeParameters';

/** The environment of a function of the stack; null where the stack has no such function, or where the function is missing, which the functions check reports. */
export async function environmentOf(
  name: string,
  deployment: Deployment,
  { engine }: DoctorContext,
): Promise<Readonly<Record<string, string>> | null> {
  const FunctionName = `${deployment.stack}-${name}`;
  if (!physicalIds(deployment, 'AWS::Lambda::Function').includes(FunctionName)) return null;
  const lambda = engine.aws(deployment.home)(LambdaClient);
  const response = lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const found = await orNull(response, 'ResourceNotFoundException');
  return found?.Environment?.Variables ?? null;
}

/** What is wrong with a secret, or else what is in it; null where it was not to be read. */
export async function secretCheck(
  secret: FunctionSecret,
  source: string,
  { home }: Deployment,
  { engine, secrets }: DoctorContext,
): Promise<{ readonly problem: CheckResult } | { readonly problem: null; readonly content: SecretContent | null }> {
  const problem = await secretProblem(secret, engine.aws(home), source, home);
  if (problem !== null) return { problem };
  const content = secrets === undefined ? null : await secrets(secret.variable, source);
  if (content === null || !('problem' in content)) return { problem: null, content };
  return { problem: fail(`${content.problem}; ${secret.without}`, storing(secret, source, home), source) };
}

/** That its value was not read, for those who may not. */
export const unread = (content: SecretContent | null): string =>
  content !== null && 'denied' in content ? ` (what it holds was not checked: ${content.denied})` : '';

async function secretProblem(
  secret: FunctionSecret,
  aws: Aws,
  source: string,
  home: string,
): Promise<CheckResult | null> {
  const { store, name } = placeOf(source);
  const missing = () =>
    fail(
      `${source}, the secret with ${secret.what}, does not exist: ${secret.without}`,
      creating(secret, source, home),
      source,
    );
  if (store === 'ssm') return (await hasParameter(aws, name)) ? null : missing();
  const response = aws(SecretsManagerClient).send(new DescribeSecretCommand({ SecretId: name }));
  const found = await orNull(response, 'ResourceNotFoundException');
  if (found === null) return missing();
  if (found.DeletedDate === undefined) return null;
  return fail(
    `${source} is scheduled for deletion and cannot be read: ${secret.without}`,
    `aws secretsmanager restore-secret --secret-id ${name} --region ${home}`,
    source,
  );
}

function placeOf(source: string): { readonly store: string | undefined; readonly name: string } {
  const [store, ...rest] = source.split(':');
  return { store, name: rest.join(':') };
}

function creating({ example }: FunctionSecret, source: string, home: string): string {
  const { store, name } = placeOf(source);
  return store === 'ssm'
    ? `aws ssm put-parameter --name ${name} --type SecureString --value '${example}' --region ${home}`
    : `aws secretsmanager create-secret --name ${name} --secret-string '${example}' --region ${home}`;
}

/** The command that stores another value. */
export function storing({ example }: Pick<FunctionSecret, 'example'>, source: string, home: string): string {
  const { store, name } = placeOf(source);
  return store === 'ssm'
    ? `aws ssm put-parameter --name ${name} --type SecureString --overwrite --value '${example}' --region ${home}`
    : `aws secretsmanager put-secret-value --secret-id ${name} --secret-string '${example}' --region ${home}`;
}

/** Lists instead of getting, since permission to get a parameter would include its value. An ARN leaves open whether the name begins with a slash. */
async function hasParameter(aws: Aws, name: string): Promise<boolean> {
  const path = name.replace(/^arn:.*:parameter\//, '/');
  const Values = name.startsWith('arn:') ? [path, path.slice(1)] : [name];
  const request = new DescribeParametersCommand({ ParameterFilters: [{ Key: 'Name', Option: 'Equals', Values }] });
  const { Parameters = [] } = await aws(SSMClient).send(request);
  return Parameters.length > 0;
}

/** Whether the function's queue gets the topic's messages. */
export async function subscriptionProblem(
  { name, without }: Pick<FunctionSecret, 'name' | 'without'>,
  { stack, home, accountId }: Deployment,
  { engine, topicArn }: DoctorContext,
): Promise<CheckResult | null> {
  if (!topicArn) return null;
  const queue = `arn:${partitionOf(home)}:sqs:${home}:${accountId}:${stack}-${name}`;
  const subscriptions = await subscriptionsOf(engine.aws(home), topicArn);
  if (subscriptions === null || subscriptions.some(({ Endpoint }) => Endpoint === queue)) return null;
  return fail(
    `the queue ${stack}-${name} is not subscribed to the topic: ${without}`,
    `aws sns subscribe --topic-arn ${topicArn} --protocol sqs --notification-endpoint ${queue} --region ${home}`,
    `${stack}-${name}`,
  );
}

/** Whether notifications are delivered by a function and a queue of its own, where that is set up. `does`: `posts to the workflow in`. */
export const receiverCheck = (secret: FunctionSecret, does: string): Check =>
  deploymentCheck({
    name: secret.name,
    remedy: SECRET_REMEDY,
    async run(deployment, context) {
      const source = (await environmentOf(secret.name, deployment, context))?.[secret.variable];
      if (!source) return [];
      const [checked, unsubscribed] = await Promise.all([
        secretCheck(secret, source, deployment, context),
        subscriptionProblem(secret, deployment, context),
      ]);
      return problemsOr(
        [checked.problem, unsubscribed].filter((problem) => problem !== null),
        `${does} ${source}${checked.problem === null ? unread(checked.content) : ''}`,
      );
    },
  });

/** Whether notifications reach Microsoft Teams. */
export const teams = receiverCheck(
  {
    name: 'teams',
    variable: 'EVENKEEL_TEAMS_SECRET',
    what: "the workflow's URL",
    example: 'https://….logic.azure.com/…',
    without: 'nothing is posted to Microsoft Teams',
  },
  'posts to the workflow in',
);

/** Whether alerts reach PagerDuty. */
export const pagerDuty = receiverCheck(
  {
    name: 'pagerduty',
    variable: 'EVENKEEL_PAGERDUTY_SECRET',
    what: 'the integration key',
    example: '…',
    without: 'no alert is sent',
  },
  'sends alerts by the key in',
);
