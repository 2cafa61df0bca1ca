import {
  type EventSourceMappingConfiguration,
  LambdaClient,
  paginateListEventSourceMappings,
} from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type Aws, orNull, partitionOf } from '../resource.ts';
import { counted, shellQuoted } from '../text.ts';
import { type Deployment, physicalIds, redeployForwarding, revertDrift } from './deployment.ts';
import { type CheckResult, deploymentCheck, fail, problemsOr, warn } from './diagnosis.ts';
import { checkEach } from './run.ts';

/** More messages than this mean a burst of events, or a function that cannot keep up. */
const MAX_BACKLOG = 1000;

/** The dead-letter queue of a region: events that could not be processed (home region) or forwarded (others). */
export const failedEventsQueue = (stack: string): string => `${stack}-failed-events`;

const FAILED_REMEDY = 'check the region, and your permissions: sqs:GetQueueUrl, sqs:GetQueueAttributes';

/** Whether a region's dead-letter queue holds events. */
export const failedEvents = deploymentCheck({
  name: 'failed events',
  remedy: FAILED_REMEDY,
  async run(deployment, { engine }) {
    const QueueName = failedEventsQueue(deployment.stack);
    const problems = await checkEach(deployment.regions, FAILED_REMEDY, async (region) => {
      const url = await queueUrl(engine.aws(region), QueueName);
      const remedy = region === deployment.home ? recreateQueue(deployment) : redeployForwarding(deployment, region);
      if (url === null)
        return [fail(`${region}: the queue ${QueueName} is missing: events that fail are lost`, remedy, region)];
      const { all } = await waitingIn(engine.aws(region), url);
      if (all === 0) return [];
      const found = `${region}: ${counted(all, 'message')} could not be`;
      return [
        region === deployment.home
          ? fail(`${found} processed`, `npx evenkeel redrive ${shellQuoted(url)}`, region)
          : fail(`${found} forwarded`, `npx evenkeel replay --queue ${shellQuoted(url)} --mode remediate`, region),
      ];
    });
    return problemsOr(problems, `none, in ${counted(deployment.regions.length, 'region')}`);
  },
});

/** A deleted queue's name is free only after a minute. */
const recreateQueue = (deployment: Deployment): string =>
  `once it has been gone for 60 seconds (SQS keeps the name so long): ${revertDrift(deployment)}`;

const QUEUES_REMEDY = 'check your permissions: sqs:GetQueueUrl, sqs:GetQueueAttributes, lambda:ListEventSourceMappings';

/** Whether every function's queue exists and is polled. */
export const queues = deploymentCheck({
  name: 'queues',
  remedy: QUEUES_REMEDY,
  async run(deployment, { engine }) {
    const aws = engine.aws(deployment.home);
    const names = functionQueues(deployment);
    const mappings = await mappingsOf(aws);
    const problems = await checkEach(names, QUEUES_REMEDY, (name) => problemsOf(name, mappings, deployment, aws));
    return names.length === 0 ? [] : problemsOr(problems, `${counted(names.length, 'queue')}, all polled`);
  },
});

/** The names of the queues that functions poll. */
const functionQueues = (deployment: Deployment): readonly string[] =>
  physicalIds(deployment, 'AWS::SQS::Queue')
    .map((url) => url.split('/').at(-1) ?? url)
    .filter((name) => name !== failedEventsQueue(deployment.stack));

async function problemsOf(
  name: string,
  mappings: readonly EventSourceMappingConfiguration[],
  deployment: Deployment,
  aws: Aws,
): Promise<readonly CheckResult[]> {
  const url = await queueUrl(aws, name);
  if (url === null)
    return [fail(`the queue ${name} is missing: its function receives no events`, recreateQueue(deployment), name)];
  const arn = `arn:${partitionOf(deployment.home)}:sqs:${deployment.home}:${deployment.accountId}:${name}`;
  const own = mappings.filter(({ EventSourceArn }) => EventSourceArn === arn);
  const { visible, all } = await waitingIn(aws, url);
  const waiting = all === 0 ? '' : `, and ${counted(all, 'message waits', 'messages wait')}`;
  const [first] = own;
  if (first === undefined)
    return [
      fail(`nothing polls ${name}: its event source mapping is missing${waiting}`, revertDrift(deployment), name),
    ];
  if (!own.some(isPolling)) {
    const enable = `aws lambda update-event-source-mapping --uuid ${first.UUID} --enabled --region ${deployment.home}`;
    return [fail(`nothing polls ${name}: its event source mapping is ${first.State}${waiting}`, enable, name)];
  }
  if (visible <= MAX_BACKLOG) return [];
  const logs = `aws logs tail /aws/lambda/${name} --since 1h --region ${deployment.home}`;
  return [
    warn(
      `${counted(visible, 'message waits', 'messages wait')} in ${name}: a burst of events, or its function cannot keep up`,
      logs,
      name,
    ),
  ];
}

/** A mapping goes on polling while its settings are being changed. */
const isPolling = ({ State = '' }: EventSourceMappingConfiguration) =>
  ['Enabled', 'Enabling', 'Updating', 'Creating'].includes(State);

async function mappingsOf(aws: Aws): Promise<readonly EventSourceMappingConfiguration[]> {
  const found: EventSourceMappingConfiguration[] = [];
  for await (const page of paginateListEventSourceMappings({ client: aws(LambdaClient) }, {}))
    found.push(...(page.EventSourceMappings ?? []));
  return found;
}

async function queueUrl(aws: Aws, QueueName: string): Promise<string | null> {
  const response = aws(SQSClient).send(new GetQueueUrlCommand({ QueueName }));
  const found = await orNull(response, 'QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue');
  return found?.QueueUrl ?? null;
}

/** How many messages wait in a queue; `all` includes those in flight. */
export async function waitingIn(
  aws: Aws,
  QueueUrl: string,
): Promise<{ readonly visible: number; readonly all: number }> {
  const { Attributes = {} } = await aws(SQSClient).send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  const visible = Number(Attributes.ApproximateNumberOfMessages ?? 0);
  return { visible, all: visible + Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0) };
}
