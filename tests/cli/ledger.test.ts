import { existsSync, mkdtempSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CloudFormationClient, CreateStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { dynamoStore } from '../../shared/ledger/dynamodb.ts';
import { ledgerIn } from '../../shared/ledger/stored-ledger.ts';
import { type Alteration, isWrite, wireTo } from '../support/aws-proxy.ts';
import { evenkeelAs, evenkeelProcessAs, linesOf, temporaryFolder } from '../support/command.ts';
import { ADMIN_PORTS, ingressOf, openedEvent, openGroup } from '../support/drift.ts';
import { REGION } from '../support/samples.ts';
import { testAccount } from '../support/sandbox.ts';

const AFAR = 'eu-central-1';
const folder = temporaryFolder();
const account = await testAccount();
const wire = await wireTo(account.endpoint);
beforeEach(() => {
  wire.alter([]);
  wire.take();
});

/** The command without any variable of ours but the policy: it finds the ledger by itself. `HOME` is a new folder. */
function newcomer(env: Readonly<Record<string, string>> = {}) {
  const HOME = mkdtempSync(join(folder, 'home-'));
  const own = { ...account.env, AWS_ENDPOINT_URL: wire.endpoint, EVENKEEL_LEDGER: '', HOME, ...env };
  return { HOME, evenkeel: evenkeelAs(own), evenkeelProcess: evenkeelProcessAs(own) };
}
/** What a run asked AWS to find its ledger and its caller by. */
const lookUps = () => wire.take().filter((call) => !/^(dynamodb|logs|ec2|sns):/.test(call));
const pauseNow = ['pause', '--reason', 'trying', '--json'];
const NAME_IT = "name the deployment's table with EVENKEEL_TABLE, or a local file with EVENKEEL_LEDGER";

describe('without a deployment', () => {
  test('a remediation is in the history, and undone exactly, by processes that share nothing but a local file', async () => {
    const { HOME, evenkeel, evenkeelProcess } = newcomer();
    const group = await openGroup(account, 'newcomer');
    const before = await ingressOf(account, [group]);
    const event = JSON.stringify(openedEvent(account, group, 'e1'));
    const replay = ['replay', '-', '--json', '--mode', 'remediate', '--control', ADMIN_PORTS];
    const remediated = await evenkeelProcess(replay, { input: event });
    const [{ outcome, remediationId } = { outcome: '', remediationId: null }] = linesOf(remediated);
    expect(outcome).toBe('remediated');
    expect(await ingressOf(account, [group])).not.toEqual(before);
    expect((await evenkeelProcess(['history'])).stdout).toContain(String(remediationId));
    expect(await evenkeelProcess(['verify'])).toMatchObject({ status: 0 });
    expect(await evenkeelProcess(['undo', String(remediationId)])).toMatchObject({ status: 0 });
    expect(await ingressOf(account, [group])).toEqual(before);
    expect(linesOf(await evenkeel(replay, { input: event }))).toMatchObject([{ outcome: 'exempted' }]);

    const state = join(HOME, '.local/state/evenkeel');
    const [, file = ''] = /; ledger (\S+);/.exec(remediated.stderr) ?? [];
    expect(file).toMatch(new RegExp(`^${state}/${account.accountId}-[0-9a-f]{12}\\.sqlite$`));
    expect([statSync(file).mode & 0o777, statSync(state).mode & 0o777]).toEqual([0o600, 0o700]);
  });

  test('a pause stops the remediation of the next run', async () => {
    const { evenkeel } = newcomer();
    const group = await openGroup(account, 'paused');
    expect(await evenkeel(pauseNow)).toMatchObject({ status: 0 });
    const replay = ['replay', '-', '--json', '--mode', 'remediate', '--control', ADMIN_PORTS];
    const input = JSON.stringify(openedEvent(account, group, 'e2'));
    expect(linesOf(await evenkeel(replay, { input }))).toMatchObject([{ outcome: 'halted' }]);
    expect(await evenkeel(['resume'])).toMatchObject({ status: 0 });
    expect(linesOf(await evenkeel(replay, { input }))).toMatchObject([{ outcome: 'remediated' }]);
  });

  test('each run asks AWS once whether there is a deployment, and once who calls', async () => {
    const { evenkeel } = newcomer();
    const asked = ['cloudformation:DescribeStacks', 'events:ListTargetsByRule', 'sts:GetCallerIdentity'];
    for (const args of [pauseNow, ['resume'], ['history'], ['exempt', '--list']]) {
      await evenkeel(args);
      expect({ args, calls: lookUps() }).toEqual({ args, calls: asked });
    }
  });

  test('a dry run creates no file', async () => {
    const { HOME, evenkeel } = newcomer();
    const group = await openGroup(account, 'dry');
    const input = JSON.stringify(openedEvent(account, group, 'e3'));
    expect(linesOf(await evenkeel(['replay', '-', '--json', '--control', ADMIN_PORTS], { input }))).toMatchObject([
      { outcome: 'detected' },
    ]);
    expect(existsSync(join(HOME, '.local'))).toBe(false);
  });

  test('EVENKEEL_LEDGER names another file, and nobody is asked for a deployment; one that cannot be opened is said in one line', async () => {
    const file = join(folder, 'mine.sqlite');
    expect(await newcomer({ EVENKEEL_LEDGER: file }).evenkeel(pauseNow)).toMatchObject({ status: 0 });
    expect(existsSync(file)).toBe(true);
    expect(wire.take()).not.toContain('cloudformation:DescribeStacks');
    const missing = { EVENKEEL_LEDGER: join(file, 'below.sqlite') };
    const { status, stderr } = await newcomer(missing).evenkeel(pauseNow);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^evenkeel: cannot open the ledger [^\n]+below\.sqlite: [^\n]+\n$/);
  });
});

