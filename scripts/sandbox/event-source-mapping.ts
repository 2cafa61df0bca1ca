import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { parseArn } from '../../shared/aws/arn.ts';
import type { Aws } from '../../shared/resource.ts';
import type { DeployedFunction } from './deployment.ts';

const RUNTIME = fileURLToPath(new URL('./runtime.mjs', import.meta.url));

/** How an invocation ended. */
export type Answer =
  | { readonly value: unknown }
  | { readonly error: { readonly errorType: string; readonly errorMessage: string } };

/** A line that a function has logged, with the function's name. */
export type Logged = Readonly<Record<string, unknown>> & { readonly function: string };

/** One instance of a function: a process of its own, in the function's environment, with its role's credentials. */
export interface Instance {
  invoke(event: unknown): Promise<Answer>;
  kill(): void;
}

interface InstanceOptions {
  /** Endpoint and credentials: what Lambda puts into a function's environment beside the function's own. */
  readonly env: Readonly<Record<string, string>>;
  log(line: Logged): void;
}

/** Starts an instance as Lambda does. Rejects where the archive holds no such handler. */
export async function startInstance(deployed: DeployedFunction, { env, log }: InstanceOptions): Promise<Instance> {
  const { functionName, root, handler, environment, arn, timeout } = deployed;
  const child = spawn(process.execPath, [RUNTIME, root, handler], {
    env: {
      PATH: process.env.PATH ?? '',
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? '',
      ...env,
      ...environment,
      AWS_LAMBDA_FUNCTION_NAME: functionName,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_REGION: parseArn(arn)?.region ?? '',
    },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr])
    createInterface(stream as Readable).on('line', (line) => log({ function: deployed.name, ...parsed(line) }));
  const next = answersOf(child);
  if ((await next()) === null) throw new Error(`${functionName} did not start`);
  const context = {
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: arn,
    memoryLimitInMB: '512',
    awsRequestId: 'local',
  };
  return {
    async invoke(event) {
      child.stdin?.write(`${JSON.stringify({ event, context, timeout })}\n`);
      const answer = await next();
      return answer ?? { error: { errorType: 'Killed', errorMessage: `${functionName} was ended` } };
    },
    kill: () => child.kill('SIGKILL'),
  };
}

/** What the process answers, one after the other; null once it has ended. */
function answersOf(child: ChildProcess): () => Promise<Answer | null> {
  const lines = createInterface(child.stdio[3] as Readable)[Symbol.asyncIterator]();
  child.stdin?.on('error', () => {}); // it was killed; the answer says so
  return async () => {
    const { value, done } = await lines.next();
    return done ? null : JSON.parse(value);
  };
}

function parsed(line: string): object {
  try {
    return JSON.parse(line);
  } catch {
    return { message: line };
  }
}

/** Does the work of an event source mapping once: takes up to ten messages out of the function's queue, and deletes those that did not fail. Those that did come again when the function says, or with `retriesAtOnce` at once: a trial has no quarter of an hour. Gives how many it took. */
export async function pumpOnce(
  deployed: DeployedFunction,
  instance: Instance,
  aws: Aws,
  { retriesAtOnce = false } = {},
): Promise<number> {
  const client = aws(SQSClient);
  const QueueUrl = deployed.queueUrl;
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, AttributeNames: ['All'] }),
  );
  if (Messages.length === 0) return 0;
  const { region, accountId } = parseArn(deployed.arn) ?? {};
  const arn = `arn:aws:sqs:${region}:${accountId}:${QueueUrl.split('/').at(-1)}`;
  const answer = await instance.invoke({ Records: Messages.map((message) => recordOf(message, arn)) });
  const failed = failedOf(answer, Messages);
  const done = Messages.filter(({ MessageId = '' }) => !failed.includes(MessageId));
  const Entries = done.map(({ MessageId, ReceiptHandle }) => ({ Id: MessageId, ReceiptHandle }));
  if (Entries.length > 0) await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  for (const { MessageId = '', ReceiptHandle } of retriesAtOnce ? Messages : [])
    if (failed.includes(MessageId))
      await client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
  return Messages.length;
}

const SHORTEST_POLL_MS = 100;
const LONGEST_POLL_MS = 1000;

/** Goes on with that until `ended`; an empty queue is asked less and less often, up to once a second. */
export async function pump(
  deployed: DeployedFunction,
  instance: Instance,
  aws: Aws,
  ended: () => boolean,
): Promise<void> {
  let wait = SHORTEST_POLL_MS;
  while (!ended()) {
    const taken = await pumpOnce(deployed, instance, aws);
    if (taken === 0) await sleep(wait);
    wait = taken === 0 ? Math.min(2 * wait, LONGEST_POLL_MS) : SHORTEST_POLL_MS;
  }
}

/** What Lambda gives to a function: the credentials of its role. */
export async function credentialsOf(RoleArn: string, aws: Aws): Promise<Readonly<Record<string, string>>> {
  const { Credentials } = await aws(STSClient).send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'function' }));
  return {
    AWS_ACCESS_KEY_ID: Credentials?.AccessKeyId ?? '',
    AWS_SECRET_ACCESS_KEY: Credentials?.SecretAccessKey ?? '',
    AWS_SESSION_TOKEN: Credentials?.SessionToken ?? '',
  };
}

const recordOf = ({ MessageId, ReceiptHandle, Body, Attributes }: Message, eventSourceARN: string) => ({
  messageId: MessageId,
  receiptHandle: ReceiptHandle,
  body: Body,
  attributes: Attributes ?? {},
  messageAttributes: {},
  eventSource: 'aws:sqs',
  eventSourceARN,
  awsRegion: parseArn(eventSourceARN)?.region,
});

/** The messages that come again; all of them, where the invocation itself failed. */
function failedOf(answer: Answer, messages: readonly Message[]): readonly string[] {
  if ('error' in answer) return messages.map(({ MessageId = '' }) => MessageId);
  const { batchItemFailures = [] } = answer.value as { batchItemFailures?: readonly { itemIdentifier: string }[] };
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}

/** How many messages a queue holds, seen or hidden. */
export async function messagesIn(QueueUrl: string, aws: Aws): Promise<number> {
  const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  const { Attributes = {} } = await aws(SQSClient).send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] }),
  );
  return AttributeNames.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
}
