import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  EC2Client,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { tallying } from '../../../bench/tally.ts';
import { makeLocalWorld } from '../../../scripts/sandbox/local-deployment.ts';
import { oneAtATime } from '../../../scripts/sandbox/serial-proxy.ts';
import { controls } from '../../../shared/controls/ec2/index.ts';
import type { Engine } from '../../../shared/engine/context.ts';
import { changesIn } from '../../../shared/engine/intake/parse-event.ts';
import { reconcileChange } from '../../../shared/engine/intake/reconcile-change.ts';
import { dynamoLedger } from '../../../shared/ledger/dynamodb.ts';
import { snsNotifier } from '../../../shared/notify/sns.ts';
import { policyFrom } from '../../../shared/policy/settings.ts';
import { systemClock } from '../../../shared/time.ts';
import { recordedClients, type SeenCall } from '../../support/recorder.ts';
import { REGION, SAMPLE_ACCOUNT, sampleEvent } from '../../support/samples.ts';
import { testAccount } from '../../support/sandbox.ts';

/** What docs/round-trips.md says that each call is for. */
const REMEDIATED = [
  'dynamodb:GetItem',
  'dynamodb:PutItem',
  'dynamodb:PutItem',
  'dynamodb:Query',
  'dynamodb:TransactWriteItems',
  'dynamodb:TransactWriteItems',
  'ec2:DescribeSecurityGroupRules',
  'ec2:DescribeSecurityGroupRules',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeSecurityGroups',
  'ec2:RevokeSecurityGroupIngress',
  'sns:Publish',
];

let accountId: string;
let clients: ReturnType<typeof recordedClients>;
let engine: Engine;
const tally = tallying();

beforeAll(async () => {
  const account = await testAccount();
  accountId = account.accountId;
  process.env.AWS_ENDPOINT_URL = await oneAtATime(account.endpoint, (call) => tally.see(call));
  clients = recordedClients();
  const { table, topicArn } = await makeLocalWorld(clients.aws(REGION));
  const aws = clients.aws(REGION);
  engine = {
    aws: clients.aws,
    ledger: dynamoLedger(aws, table),
    notifier: snsNotifier(aws, topicArn),
    policy: policyFrom({ defaults: { mode: 'remediate' } }),
    clock: systemClock,
    codeVersion: 'test',
    ceiling: 'remediate',
    async send() {},
  };
});

/** A group with rules that are in order, and SSH opened to the world by the sample event. */
async function group(isOpen: boolean): Promise<Record<string, unknown>> {
  const ec2 = clients.aws(REGION)(EC2Client);
  const name = `group-${Math.random()}`;
  const { GroupId = '' } = await ec2.send(new CreateSecurityGroupCommand({ GroupName: name, Description: 'a test' }));
  const ssh = (CidrIp: string) => [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp }] }];
  if (isOpen) await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: ssh('0.0.0.0/0') }));
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: ssh('10.0.0.0/8') }));
  const ids = { [SAMPLE_ACCOUNT]: accountId, 'sg-0a1b2c3d4e5f60718': GroupId };
  return sampleEvent('ec2/AuthorizeSecurityGroupIngress', ids);
}

/** The calls of one event, warm: what a client asks for once was asked for before. */
async function counted(event: Record<string, unknown>) {
  clients.calls.length = 0;
  tally.taken();
  const [change] = changesIn(event);
  if (change === undefined) throw new Error('the sample holds no event');
  const context = { controls, fallback: { accountId, region: REGION }, home: REGION };
  const results = await reconcileChange(change, engine, context);
  return { results, calls: clients.calls.map(named).sort(), counts: tally.taken() };
}
const named = ({ service, operation }: SeenCall) => `${service}:${operation}`;

describe('an event about a security group', () => {
  test('that is compliant costs one read of the ledger beside the reads of its facets, and nothing is written', async () => {
    const { results, calls, counts } = await counted(await group(false));
    expect(results.map(({ outcome }) => outcome).sort()).toEqual([
      'compliant',
      'compliant',
      'compliant',
      'notApplicable',
    ]);
    expect(calls).toEqual(['dynamodb:GetItem', 'ec2:DescribeSecurityGroupRules', 'ec2:DescribeSecurityGroups']);
    expect(counts.writeUnits).toBe(0);
  });

  test('that is remediated by one step costs 12 calls, 6 of them the ledger’s, and no more than 25 write units', async () => {
    const { results, calls, counts } = await counted(await group(true));
    expect(results.map(({ outcome }) => outcome).sort()).toEqual([
      'compliant',
      'compliant',
      'notApplicable',
      'remediated',
    ]);
    expect(calls).toEqual(REMEDIATED);
    expect(counts.writeUnits).toBeLessThanOrEqual(25);
    console.log(`one step: ${calls.length} calls, ${counts.writeUnits} write units`);
  });

  test('whose group was remediated a moment ago is read again under the lease: 2 reads more', async () => {
    const event = await group(true);
    await counted(event);
    const groupId = /sg-[0-9a-f]{17}/.exec(JSON.stringify(event))?.[0] ?? '';
    const ec2 = clients.aws(REGION)(EC2Client);
    const permission = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
    await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions: [permission] }));
    const { calls, results } = await counted(event);
    expect(results.some(({ outcome }) => outcome === 'remediated')).toBe(true);
    expect(calls).toHaveLength(REMEDIATED.length + 2);
    await ec2
      .send(new RevokeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions: [permission] }))
      .catch(() => {});
  });
});
