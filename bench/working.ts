import { setTimeout as sleep } from 'node:timers/promises';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { DeployedFunction, Deployment } from '../scripts/sandbox/deployment.ts';
import {
  credentialsOf,
  type Instance,
  messagesIn,
  pumpOnce,
  startInstance,
} from '../scripts/sandbox/event-source-mapping.ts';
import type { Counts } from '../shared/cli/costs/model.ts';
import type { Aws } from '../shared/resource.ts';
import type { tallying } from './tally.ts';

/** Where the load is run. */
export interface Bench {
  readonly deployment: Deployment;
  readonly accountId: string;
  /** All regions that are watched, the home region first. */
  readonly regions: readonly string[];
  /** For what the bench itself does: it is not counted. */
  aws(region?: string): Aws;
  /** What the functions talk to, and whoever reads their queues: it is counted. */
  readonly endpoint: string;
  readonly reader: SQSClient;
  readonly tally: ReturnType<typeof tallying>;
}

/** The deployed functions, each with one instance that works on what its queue holds. */
export interface Working {
  /** Puts an event on the default bus of a region, as AWS would. */
  happens(source: string, detailType: string, detail: object, region?: string): Promise<void>;
  /** Puts a message into a function's queue, as a schedule does. */
  comes(name: string, body: object): Promise<void>;
  /** Lets a function take what its queue holds, once, and counts it; what fills the queue is a request for each message. */
  work(name: string): Promise<Counts>;
  /** Lets the other functions work, and counts nothing of it. */
  settle(): Promise<void>;
  end(): void;
}

/** Bytes that CloudWatch Logs counts for a line beside what is in it. */
const LINE_OVERHEAD = 26;

/** Starts an instance of each function that reads a queue. */
export async function startWork({ deployment, aws, reader, endpoint, tally }: Bench): Promise<Working> {
  let logBytes = 0;
  const instances = new Map<string, readonly [DeployedFunction, Instance]>();
  for (const deployed of deployment.functions) {
    const env = { AWS_ENDPOINT_URL: endpoint, ...(await credentialsOf(deployed.role, aws())) };
    const log = ({ function: _, ...line }: object & { readonly function: string }) => {
      logBytes += Buffer.byteLength(JSON.stringify(line)) + LINE_OVERHEAD;
    };
    instances.set(deployed.name, [deployed, await startInstance(deployed, { env, log })]);
  }

  async function work(name: string): Promise<Counts> {
    const [deployed, instance] = instances.get(name) ?? [];
    if (deployed === undefined || instance === undefined) throw new Error(`there is no function ${name}`);
    tally.taken();
    logBytes = 0;
    const { milliseconds, messages } = await timed(deployed, instance);
    if (messages === 0) throw new Error(`nothing waits for ${name}`);
    // What it logged may come a moment after its answer.
    await sleep(50);
    const { sqsRequests, calls, ...rest } = tally.taken();
    // Each message was sent to the queue; the reader's own two calls are no calls of the function.
    return {
      ...rest,
      sqsRequests: sqsRequests + messages,
      calls: calls - 2,
      invocations: 1,
      milliseconds,
      logBytes,
    };
  }

  /** Works once, and says how long the function took; a function that fails ends the bench. */
  async function timed(deployed: DeployedFunction, instance: Instance) {
    let milliseconds = 0;
    const clocked: Instance = {
      ...instance,
      async invoke(event) {
        const started = performance.now();
        const answer = await instance.invoke(event);
        milliseconds = performance.now() - started;
        if ('error' in answer) throw new Error(`${deployed.functionName}: ${answer.error.errorMessage}`);
        const { batchItemFailures = [] } = answer.value as { batchItemFailures?: readonly unknown[] };
        if (batchItemFailures.length > 0) throw new Error(`${deployed.functionName} did not end well`);
        return answer;
      },
    };
    const messages = await pumpOnce(deployed, clocked, (() => reader) as unknown as Aws);
    return { milliseconds, messages };
  }

  return {
    async happens(Source, DetailType, detail, region) {
      const Entries = [{ Source, DetailType, Detail: JSON.stringify(detail) }];
      await aws(region)(EventBridgeClient).send(new PutEventsCommand({ Entries }));
    },
    async comes(name, body) {
      const [deployed] = instances.get(name) ?? [];
      const message = { QueueUrl: deployed?.queueUrl, MessageBody: JSON.stringify(body) };
      await aws()(SQSClient).send(new SendMessageCommand(message));
    },
    work,
    async settle() {
      for (const [name, [{ queueUrl }]] of instances) while ((await messagesIn(queueUrl, aws())) > 0) await work(name);
    },
    end() {
      for (const [, instance] of instances.values()) instance.kill();
    },
  };
}
