import { beforeAll, describe, expect, test } from '@jest/globals';
import { loadCatalogue } from '../../scripts/catalogue.ts';
import { rolesOf } from '../../scripts/generate/roles.ts';
import { logicalId } from '../../scripts/generate/statements.ts';
import { awsClients } from '../../shared/aws/clients.ts';
import { type Engine, systemClock } from '../../shared/engine/context.ts';
import { dynamoLedger } from '../../shared/ledger/dynamodb.ts';
import { snsNotifier } from '../../shared/notify/sns.ts';
import type { PolicyDocument } from '../../shared/policy/policy.ts';
import { policyFrom } from '../../shared/policy/settings.ts';
import { deployStack, STACK } from '../support/deployed.ts';
import { type IamRequest, iamRequestsOf, keyUse } from '../support/iam-requests.ts';
import { recordedClients } from '../support/recorder.ts';
import { playRules, playService, playSlack, playWatch, roleArn } from '../support/role-plays.ts';
import { REGION, testAccount } from '../support/sandbox.ts';
import { arnsOf, deployed, isAllowed, type PlainStatement } from '../support/simulation.ts';

/** Milliseconds that the plays may take where others use the processor too. */
const PATIENCE = 240_000;

const catalogue = await loadCatalogue();
const services = [...catalogue.keys()];
const functions = [...services, 'watch', 'slack', 'rules'];
const account = await testAccount();
const { accountId } = account;
const place = { accountId, region: REGION, prefix: STACK };
const arns = arnsOf(place, functions);
const arn = (id: string) => arns.get(id) ?? '';

/** Every control may act, and AWS Config may be set up anew. */
const ACTING: PolicyDocument = {
  defaults: { mode: 'remediate' },
  controls: {
    'config-recorder-enabled': { parameters: { roleArn: roleArn(account, 'recorder'), s3BucketName: 'history' } },
  },
};

/** The policies of all roles, as they are deployed. */
const policiesUnder = (document: PolicyDocument) =>
  new Map(rolesOf(catalogue, document).map((role) => [role.name, deployed(role, place, arns)]));
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
    ...(name === 'rules' ? keptByLambda : takenByLambda(name)),
  ];
};

/** What IAM was asked while each function played. */
const asked = new Map<string, readonly IamRequest[]>();
beforeAll(async () => {
  const regions = [REGION, 'us-east-1'];
  const { outputs } = await deployStack(account, { regions, policyVersion: policyFrom(null).version });
  const { LedgerTable: table = '', NoticeTopic: topicArn = '' } = outputs;
  const engineWith = (aws: Engine['aws'], document: PolicyDocument, ahead = 0): Engine => ({
    aws,
    ledger: dynamoLedger(aws(REGION), table),
    notifier: snsNotifier(aws(REGION), topicArn),
    policy: policyFrom(document),
    clock: { ...systemClock, now: () => new Date(Date.now() + ahead) },
    codeVersion: 'test',
    ceiling: 'remediate',
  });
  const stage = { accountId, region: REGION, aws: account.aws() };
  for (const name of functions) {
    const { aws, calls } = recordedClients();
    const controls = catalogue.get(name) ?? [];
    if (name === 'watch') {
      const days = 4 * 86_400_000;
      const soon = new Date(Date.now() + days).toISOString().slice(0, 10);
      const exemption = { control: 'x', resource: 'y', owner: 'a team', reason: 'it moves', expires: soon };
      const waiting = engineWith(awsClients(), { defaults: { mode: 'approve' } });
      // This scene can be played twice in one account.
      const imds = catalogue.get('ec2')?.filter(({ id }) => id === 'ec2-instance-imdsv2-required') ?? [];
      const own = { account: stage, engine: waiting, controls: imds };
      const watching = { engine: engineWith(aws, { exemptions: [exemption] }, days), table, topicArn, regions };
      await playWatch(watching, own);
    } else if (name === 'slack') {
      await playSlack(aws(REGION), account);
    } else if (name === 'rules') {
      await playRules({ account: stage, engine: engineWith(aws, ACTING), controls: [...catalogue.values()].flat() });
    } else {
      const results = await playService(name, { account: stage, engine: engineWith(aws, ACTING), controls });
      expect(results.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
      const remediated = new Set(results.filter(({ outcome }) => outcome === 'remediated').map((one) => one.controlId));
      const planning = controls.filter((control) => control.plan !== undefined).map(({ id }) => id);
      expect(planning.filter((id) => !remediated.has(id))).toEqual([]);
    }
    const requests = calls.flatMap((call) => iamRequestsOf(call, { accountId, key: arn('Key') }));
    const distinct = new Map([...requests, ...byLambda(name)].map((request) => [JSON.stringify(request), request]));
    asked.set(name, [...distinct.values()]);
  }
}, PATIENCE);

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
        const answers = await Promise.all(using.map((request) => isAllowed(without, request, accountId)));
        if (answers.every(Boolean)) needless.push(`${statement.Sid}: ${action}`);
      }
    expect(needless).toEqual([]);
  });
});
