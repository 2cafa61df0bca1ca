import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import imds from '../../scenes/ec2/ec2-instance-imdsv2-required.ts';
import { loadScenes } from '../../scenes/index.ts';
import type { Scene } from '../../scenes/scene.ts';
import { loadContent } from '../../scripts/catalogue.ts';
import { byDomain } from '../../scripts/generate/content.ts';
import { domainStatements } from '../../scripts/generate/domain-statements.ts';
import { statementsWith } from '../../scripts/generate/functions.ts';
import { rolesOf } from '../../scripts/generate/roles.ts';
import { undosOf as undoActionsOf } from '../../scripts/generate/scopes.ts';
import { logicalId } from '../../scripts/generate/statements.ts';
import { awsClients } from '../../shared/aws/clients.ts';
import type { AnyControl } from '../../shared/control.ts';
import type { Engine } from '../../shared/engine/context.ts';
import { outcomeFeed } from '../../shared/lambda/outcome-feed.ts';
import { messageSender } from '../../shared/lambda/send-messages.ts';
import { dynamoLedger } from '../../shared/ledger/dynamodb.ts';
import { snsNotifier } from '../../shared/notify/sns.ts';
import type { PolicyDocument } from '../../shared/policy/policy.ts';
import { policyFrom } from '../../shared/policy/settings.ts';
import type { Domain } from '../../shared/service.ts';
import { DAY_MS, systemClock } from '../../shared/time.ts';
import { deployStack, STACK } from '../support/deployed.ts';
import { type Declared, declaring, type IamRequest, iamRequestsOf, keyUse } from '../support/iam-requests.ts';
import { recordedClients, type SeenCall } from '../support/recorder.ts';
import {
  playDomain,
  playOutcomes,
  playReceiver,
  playRules,
  playSlack,
  playSlackActions,
  playWatch,
  undosOf,
} from '../support/role-scenarios.ts';
import { REGION } from '../support/samples.ts';
import { testAccount } from '../support/sandbox.ts';
import { arnsOf, deployed, isAllowed, type PlainStatement } from '../support/simulation.ts';
import { sceneAccount } from '../support/test-scene.ts';

/** Milliseconds that the plays may take where others use the processor too. */
const PATIENCE = 240_000;

/** What hands notifications on beside Slack. */
const RECEIVERS = ['teams', 'pagerduty'];
const content = await loadContent();
const byName: ReadonlyMap<string, { readonly controls: readonly AnyControl[] }> = byDomain(content);
const functions = [...byName.keys(), ...['watch', 'slack', 'slack-actions', ...RECEIVERS, 'config-rules', 'outcomes']];
/** Which domain serves a service, as the functions know it. */
const domains: Readonly<Record<string, Domain>> = Object.fromEntries(
  content.controls.map(({ resource }) => [resource.service.id, resource.service.domain]),
);
const account = await testAccount();
const { accountId } = account;
const place = { accountId, region: REGION, prefix: STACK };
const arns = arnsOf(place, functions);
const arn = (id: string) => arns.get(id) ?? '';

const scenes = (await loadScenes()).flatMap(({ proof, more }) => [proof, ...more]);
const scenesOf = (controls: readonly AnyControl[]): readonly Scene[] =>
  scenes.filter(({ expects }) => controls.some(({ id }) => Object.hasOwn(expects, id)));

/** Every control may act, with a second opinion on public policies, each with the parameters that its scenes ask for. Those that are disruptive act only where they are named. */
const ACTING: PolicyDocument = {
  defaults: { mode: 'remediate', checkNoPublicAccess: true },
  // Nobody of the scenes: what is shared with anybody else is taken back.
  trusted: { accounts: ['555566667777'] },
  slack: { approvers: ['U0123ABCD'] },
  controls: Object.fromEntries(
    content.controls.map((control) => {
      const parameters = scenesOf([control]).map((scene) => scene.parameters?.(account));
      return [control.id, { mode: 'remediate' as const, parameters: Object.assign({}, ...parameters) }];
    }),
  ),
};

/** The policies of all roles, as they are deployed. */
const policiesUnder = (document: PolicyDocument) =>
  new Map(rolesOf(content, document).map((role) => [role.name, deployed(role, place, arns)]));
const policies = policiesUnder(ACTING);
const policyOf = (name: string): readonly PlainStatement[] => policies.get(name) ?? [];

