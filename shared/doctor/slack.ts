import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DescribeParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { type Aws, orNull, partitionOf } from '../resource.ts';
import { type Deployment, physicalIds } from './deployment.ts';
import { type CheckResult, deploymentCheck, fail, problemsOr } from './diagnosis.ts';
import { subscriptionsOf } from './notifications.ts';

/** Whether notifications reach Slack, where it is set up. */
export const slack = deploymentCheck({
  name: 'slack',
  remedy:
    'check your permissions: lambda:GetFunctionConfiguration, secretsmanager:DescribeSecret, ssm:DescribeParameters',
  async run(deployment, { engine, topicArn }) {
    const name = `${deployment.stack}-slack`;
    if (!physicalIds(deployment, 'AWS::Lambda::Function').includes(name)) return [];
    const aws = engine.aws(deployment.home);
    const response = aws(LambdaClient).send(new GetFunctionConfigurationCommand({ FunctionName: name }));
    // The functions check reports a missing function.
    const found = await orNull(response, 'ResourceNotFoundException');
    const source = found?.Environment?.Variables?.EVENKEEL_SLACK_SECRET;
    if (!source) return [];
    const problems = await Promise.all([
      secretProblem(aws, source, deployment),
      topicArn ? subscriptionProblem(aws, topicArn, deployment) : null,
    ]);
    return problemsOr(
      problems.filter((problem) => problem !== null),
      `posts to the webhook in ${source}`,
    );
  },
});

async function secretProblem(aws: Aws, source: string, { home }: Deployment): Promise<CheckResult | null> {
  const [store, ...rest] = source.split(':');
  const name = rest.join(':');
  if (store === 'ssm') {
    const put = `aws ssm put-parameter --name ${name} --type SecureString --value 'https://hooks.slack.com/…' --region ${home}`;
    return (await hasParameter(aws, name)) ? null : missing(source, put);
  }
  const response = aws(SecretsManagerClient).send(new DescribeSecretCommand({ SecretId: name }));
  const found = await orNull(response, 'ResourceNotFoundException');
  const create = `aws secretsmanager create-secret --name ${name} --secret-string 'https://hooks.slack.com/…' --region ${home}`;
  if (found === null) return missing(source, create);
  if (found.DeletedDate === undefined) return null;
  return fail(
    `${source} is scheduled for deletion and cannot be read: nothing is posted to Slack`,
    `aws secretsmanager restore-secret --secret-id ${name} --region ${home}`,
    source,
  );
}

/** Lists instead of getting, since permission to get a parameter would include its value. An ARN leaves open whether the name begins with a slash. */
async function hasParameter(aws: Aws, name: string): Promise<boolean> {
  const path = name.replace(/^arn:.*:parameter\//, '/');
  const Values = name.startsWith('arn:') ? [path, path.slice(1)] : [name];
  const request = new DescribeParametersCommand({ ParameterFilters: [{ Key: 'Name', Option: 'Equals', Values }] });
  const { Parameters = [] } = await aws(SSMClient).send(request);
  return Parameters.length > 0;
}

const missing = (source: string, remedy: string) =>
  fail(`${source}, the secret with the webhook's URL, does not exist: nothing is posted to Slack`, remedy, source);

async function subscriptionProblem(aws: Aws, topicArn: string, { stack, home, accountId }: Deployment) {
  const queue = `arn:${partitionOf(home)}:sqs:${home}:${accountId}:${stack}-slack`;
  const subscriptions = await subscriptionsOf(aws, topicArn);
  if (subscriptions === null || subscriptions.some(({ Endpoint }) => Endpoint === queue)) return null;
  return fail(
    `the queue ${stack}-slack is not subscribed to the topic: nothing is posted to Slack`,
    `aws sns subscribe --topic-arn ${topicArn} --protocol sqs --notification-endpoint ${queue} --region ${home}`,
    `${stack}-slack`,
  );
}