describe('where AWS does not say whether there is a deployment', () => {
  const refused = (call: string): Alteration => ({
    call,
    status: 403,
    change: () =>
      call.startsWith('events')
        ? JSON.stringify({ __type: 'AccessDeniedException', message: 'not authorized' })
        : '<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not authorized</Message></Error></ErrorResponse>',
  });

  test.each(['cloudformation:DescribeStacks', 'events:ListTargetsByRule', 'sts:GetCallerIdentity'])(
    'the command ends in one line that names both variables, and writes nothing: %s',
    async (call) => {
      const { HOME, evenkeel } = newcomer();
      const group = await openGroup(account, call.replace(/\W/g, ' '));
      const open = await ingressOf(account, [group]);
      wire.take();
      wire.alter([refused(call)]);
      const input = JSON.stringify(openedEvent(account, group, 'e4'));
      for (const args of [['replay', '-', '--mode', 'remediate'], pauseNow, ['history'], ['undo', 'rem-1']]) {
        const { status, stdout, stderr } = await evenkeel(args, { input });
        expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
        expect(stderr).toMatch(/^evenkeel: cannot tell where the ledger is: (AccessDenied: )?not authorized[^\n]+\n$/);
        expect(stderr).toContain(NAME_IT);
      }
      expect(wire.take().filter(isWrite)).toEqual([]);
      expect(await ingressOf(account, [group])).toEqual(open);
      expect(existsSync(join(HOME, '.local'))).toBe(false);
    },
  );

  test('no region: nobody guesses one', async () => {
    const { status, stderr } = await newcomer({ AWS_REGION: '' }).evenkeel(pauseNow);
    expect(status).toBe(2);
    expect(stderr).toBe(
      `evenkeel: no region to look for the ledger in: give --region, or set AWS_REGION; or ${NAME_IT}\n`,
    );
  });
});