/** What Lambda does with a function's role, so that nobody calls it in a test: its log and its queue. */
const byLambda = (name: string): readonly IamRequest[] => {
  const context = { 'aws:ResourceAccount': accountId };
  const stream = `arn:aws:logs:${REGION}:${accountId}:log-group:/aws/lambda/${place.prefix}-${name}:log-stream:2026/11/03/[$LATEST]1`;
  const ask = (resource: string) => (action: string) => ({ action, resource, context });
  const use = (action: string) => keyUse(action, 'sqs', REGION, { accountId, key: arn('Key') });
  const takenByLambda = (queue: string) => [
    ...['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'].map(ask(arn(logicalId(queue, 'Queue')))),
    use('kms:Decrypt'),
  ];
  const keptByLambda = [ask(arn('DeadLetterQueue'))('sqs:SendMessage'), use('kms:Decrypt'), use('kms:GenerateDataKey')];
  return [
    ...['logs:CreateLogStream', 'logs:PutLogEvents'].map(ask(stream)),
    // Slack waits for the answer of slack-actions: it has a URL and no queue.
    ...(name === 'config-rules' ? keptByLambda : name === 'slack-actions' ? [] : takenByLambda(name)),
  ];
};

const distinct = (requests: readonly IamRequest[]): readonly IamRequest[] => [
  ...new Map(requests.map((request) => [JSON.stringify(request), request])).values(),
];

/** In a transaction the ledger checks what a run has read and does not write; here no two runs meet. */
const WHERE_RUNS_MEET = 'Ledger: dynamodb:ConditionCheckItem';

/** A control of queues reads every queue of the account, the function's own among them. */
const OF_EVERY_QUEUE = ['TakeEvents: sqs:GetQueueAttributes', 'SendMessages: sqs:GetQueueUrl'];

