import {
  type EventSourceMappingConfiguration,
  LambdaClient,
  paginateListEventSourceMappings,
} from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type Aws, orNull, partitionOf } from '../resource.ts';
import { type Deployment, layAnew, physicalIds, restore } from './deployment.ts';
import { counted, ill, look, ofDeployment, troublesOr, type Verdict } from './diagnosis.ts';
import { inEach } from './run.ts';

/** More messages than these are a storm, or a function that does not keep up. */
const BACKLOG = 1000;

/** The queue where the events of a region wait that nobody could work on, or forward. */
export const failedEventsQueue = (stack: string): string => `${stack}-failed-events`;

const FAILED_MEND = 'see the region, and your permissions: sqs:GetQueueUrl, sqs:GetQueueAttributes';

/** Whether events wait that failed, in every region. */
export const failedEvents = ofDeployment({
  what: 'failed events',
  mend: FAILED_MEND,
  async examine(deployment, { engine }) {
    const QueueName = failedEventsQueue(deployment.stack);
    const troubles = await inEach(deployment.regions, FAILED_MEND, async (region) => {
      const url = await queueUrl(engine.aws(region), QueueName);
      const mend = region === deployment.home ? restore(deployment) : layAnew(deployment, region);
      if (url === null)
        return [ill(`${region}: the queue ${QueueName} is missing: events that fail are lost`, mend, region)];
      const { all } = await waitingIn(engine.aws(region), url);
      if (all === 0) return [];
      const found = `${region}: ${counted(all, 'message')} could not be`;
      return [
        region === deployment.home
          ? ill(`${found} worked on`, `npx evenkeel redrive ${url}`, region)
          : ill(`${found} forwarded`, `npx evenkeel replay --queue ${url} --mode remediate`, region),
      ];
    });
    return troublesOr(troubles, `none, in ${counted(deployment.regions.length, 'region')}`);
  },
});

const QUEUES_MEND = 'see your permissions: sqs:GetQueueUrl, sqs:GetQueueAttributes, lambda:ListEventSourceMappings';

/** Whether every function's queue is there, and read. */
export const queues = ofDeployment({
  what: 'queues',
  mend: QUEUES_MEND,
  async examine(deployment, { engine }) {
    const aws = engine.aws(deployment.home);
    const names = functionQueues(deployment);
    const mappings = await mappingsOf(aws);
    const troubles = await inEach(names, QUEUES_MEND, (name) => troublesOf(name, mappings, deployment, aws));
    return names.length === 0 ? [] : troublesOr(troubles, `${counted(names.length, 'queue')}, all read`);
  },
});

/** The names of the queues that functions read. */
const functionQueues = (deployment: Deployment): readonly string[] =>
  physicalIds(deployment, 'AWS::SQS::Queue')
    .map((url) => url.split('/').at(-1) ?? url)
    .filter((name) => name !== failedEventsQueue(deployment.stack));

async function troublesOf(
  name: string,
  mappings: readonly EventSourceMappingConfiguration[],
  deployment: Deployment,
  aws: Aws,
): Promise<readonly Verdict[]> {
  const url = await queueUrl(aws, name);
  if (url === null)
    return [ill(`the queue ${name} is missing: its function gets no events`, restore(deployment), name)];
  const arn = `arn:${partitionOf(deployment.home)}:sqs:${deployment.home}:${deployment.accountId}:${name}`;
  const own = mappings.filter(({ EventSourceArn }) => EventSourceArn === arn);
  const { visible, all } = await waitingIn(aws, url);
  const waiting = all === 0 ? '' : `, and ${counted(all, 'message')} wait${all === 1 ? 's' : ''}`;
  const [first] = own;
  if (first === undefined)
    return [ill(`nothing reads ${name}: its event source mapping is missing${waiting}`, restore(deployment), name)];
  if (!own.some(isReading)) {
    const enable = `aws lambda update-event-source-mapping --uuid ${first.UUID} --enabled --region ${deployment.home}`;
    return [ill(`nothing reads ${name}: its event source mapping is ${first.State}${waiting}`, enable, name)];
  }
  if (visible <= BACKLOG) return [];
  const logs = `aws logs tail /aws/lambda/${name} --since 1h --region ${deployment.home}`;
  return [
    look(`${counted(visible, 'message')} wait in ${name}: a storm, or its function does not keep up`, logs, name),
  ];
}

/** A change of its settings does not keep a mapping from reading. */
const isReading = ({ State = '' }: EventSourceMappingConfiguration) =>
  ['Enabled', 'Enabling', 'Updating', 'Creating'].includes(State);

async function mappingsOf(aws: Aws): Promise<readonly EventSourceMappingConfiguration[]> {
  const found: EventSourceMappingConfiguration[] = [];
  for await (const page of paginateListEventSourceMappings({ client: aws(LambdaClient) }, {}))
    found.push(...(page.EventSourceMappings ?? []));
  return found;
}

async function queueUrl(aws: Aws, QueueName: string): Promise<string | null> {
  const asked = aws(SQSClient).send(new GetQueueUrlCommand({ QueueName }));
  const found = await orNull(asked, 'QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue');
  return found?.QueueUrl ?? null;
}

/** How many messages wait in a queue; those that are being worked on count in `all`. */
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
