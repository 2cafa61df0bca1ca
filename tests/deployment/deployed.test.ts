import { cpSync } from 'node:fs';
import { join } from 'node:path';
import {
  GetQueueUrlCommand,
  ListQueueTagsCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { uniqueNames } from '../../scenes/names.ts';
import type { Drift, Scene } from '../../scenes/scene.ts';
import { loadCatalogue } from '../../scripts/catalogue.ts';
import { demoScenes, shortened } from '../../scripts/demo/scenes.ts';
import { type DeployedFunction, type Deployment, deploymentOf, layRegion } from '../../scripts/sandbox/deployment.ts';
import {
  credentialsOf,
  type Instance,
  type Logged,
  messagesIn,
  pumpOnce,
  startInstance,
} from '../../scripts/sandbox/event-source-mapping.ts';
import { startSandbox } from '../../scripts/sandbox/moto.ts';
import { oneAtATime } from '../../scripts/sandbox/serial-proxy.ts';
import { awsClients } from '../../shared/aws/clients.ts';
import type { Result } from '../../shared/result.ts';
import { evenkeelAs, linesOf } from '../support/command.ts';
import { connectSlack } from '../support/deployed.ts';
import { ADMIN_PORTS, ingressOf, openedEvent, openGroup, putEvent } from '../support/drift.ts';
import { enforce, owner, permit } from '../support/enforced.ts';
import { packaged, VARIANTS } from '../support/packages.ts';
import { REGION } from '../support/samples.ts';
import type { TestAccount } from '../support/sandbox.ts';
import {
  leaveOutUrls,
  named,
  PATIENCE,
  serverless,
  statementsOf as statementsIn,
  type Resources as TemplateResources,
  templateAt,
} from '../support/serverless.ts';
import { pressOf, SIGNING_SECRET, signedRequest } from '../support/slack-press.ts';
import { slackServer } from '../support/slack-server.ts';
import { copyOfTree } from '../support/tree.ts';

/** A local account of its own, since it asks IAM for every call. */
const ACCOUNT = '123456789012';
const ELSEWHERE = 'us-east-1';

const [sandbox, { folder: shared }, slack] = await Promise.all([
  startSandbox(),
  packaged(VARIANTS.running),
  slackServer(),
]);
const tree = copyOfTree();
/** The package, which the functions are unpacked into. */
const folder = join(tree, 'package');
cpSync(shared, folder, { recursive: true });
const endpoint = await oneAtATime(sandbox.endpoint);
const home = { AWS_ENDPOINT_URL: endpoint, AWS_REGION: REGION };
const anybody = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
Object.assign(process.env, home, anybody);
let clients = awsClients();
const aws = (region = REGION) => clients(region);
const account = { accountId: ACCOUNT, region: REGION, aws } as TestAccount;

let deployment: Deployment;
let credentials: Readonly<Record<string, string>> = {};
const instances = new Map<string, Instance>();
const logs: Logged[] = [];

let Resources: TemplateResources = {};
const statementsOf = (name: string) => statementsIn(Resources, name);
const roleName = ({ role }: DeployedFunction) => role.split('/').at(-1) ?? '';
const deployed = (name: string) => deployment.functions.find((one) => one.name === name) as DeployedFunction;
const serving = () => deployed('infrastructure');
const queueUrl = async (QueueName: string, region = REGION) =>
  (await aws(region)(SQSClient).send(new GetQueueUrlCommand({ QueueName }))).QueueUrl ?? '';

beforeAll(async () => {
  leaveOutUrls(folder);
  const args = ['deploy', '--package', folder, ...VARIANTS.running.flags];
  expect(await serverless(tree, args, { ...home, ...anybody })).toMatchObject({ status: 0 });
  Resources = templateAt(folder).Resources;
  deployment = await deploymentOf('evenkeel-prod', folder, aws());
  await layRegion(deployment, folder, ELSEWHERE, aws);
  await connectSlack(aws(), deployment.outputs.NoticeTopic ?? '', { url: slack.url, signing: SIGNING_SECRET });
  for (const one of deployment.functions) await permit(roleName(one), statementsOf(one.name), aws());
  credentials = await owner(aws());
  for (const one of deployment.functions) {
    const env = { AWS_ENDPOINT_URL: endpoint, AWS_MAX_ATTEMPTS: '1', ...(await credentialsOf(one.role, aws())) };
    instances.set(one.name, await startInstance(one, { env, log: (line) => logs.push(line) }));
  }
  await enforce(sandbox.endpoint);
  Object.assign(process.env, credentials);
  clients = awsClients();
}, PATIENCE);

afterAll(async () => {
  for (const instance of instances.values()) instance.kill();
  await sandbox.stop();
});

const happens = (event: object, region = REGION) => putEvent(aws(region), event);

/** Puts into a queue what a schedule's rule puts there: in the local account no time comes. */
async function isTime(task: string): Promise<void> {
  const [target] = Resources[named('watch', `${named(task, 'Schedule')}`)]?.Properties.Targets ?? [];
  await aws()(SQSClient).send(
    new SendMessageCommand({ QueueUrl: deployed('watch').queueUrl, MessageBody: target.Input }),
  );
}

/** Lets the functions work until no queue has anything that can be seen; gives what they logged as results. */
async function settled(options = {}): Promise<readonly Result[]> {
  const before = logs.length;
  const work = (one: DeployedFunction) => pumpOnce(one, instances.get(one.name) as Instance, aws(), options);
  const fed = deployment.functions.filter(({ queueUrl }) => queueUrl !== '');
  while ((await Promise.all(fed.map(work))).some((taken) => taken > 0));
  return logs.slice(before).flatMap(({ result }) => (result === undefined ? [] : [result as Result]));
}

const notWell = ({ outcome }: Result) => outcome !== 'compliant' && outcome !== 'notApplicable';

/** Each service and each ending: that every control's events are let in, and that its calls are allowed, is held by the patterns and the roles. */
const scenes = shortened(await demoScenes());
/** The outcome of every scene that was played, by title. */
const expected: Record<string, Scene['expects']> = {};

test('each drift of the demo travels by rule and queue to the packaged function, and ends there as expected', async () => {
  const ready: (readonly [Scene, Drift])[] = [];
  const stage = { accountId: ACCOUNT, region: REGION, aws: aws(), name: uniqueNames() };
  for (const scene of scenes) ready.push([scene, await scene.prepare(stage)]);
  for (const [, { earlier = [] }] of ready) for (const event of earlier) await happens(event);
  await settled();
  const ended: Record<string, object> = {};
  for (const [scene, drift] of ready) {
    const { event, at } = await drift.happen();
    // What goes by age would have to wait for it: the function's clock is the true one.
    if (at !== undefined) continue;
    await happens(event);
    expected[scene.title] = scene.expects;
    // What others only detect is none of the scene's: a new VPC also lacks its flow logs.
    const isOthers = ({ controlId, outcome, mode }: Result) =>
      (outcome === 'detected' || mode === 'detect') && !((controlId ?? '') in scene.expects);
    const found = (await settled()).filter((result) => notWell(result) && !isOthers(result));
    ended[scene.title] = Object.fromEntries(
      found.map(({ controlId, outcome, error }) => [controlId, error ?? outcome]),
    );
  }
  expect(ended).toEqual(expected);
  expect(Object.keys(expected).length).toBeGreaterThan(20);
  expect(await messagesIn(deployment.outputs.DeadLetterQueueUrl ?? '', aws())).toBe(0);
}, 120_000);

test('people have read of each in Slack', () => {
  const titles = slack.take().map(({ body }) => body.text);
  for (const expects of Object.values(expected))
    for (const controlId of Object.keys(expects)) expect(titles).toContainEqual(expect.stringContaining(controlId));
});

test('a change in another region comes home by its rules, and is put right where it was made', async () => {
  const there = { ...account, region: ELSEWHERE, aws: (region = ELSEWHERE) => aws(region) } as TestAccount;
  const groupId = await openGroup(there, 'elsewhere');
  const event = openedEvent(account, groupId, 'elsewhere') as { detail: object };
  await happens({ ...event, detail: { ...event.detail, awsRegion: ELSEWHERE } }, ELSEWHERE);
  expect((await settled()).filter(({ controlId }) => controlId === ADMIN_PORTS)).toMatchObject([
    { outcome: 'remediated', resourceId: groupId, region: ELSEWHERE },
  ]);
  expect(await ingressOf(there, [groupId])).toEqual([`${groupId} tcp 443 10.0.0.0/8`]);
});

describe('what a function may not do', () => {
  let groupId: string;
  const failed = () => deployment.outputs.DeadLetterQueueUrl ?? '';

  test('fails, comes again, and then waits whole in the dead-letter queue', async () => {
    groupId = await openGroup(account, 'refused');
    await permit(roleName(serving()), statementsOf('infrastructure'), aws(), ['ec2:RevokeSecurityGroupIngress']);
    const event = openedEvent(account, groupId, 'refused');
    await happens(event);
    const tries = (await settled({ retriesAtOnce: true })).filter(({ controlId }) => controlId === ADMIN_PORTS);
    expect(tries.map(({ outcome }) => outcome)).toEqual(Array(6).fill('failed'));
    expect(tries[0]?.error).toContain('is not authorized to perform: ec2:RevokeSecurityGroupIngress');
    const { Messages = [] } = await aws()(SQSClient).send(
      new ReceiveMessageCommand({ QueueUrl: failed(), VisibilityTimeout: 0 }),
    );
    expect(JSON.parse(Messages[0]?.Body ?? '')).toMatchObject({ detail: event.detail });
    const messages = slack.take().filter(({ body }) => body.text.includes(groupId) && body.text.includes(ADMIN_PORTS));
    expect(messages.map(({ body }) => body.text.split('\n')[0])).toEqual([
      expect.stringContaining('Open, being retried'),
      expect.stringContaining('Remediation FAILED'),
    ]);
  });

  test('goes from there once its event has ended well', async () => {
    const evenkeel = evenkeelAs({ ...home, ...credentials, EVENKEEL_TABLE: deployment.outputs.LedgerTable ?? '' });
    const look = await evenkeel(['replay', '--queue', failed(), '--no-policy', '--json']);
    expect({ status: look.status, left: await messagesIn(failed(), aws()) }).toEqual({ status: 0, left: 1 });
    const mend = await evenkeel(['replay', '--queue', failed(), '--no-policy', '--mode', 'remediate', '--json']);
    expect(linesOf(mend).filter(({ controlId }) => controlId === ADMIN_PORTS)).toMatchObject([
      { outcome: 'remediated' },
    ]);
    expect({ status: mend.status, left: await messagesIn(failed(), aws()) }).toEqual({ status: 0, left: 0 });
    expect(await ingressOf(account, [groupId])).toEqual([`${groupId} tcp 443 10.0.0.0/8`]);
    await permit(roleName(serving()), statementsOf('infrastructure'), aws());
  });
});

describe('a button of Slack that is pressed', () => {
  const OPENS = 'ec2:AuthorizeSecurityGroupIngress';
  let [groupId, remediationId] = ['', ''];

  /** Presses Undo; gives what is then said in Slack. */
  async function pressUndo(trigger_id: string): Promise<string> {
    const button = { action_id: 'evenkeel-undo', value: `${ADMIN_PORTS} ${remediationId}` };
    const event = signedRequest(pressOf(button, slack.url, { trigger_id }));
    slack.take();
    expect(await instances.get('slack-actions')?.invoke(event)).toMatchObject({ value: { statusCode: 200 } });
    await settled();
    return slack.take().find(({ body }) => body.text.includes('pressed Undo'))?.body.text ?? '';
  }

  test('changes nothing where the role may not open what it closed', async () => {
    groupId = await openGroup(account, 'pressed');
    await happens(openedEvent(account, groupId, 'pressed'));
    const [closed] = (await settled()).filter(({ controlId }) => controlId === ADMIN_PORTS);
    expect(closed).toMatchObject({ outcome: 'remediated', resourceId: groupId });
    remediationId = closed?.remediationId ?? '';
    await permit(roleName(serving()), statementsOf('infrastructure'), aws(), [OPENS]);
    expect(await pressUndo('1')).toContain(`is not authorized to perform: ${OPENS}`);
    expect(await ingressOf(account, [groupId])).toEqual([`${groupId} tcp 443 10.0.0.0/8`]);
    await permit(roleName(serving()), statementsOf('infrastructure'), aws());
  });

  test('opens again what was closed, with the permissions of the role, and that alone', async () => {
    expect(await pressUndo('2')).toMatch(new RegExp(`${remediationId} was undone`));
    const opened = ['22 0.0.0.0/0', '443 10.0.0.0/8'].map((rule) => `${groupId} tcp ${rule}`);
    expect(await ingressOf(account, [groupId])).toEqual(opened);
  });
});

describe('by the schedule', () => {
  test('a sweep finds what no event told of, in every region', async () => {
    // Where it may not ask which regions are enabled, it goes by those of the deployment: the local account has dozens.
    await permit(roleName(deployed('watch')), statementsOf('watch'), aws(), ['ec2:DescribeRegions']);
    const there = { ...account, aws: (region = ELSEWHERE) => aws(region) } as TestAccount;
    const [atHome, away] = [await openGroup(account, 'silent'), await openGroup(there, 'silent')];
    await isTime('sweep');
    const found = (await settled()).filter(({ controlId }) => controlId === ADMIN_PORTS);
    expect(found).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ outcome: 'remediated', resourceId: atHome, region: REGION }),
        expect.objectContaining({ outcome: 'remediated', resourceId: away, region: ELSEWHERE }),
      ]),
    );
    const swept = logs.flatMap(({ sweep }) =>
      sweep === undefined ? [] : [sweep as { service: string; region: string }],
    );
    const all = [...(await loadCatalogue()).keys()].flatMap((service) =>
      [REGION, ELSEWHERE].map((region) => `${service} ${region}`),
    );
    expect(swept.map(({ service, region }) => `${service} ${region}`).sort()).toEqual(all.sort());
    await permit(roleName(deployed('watch')), statementsOf('watch'), aws());
  });

  test('every region shows that its changes arrive', async () => {
    await isTime('heartbeat');
    await settled();
    for (const region of [REGION, ELSEWHERE]) {
      const QueueUrl = await queueUrl('evenkeel-prod-failed-events', region);
      const { Tags = {} } = await aws(region)(SQSClient).send(new ListQueueTagsCommand({ QueueUrl }));
      expect(Tags).toHaveProperty('evenkeel:heartbeat');
      // What CloudTrail makes of that call.
      const detail = {
        eventSource: 'sqs.amazonaws.com',
        eventName: 'TagQueue',
        eventTime: new Date().toISOString(),
        awsRegion: region,
        recipientAccountId: ACCOUNT,
        requestParameters: { queueUrl: `https://sqs.${region}.amazonaws.com/${ACCOUNT}/evenkeel-prod-failed-events` },
      };
      await happens({ source: 'aws.sqs', 'detail-type': 'AWS API Call via CloudTrail', detail }, region);
    }
    const before = logs.length;
    await settled();
    const heard = logs.slice(before).flatMap(({ result }) => (result as { regions?: string[] })?.regions ?? []);
    expect(heard.sort()).toEqual([REGION, ELSEWHERE].sort());
    expect(logs.slice(before).filter((line) => 'HeartbeatDelay' in line)).toHaveLength(2);
    const evenkeel = evenkeelAs({ ...home, ...credentials });
    const { stdout } = await evenkeel(['doctor', '--json']);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.filter(({ check }) => check === 'heartbeats')).toMatchObject([{ status: 'ok' }]);
  });
});
