import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Account, Drift, Scene } from '../../scripts/demo/scene.ts';
import { scenes } from '../../scripts/demo/scenes/all.ts';
import { type DeployedFunction, type Deployment, deploymentOf, layRegion } from '../../scripts/sandbox/deployment.ts';
import { credentialsOf, type Instance, type Logged, pumpOnce, startInstance } from '../../scripts/sandbox/fleet.ts';
import { startSandbox } from '../../scripts/sandbox/moto.ts';
import { oneAtATime } from '../../scripts/sandbox/one-at-a-time.ts';
import { packageWith } from '../../scripts/sandbox/package.ts';
import { awsClients } from '../../shared/lambda/clients.ts';
import { enforce, owner, permit } from '../support/enforced.ts';
import { REGION } from '../support/sandbox.ts';

/** A local account of its own, since it asks IAM for every call. */
const ACCOUNT = '123456789012';
const ELSEWHERE = 'us-east-1';
/** Every control in the mode that it recommends. */
const POLICY = 'limits: { remediationsPerHour: 1000 }\n';

const [sandbox, built] = await Promise.all([startSandbox(), packageWith(POLICY, { regions: ELSEWHERE })]);
const endpoint = await oneAtATime(sandbox.endpoint);
const home = { AWS_ENDPOINT_URL: endpoint, AWS_REGION: REGION };
Object.assign(process.env, home, { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' });
let clients = awsClients();
const aws = (region = REGION) => clients(region);

let deployment: Deployment;
const instances = new Map<string, Instance>();
const logs: Logged[] = [];

interface Template {
  readonly Resources: Readonly<
    Record<
      string,
      {
        readonly Properties: {
          readonly Policies: readonly { readonly PolicyDocument: { readonly Statement: readonly never[] } }[];
        };
      }
    >
  >;
}
const template: Template = JSON.parse(
  readFileSync(join(built.folder, 'cloudformation-template-update-stack.json'), 'utf8'),
);
const statementsOf = (name: string) =>
  template.Resources[`${name[0]?.toUpperCase()}${name.slice(1)}Role`]?.Properties.Policies[0]?.PolicyDocument
    .Statement ?? [];
const roleName = ({ role }: DeployedFunction) => role.split('/').at(-1) ?? '';

beforeAll(async () => {
  await built.deploy({ ...home, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' });
  deployment = await deploymentOf('evenkeel-prod', built.folder, aws());
  await layRegion(deployment, built.folder, ELSEWHERE, aws);
  for (const one of deployment.functions) await permit(roleName(one), statementsOf(one.name), aws());
  const credentials = await owner(aws());
  for (const one of deployment.functions) {
    const env = { AWS_ENDPOINT_URL: endpoint, AWS_MAX_ATTEMPTS: '1', ...(await credentialsOf(one.role, aws())) };
    instances.set(one.name, await startInstance(one, { env, log: (line) => logs.push(line) }));
  }
  await enforce(sandbox.endpoint);
  Object.assign(process.env, credentials);
  clients = awsClients();
}, 120_000);

afterAll(async () => {
  for (const instance of instances.values()) instance.kill();
  built.remove();
  await sandbox.stop();
});

/** Puts an event on the default bus of a region, as AWS would; it goes on by the rules that are deployed there. */
async function happens(event: object, region = REGION): Promise<void> {
  const {
    source,
    'detail-type': DetailType,
    detail,
  } = event as { source: string; 'detail-type': string; detail: object };
  const Entries = [{ Source: source, DetailType, Detail: JSON.stringify(detail) }];
  await aws(region)(EventBridgeClient).send(new PutEventsCommand({ Entries }));
}

/** Lets the functions work until no queue has anything that can be seen; gives what they logged as results. */
async function settled(): Promise<
  readonly { readonly controlId: string | null; readonly outcome: string; readonly error: string | null }[]
> {
  const before = logs.length;
  for (let worked = true; worked; ) {
    const counts = await Promise.all(
      deployment.functions.map(async (one) => pumpOnce(one, instances.get(one.name) as Instance, aws())),
    );
    worked = counts.some((count) => count > 0);
  }
  return logs.slice(before).flatMap(({ result }) => (result === undefined ? [] : [result as never]));
}

describe('each drift of the demo', () => {
  const account = (): Account => ({ accountId: ACCOUNT, region: REGION, aws: aws() });
  const ready: (readonly [Scene, Drift])[] = [];

  test('travels by a rule and a queue to the packaged function, in its role, and ends as it has to', async () => {
    for (const scene of scenes) ready.push([scene, await scene.prepare(account())]);
    const ended: Record<string, object> = {};
    for (const [scene, drift] of ready) {
      for (const event of drift.earlier ?? []) await happens(event);
      await settled();
      await happens((await drift.happen()).event);
      const found = (await settled()).filter(({ outcome }) => outcome !== 'compliant' && outcome !== 'notApplicable');
      ended[scene.title] = Object.fromEntries(
        found.map(({ controlId, outcome, error }) => [controlId, error ?? outcome]),
      );
    }
    expect(ended).toEqual(Object.fromEntries(scenes.map(({ title, expects }) => [title, expects])));
  }, 120_000);
});
