import { setTimeout as sleep } from 'node:timers/promises';
import { SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { LEASE_MS } from '../../shared/ledger/lease.ts';
import type { Aws } from '../../shared/resource.ts';
import type { DeployedFunction, Deployment } from '../sandbox/deployment.ts';
import {
  credentialsOf,
  type Instance,
  type Logged,
  messagesIn,
  pump,
  startInstance,
} from '../sandbox/event-source-mapping.ts';
import type { PassingCall } from '../sandbox/serial-proxy.ts';
import { leftOf, makeDrifts, putEvents, STORM_CONTROL } from './drifts.ts';

/** Only what the storm is about, and as often as it takes. */
export const STORM_POLICY = `defaults: { mode: 'off' }
controls: { ${STORM_CONTROL}: { mode: remediate } }
limits: { remediationsPerHour: 100000 }
`;

/** Counts the writes to each group as they pass by. */
export function writesIn() {
  const counts = new Map<string, number>();
  return {
    see({ body }: PassingCall): void {
      const group = /Action=RevokeSecurityGroupIngress.*?GroupId=(sg-\w+)/.exec(body)?.[1];
      if (group !== undefined) counts.set(group, (counts.get(group) ?? 0) + 1);
    },
    resources: (): number => counts.size,
    repeated: (): readonly string[] => [...counts].flatMap(([group, times]) => (times > 1 ? [group] : [])),
  };
}

/** What a storm is made of. */
export interface StormPlan {
  readonly events: number;
  readonly resources: number;
  /** Instances of the function that work at once. */
  readonly instances: number;
  /** After this part of the events has been worked on, all instances are killed and started again; null: never. */
  readonly killAt: number | null;
}

/** Where it rages. */
export interface Theatre {
  readonly deployment: Deployment;
  readonly accountId: string;
  readonly region: string;
  /** For what the storm itself does and sees. */
  aws(region?: string): Aws;
  /** What the functions get: endpoint, and nothing of credentials. */
  readonly endpoint: string;
}

/** How it ended. */
export interface Aftermath {
  /** What has drifted and is not as it was before. */
  readonly open: readonly unknown[];
  /** Neighbours that are not as they were. */
  readonly hurt: readonly unknown[];
  readonly failed: number;
  readonly left: number;
  readonly seconds: number;
  readonly killed: boolean;
  readonly logs: readonly Logged[];
}

/** Plays a scene many times, delivers the event of each over and over in no order, lets the deployed function work, and reads what is left. */
export async function storm(
  plan: StormPlan,
  theatre: Theatre,
  say: (text: string) => void = () => {},
): Promise<Aftermath> {
  const { deployment, aws } = theatre;
  const serving = deployment.functions.find(({ name }) => name === 'infrastructure') as DeployedFunction;
  const drifts = await makeDrifts(plan.resources, theatre);
  say(`${drifts.length} groups are open`);
  if (plan.killAt !== null) await shortenVisibilityTimeout(serving, aws());
  await putEvents(plan.events, drifts, theatre);
  say(`${plan.events} events are on their way`);
  const logs: Logged[] = [];
  const started = performance.now();
  const killed = await workOff(plan, serving, theatre, logs, say);
  const seconds = (performance.now() - started) / 1000;
  return {
    ...(await leftOf(drifts)),
    failed: await messagesIn(deployment.outputs.DeadLetterQueueUrl ?? '', aws()),
    left: await messagesIn(serving.queueUrl, aws()),
    seconds,
    killed,
    logs,
  };
}

/** A message whose function was killed is received again when its visibility timeout ends; that must be after the dead run's lease has, or no other run would take over. */
async function shortenVisibilityTimeout({ queueUrl }: DeployedFunction, aws: Aws): Promise<void> {
  const VisibilityTimeout = `${LEASE_MS / 1000 + 15}`;
  await aws(SQSClient).send(new SetQueueAttributesCommand({ QueueUrl: queueUrl, Attributes: { VisibilityTimeout } }));
}

/** Works until nothing waits any more; once, where the plan says so, everything is killed at a moment that is drawn. */
async function workOff(
  plan: StormPlan,
  serving: DeployedFunction,
  theatre: Theatre,
  logs: Logged[],
  say: (text: string) => void,
): Promise<boolean> {
  const { aws } = theatre;
  let working = await muster(plan.instances, serving, theatre, logs);
  let killed = false;
  const killBelow = plan.killAt === null ? -1 : plan.events * (1 - plan.killAt);
  let left = plan.events;
  while (left > 0) {
    // A pump that breaks ends the storm; none ends before it is asked to.
    await Promise.race([sleep(1000), working.pumping]);
    left = await messagesIn(serving.queueUrl, aws());
    if (killed || left > killBelow) continue;
    killed = true;
    say(`${left} messages are left; everything is killed, and started again`);
    await working.kill();
    working = await muster(plan.instances, serving, theatre, logs);
  }
  await working.end();
  return killed;
}

/** Instances of the function, each with something that feeds it from the queue. */
async function muster(count: number, serving: DeployedFunction, theatre: Theatre, logs: Logged[]) {
  const env = { AWS_ENDPOINT_URL: theatre.endpoint, ...(await credentialsOf(serving.role, theatre.aws())) };
  const instances: Instance[] = await Promise.all(
    Array.from({ length: count }, () => startInstance(serving, { env, log: (line) => logs.push(line) })),
  );
  let ended = false;
  const pumping = Promise.all(instances.map((instance) => pump(serving, instance, theatre.aws(), () => ended)));
  const end = async () => {
    ended = true;
    await pumping;
    for (const instance of instances) instance.kill();
  };
  return {
    pumping,
    end,
    /** At once, in the midst of what they do; their answers are dropped from then on. */
    async kill() {
      ended = true;
      for (const instance of instances) instance.kill();
      await pumping;
    },
  };
}