describe('a deployment', () => {
  const template = (withOutput: boolean, outcomes: string) => ({
    Resources: {
      LedgerTable: {
        Type: 'AWS::DynamoDB::Table',
        Properties: {
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: ['pk', 'sk', 'list', 'at'].map((AttributeName) => ({
            AttributeName,
            AttributeType: 'S',
          })),
          KeySchema: [
            { AttributeName: 'pk', KeyType: 'HASH' },
            { AttributeName: 'sk', KeyType: 'RANGE' },
          ],
          GlobalSecondaryIndexes: [
            {
              IndexName: 'lists',
              KeySchema: [
                { AttributeName: 'list', KeyType: 'HASH' },
                { AttributeName: 'at', KeyType: 'RANGE' },
              ],
              Projection: { ProjectionType: 'KEYS_ONLY' },
            },
          ],
        },
      },
    },
    ...(withOutput
      ? {
          Outputs: {
            LedgerTable: { Value: { Ref: 'LedgerTable' } },
            ...(outcomes === '' ? {} : { OutcomesQueue: { Value: outcomes } }),
          },
        }
      : {}),
  });

  /** Deploys a stack with a ledger to the home region, and gives its ledger. */
  async function deploy(StackName: string, withOutput = true, outcomes = '') {
    const client = account.aws()(CloudFormationClient);
    const TemplateBody = JSON.stringify(template(withOutput, outcomes));
    await client.send(new CreateStackCommand({ StackName, TemplateBody }));
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName }));
    return ledgerIn(dynamoStore(account.aws(), Stacks?.[0]?.Outputs?.[0]?.OutputValue ?? ''));
  }

  /** The rule by which a stack set forwards a region's events. */
  async function forward(stack: string, bus: string) {
    const client = account.aws(AFAR)(EventBridgeClient);
    const Name = `${stack}-forward-1`;
    await client.send(new PutRuleCommand({ Name, EventPattern: JSON.stringify({ source: ['aws.ec2'] }) }));
    await client.send(new PutTargetsCommand({ Rule: Name, Targets: [{ Id: 'home', Arn: bus }] }));
  }
  const busArn = (stack: string, accountId = account.accountId) =>
    `arn:aws:events:${REGION}:${accountId}:event-bus/${stack}`;

  test('is found in its home region, and from a region that it forwards, by --stack', async () => {
    const ledger = await deploy('mine-prod');
    await forward('mine-prod', busArn('mine-prod'));
    const { HOME, evenkeel } = newcomer();
    wire.take();
    expect(await evenkeel([...pauseNow, '--stack', 'mine-prod'])).toMatchObject({ status: 0 });
    expect(lookUps()).toEqual(['cloudformation:DescribeStacks', 'sts:GetCallerIdentity']);
    expect(await ledger.pauses()).toMatchObject([{ control: null, reason: 'trying' }]);
    wire.take();
    expect(await evenkeel(['resume', '--stack', 'mine-prod', '--region', AFAR])).toMatchObject({ status: 0 });
    expect(lookUps()).toEqual([
      'cloudformation:DescribeStacks',
      'events:ListTargetsByRule',
      'sts:GetCallerIdentity',
      'cloudformation:DescribeStacks',
    ]);
    expect(await ledger.pauses()).toEqual([]);
    expect(existsSync(join(HOME, '.local'))).toBe(false);
    // A stack of another name is none of ours.
    expect(await evenkeel([...pauseNow, '--stack', 'other-prod'])).toMatchObject({ status: 0 });
    expect(await ledger.pauses()).toEqual([]);
  });

  test('whose outcomes are followed is sent those of the command too; a dry run sends none', async () => {
    const sqs = account.aws()(SQSClient);
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'followed-prod-outcomes' }));
    await deploy('followed-prod', true, QueueUrl);
    const group = await openGroup(account, 'followed');
    const input = JSON.stringify(openedEvent(account, group, 'e5'));
    const { evenkeel } = newcomer();
    const replay = ['replay', '-', '--control', ADMIN_PORTS, '--stack', 'followed-prod'];
    const sent = async () => {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
      return Messages.map(({ Body = '' }) => JSON.parse(Body));
    };
    expect(await evenkeel(replay, { input })).toMatchObject({ status: 0 });
    expect(await sent()).toEqual([]);
    expect(await evenkeel([...replay, '--mode', 'remediate'], { input })).toMatchObject({ status: 0 });
    expect(await sent()).toMatchObject([{ outcome: 'remediated', isOpen: false, resource: { id: group } }]);
  });

  test('whose ledger or home is not plain ends the command: it is not guessed', async () => {
    await deploy('half-prod', false);
    await forward('odd-prod', `arn:aws:sqs:${REGION}:${account.accountId}:queue`);
    await forward('foreign-prod', busArn('foreign-prod', '999988887777'));
    const wrong = [
      [['--stack', 'half-prod'], `the stack half-prod in ${REGION} (CREATE_COMPLETE) has no output LedgerTable`],
      [['--stack', 'odd-prod', '--region', AFAR], 'does not forward to the bus odd-prod'],
      [['--stack', 'foreign-prod', '--region', AFAR], 'forwards to account 999988887777'],
    ] as const;
    for (const [flags, says] of wrong) {
      const { status, stderr } = await newcomer().evenkeel([...pauseNow, ...flags]);
      expect([status, stderr]).toEqual([
        1,
        expect.stringMatching(/^evenkeel: cannot tell where the ledger is: [^\n]+\n$/),
      ]);
      expect(stderr).toContain(says);
    }
  });
});
