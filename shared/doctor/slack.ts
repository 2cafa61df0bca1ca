import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DescribeParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { type Aws, orNull, partitionOf } from '../resource.ts';
import { type Deployment, physicalIds } from './deployment.ts';
import { ill, ofDeployment, troublesOr, type Verdict } from './diagnosis.ts';
import { subscriptionsOf } from './notifications.ts';

/** Whether notices reach Slack, where it is used. */
export const slack = ofDeployment({
  what: 'slack',
  mend: 'see your permissions: lambda:GetFunctionConfiguration, secretsmanager:DescribeSecret, ssm:DescribeParameters',
  async examine(deployment, { engine, topicArn }) {
    const name = `${deployment.stack}-slack`;
    if (!physicalIds(deployment, 'AWS::Lambda::Function').includes(name)) return [];
    const aws = engine.aws(deployment.home);
    const asked = aws(LambdaClient).send(new GetFunctionConfigurationCommand({ FunctionName: name }));
    // A function that is gone is told as such.
    const found = await orNull(asked, 'ResourceNotFoundException');
    const source = found?.Environment?.Variables?.EVENKEEL_SLACK_SECRET;
    if (!source) return [];
    const troubles = await Promise.all([
      secretTrouble(aws, source, deployment),
      topicArn ? queueTrouble(aws, topicArn, deployment) : null,
    ]);
    return troublesOr(
      troubles.filter((trouble) => trouble !== null),
      `posts to the webhook in ${source}`,
    );
  },
});

async function secretTrouble(aws: Aws, source: string, { home }: Deployment): Promise<Verdict | null> {
  const [store, ...rest] = source.split(':');
  const name = rest.join(':');
  if (store === 'ssm') {
    const put = `aws ssm put-parameter --name ${name} --type SecureString --value 'https://hooks.slack.com/…' --region ${home}`;
    return (await hasParameter(aws, name)) ? null : missing(source, put);
  }
  const asked = aws(SecretsManagerClient).send(new DescribeSecretCommand({ SecretId: name }));
  const found = await orNull(asked, 'ResourceNotFoundException');
  const make = `aws secretsmanager create-secret --name ${name} --secret-string 'https://hooks.slack.com/…' --region ${home}`;
  if (found === null) return missing(source, make);
  if (found.DeletedDate === undefined) return null;
  return ill(
    `${source} is scheduled for deletion, and cannot be read: nothing is posted`,
    `aws secretsmanager restore-secret --secret-id ${name} --region ${home}`,
    source,
  );
}

/** Looks into the list: whoever may read a parameter may read what it holds. In an ARN the name's own slash is not told from the one before it. */
async function hasParameter(aws: Aws, name: string): Promise<boolean> {
  const path = name.replace(/^arn:.*:parameter\//, '/');
  const Values = name.startsWith('arn:') ? [path, path.slice(1)] : [name];
  const asked = new DescribeParametersCommand({ ParameterFilters: [{ Key: 'Name', Option: 'Equals', Values }] });
  const { Parameters = [] } = await aws(SSMClient).send(asked);
  return Parameters.length > 0;
}

const missing = (source: string, mend: string) =>
  ill(`the secret ${source} with the address of the webhook is missing: nothing is posted`, mend, source);

async function queueTrouble(aws: Aws, topicArn: string, { stack, home, accountId }: Deployment) {
  const queue = `arn:${partitionOf(home)}:sqs:${home}:${accountId}:${stack}-slack`;
  const subscriptions = await subscriptionsOf(aws, topicArn);
  if (subscriptions === null || subscriptions.some(({ Endpoint }) => Endpoint === queue)) return null;
  return ill(
    `the queue ${stack}-slack is not subscribed to the topic: nothing is posted`,
    `aws sns subscribe --topic-arn ${topicArn} --protocol sqs --notification-endpoint ${queue} --region ${home}`,
    `${stack}-slack`,
  );
}