/** What IAM was asked while each function played. */
const asked = new Map<string, readonly IamRequest[]>();
/** What it would be asked for the calls that undo each control's remediations. */
const askedToUndo = new Map<string, readonly IamRequest[]>();
beforeAll(async () => {
  const regions = [REGION, 'us-east-1'];
  const { outputs } = await deployStack(account, {
    regions,
    policyVersion: policyFrom(null).version,
    optional: ['slack-actions', ...RECEIVERS],
  });
  const { LedgerTable: table = '', NoticeTopic: topicArn = '' } = outputs;
  const engineWith = (aws: Engine['aws'], document: PolicyDocument, ahead = 0): Engine => ({
    aws,
    ledger: dynamoLedger(aws(REGION), table),
    notifier: snsNotifier(aws(REGION), topicArn),
    policy: policyFrom(document),
    clock: { ...systemClock, now: () => new Date(Date.now() + ahead), sleep: async () => {} },
    codeVersion: 'test',
    ceiling: 'remediate',
    send: messageSender({ aws: aws(REGION), prefix: STACK, domains, clock: systemClock }),
  });
  const made = await account
    .aws()(SQSClient)
    .send(new CreateQueueCommand({ QueueName: `${STACK}-outcomes` }));
  const outcomes = made.QueueUrl ?? '';
  const stage = sceneAccount(account);
  for (const name of functions) {
    const { aws, calls } = recordedClients();
    const declared: Declared = new Map();
    let undos: Awaited<ReturnType<typeof undosOf>> = new Map();
    const controls = declaring(byName.get(name)?.controls ?? [], declared);
    if (name === 'watch') {
      const days = 4 * DAY_MS;
      const soon = new Date(Date.now() + days).toISOString().slice(0, 10);
      const exemption = { control: 'x', resource: 'y', owner: 'a team', reason: 'it moves', expires: soon };
      const waiting = engineWith(awsClients(), { defaults: { mode: 'approve' } });
      const own = {
        account: stage,
        engine: waiting,
        controls: content.controls.filter(({ id }) => id in imds.expects),
      };
      const watching = { engine: engineWith(aws, { exemptions: [exemption] }, days), table, topicArn, regions };
      await playWatch(watching, imds, own, { services: Object.keys(domains), owner: account.aws() });
    } else if (name === 'slack-actions') {
      await playSlackActions(aws(REGION), table, domains);
    } else if (name === 'slack') {
      await playSlack(aws(REGION), table, account);
    } else if (RECEIVERS.includes(name)) {
      await playReceiver(name, aws(REGION), account);
    } else if (name === 'outcomes') {
      await playOutcomes(aws(REGION), account);
    } else if (name === 'config-rules') {
      await playRules({ account: stage, engine: engineWith(aws, ACTING), controls: content.controls });
    } else {
      const results = await playDomain(
        name,
        scenesOf(controls),
        {
          account: stage,
          engine: { ...engineWith(aws, ACTING), sendOutcomes: outcomeFeed(aws(REGION), outcomes) },
          controls,
        },
        account.aws(),
      );
      expect(results.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
      const remediated = new Set(
        results.filter(({ outcome }) => outcome === 'remediated' || outcome === 'pending').map((one) => one.controlId),
      );
      const planning = controls.filter((control) => control.plan !== undefined).map(({ id }) => id);
      expect(planning.filter((id) => !remediated.has(id))).toEqual([]);
      undos = await undosOf(results, controls, dynamoLedger(account.aws(), table));
    }
    // The watch alone asks about the key of the deployment; the others about those of the account.
    const asking = { accountId, key: arn('Key'), isAboutOwnKey: name === 'watch', declared };
    const requestsOf = async (made: readonly SeenCall[]) =>
      (await Promise.all(made.map((call) => iamRequestsOf(call, asking)))).flat();
    for (const [id, made] of undos) askedToUndo.set(id, distinct(await requestsOf(made)));
    const undoing = [...undos.keys()].flatMap((id) => askedToUndo.get(id) ?? []);
    asked.set(name, distinct([...(await requestsOf(calls)), ...byLambda(name), ...undoing]));
  }
}, PATIENCE);

/** Whether all are; the first that is not is enough to know. */
async function areAllowed(statements: readonly PlainStatement[], requests: readonly IamRequest[]): Promise<boolean> {
  for (const request of requests) if (!(await isAllowed(statements, request, accountId))) return false;
  return true;
}

describe.each(functions)('the role of %s', (name) => {
  const requests = () => asked.get(name) ?? [];

  test('allows every call that the function makes', async () => {
    expect(requests().length).toBeGreaterThan(0);
    const refused: string[] = [];
    for (const request of requests())
      if (!(await isAllowed(policyOf(name), request, accountId)))
        refused.push(`${request.action} on ${request.resource} ${JSON.stringify(request.context)}`);
    expect(refused).toEqual([]);
  });

  test('allows no action that no call needs', async () => {
    const needless: string[] = [];
    for (const statement of policyOf(name).filter(({ Effect }) => Effect === 'Allow'))
      for (const action of statement.Action) {
        const less = { ...statement, Action: statement.Action.filter((one) => one !== action) };
        const others = policyOf(name).filter((one) => one !== statement);
        const without = less.Action.length === 0 ? others : [...others, less];
        const using = requests().filter((request) => request.action === action);
        if (await areAllowed(without, using)) needless.push(`${statement.Sid}: ${action}`);
      }
    const twice = name === 'applications' ? OF_EVERY_QUEUE : [];
    expect(needless.filter((one) => one !== WHERE_RUNS_MEET && !twice.includes(one))).toEqual([]);
  });
});

describe.each(content.controls.filter(({ undoCalls }) => undoCalls !== undefined).map((one) => [one.id, one] as const))(
  'the undo of %s by a button of Slack',
  (id, control) => {
    const { domain } = control.resource.service;
    /** What the role holds where this control alone is on, with the buttons or without. */
    const roleWith = (asked: readonly string[], document = ACTING) => {
      const all = domainStatements(domain, { controls: [control], detections: [] }, document);
      const statements = all.filter(({ Sid }) => statementsWith(domain, all, asked).some((one) => one.Sid === Sid));
      return deployed({ name: domain, statements }, place, arns);
    };
    const refusedBy = async (policy: readonly PlainStatement[]) => {
      const refused: string[] = [];
      for (const request of askedToUndo.get(id) ?? [])
        if (!(await isAllowed(policy, request, accountId))) refused.push(request.action);
      return [...new Set(refused)].sort();
    };

    test('is allowed with the buttons, by no more than it needs', async () => {
      const policy = roleWith(['slack-actions']);
      const actions = new Set((askedToUndo.get(id) ?? []).map(({ action }) => action));
      expect(actions.size).toBeGreaterThan(0);
      expect(await refusedBy(policy)).toEqual([]);
      for (const statement of policy.filter(({ Sid }) => Sid.startsWith('Undo')))
        for (const action of statement.Action) {
          const less = { ...statement, Action: statement.Action.filter((one) => one !== action) };
          const rest = policy.filter((one) => one !== statement);
          expect(await refusedBy(less.Action.length === 0 ? rest : [...rest, less])).toEqual([action]);
        }
    });

    test('is refused without them, but for what the plan needs too', async () => {
      const own = [...new Set(undoActionsOf(control).map(([action]) => action))].sort();
      expect(await refusedBy(roleWith([]))).toEqual(own);
      expect(roleWith(['slack-actions'], { ...ACTING, slack: {} })).toEqual(roleWith([]));
    });
  },
);
