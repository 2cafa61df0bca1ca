import {
  DescribeSecurityGroupRulesCommand,
  EC2Client,
  RevokeSecurityGroupIngressCommand,
  type SecurityGroupRule,
} from '@aws-sdk/client-ec2';
import { LOCAL_REGION, openLocalAccount, reportError, talkOnlyTo } from '../scripts/sandbox/local.ts';
import { makeLocalWorld } from '../scripts/sandbox/local-deployment.ts';
import { awsClients } from '../shared/aws/clients.ts';
import { controls } from '../shared/controls/ec2/index.ts';
import type { Engine } from '../shared/engine/context.ts';
import { changesIn } from '../shared/engine/intake/parse-event.ts';
import { reconcileChange } from '../shared/engine/intake/reconcile-change.ts';
import { dynamoLedger } from '../shared/ledger/dynamodb.ts';
import { snsNotifier } from '../shared/notify/sns.ts';
import { policyFrom } from '../shared/policy/settings.ts';
import { systemClock } from '../shared/time.ts';
import { type Contender, inTurn } from './in-turn.ts';
import { record, securityGroup } from './resources.ts';

/** `npm run bench:remediate`: how long a warm remediation of one rule of a security group takes, beside the bare calls that find, revoke and verify. Both in one run, in turn, on the same account. */
const ROUNDS = 25;
const ACCOUNT = '123456789012';
const HERE = { accountId: ACCOUNT, region: LOCAL_REGION };

async function main(): Promise<void> {
  const sandbox = await openLocalAccount({ say: console.error });
  try {
    talkOnlyTo(sandbox.endpoint, LOCAL_REGION);
    const engine = await deployedEngine();
    const medians = await inTurn(
      { bare: bare(engine), evenkeel: remediation(engine) },
      {
        rounds: ROUNDS,
        say: (round, { bare, evenkeel }) => console.error(`round ${round}: bare ${ms(bare)}, Evenkeel ${ms(evenkeel)}`),
      },
    );
    console.log(`one rule of a security group, warm, medians of ${ROUNDS} rounds in turn:`);
    console.log(`  bare calls (describe, revoke, describe)  ${ms(medians.bare)}`);
    console.log(`  Evenkeel (ledger, notification)          ${ms(medians.evenkeel)}`);
    console.log(`  ${(medians.evenkeel / medians.bare).toFixed(1)} times the bare calls`);
  } finally {
    await sandbox.stop();
  }
}

const ms = (milliseconds: number) => `${milliseconds.toFixed(0)} ms`;

/** As a function has it: the ledger in its table, notifications by the topic. */
async function deployedEngine(): Promise<Engine> {
  const clients = awsClients();
  const aws = clients(LOCAL_REGION);
  const { table, topicArn } = await makeLocalWorld(aws);
  return {
    aws: clients,
    ledger: dynamoLedger(aws, table),
    notifier: snsNotifier(aws, topicArn),
    policy: policyFrom({ defaults: { mode: 'remediate' }, limits: { remediationsPerHour: 100_000 } }),
    clock: systemClock,
    codeVersion: 'bench',
    ceiling: 'remediate',
    send: async () => {},
  };
}

let opened = 0;
/** A group that is new to the ledger, with SSH open to the world. */
function openGroup({ aws }: Engine): Promise<string> {
  opened += 1;
  return securityGroup(`open-${opened}`, true, aws(LOCAL_REGION));
}

/** What a script would do that knows what it looks for. */
const bare =
  (engine: Engine): Contender =>
  async () => {
    const group = await openGroup(engine);
    const client = engine.aws(LOCAL_REGION)(EC2Client);
    const Filters = [{ Name: 'group-id', Values: [group] }];
    const openRules = async () => {
      const { SecurityGroupRules = [] } = await client.send(new DescribeSecurityGroupRulesCommand({ Filters }));
      return SecurityGroupRules.filter(isOpen).map(({ SecurityGroupRuleId = '' }) => SecurityGroupRuleId);
    };
    return async () => {
      const SecurityGroupRuleIds = await openRules();
      await client.send(new RevokeSecurityGroupIngressCommand({ GroupId: group, SecurityGroupRuleIds }));
      if ((await openRules()).length > 0) throw new Error(`${group} is still open`);
    };
  };

const isOpen = ({ IsEgress, CidrIpv4, FromPort }: SecurityGroupRule) =>
  IsEgress === false && CidrIpv4 === '0.0.0.0/0' && FromPort === 22;

/** What a function does with the event, all controls of the service in it. */
const remediation =
  (engine: Engine): Contender =>
  async () => {
    const groupId = await openGroup(engine);
    const [change] = changesIn(record(HERE, ['ec2', 'AuthorizeSecurityGroupIngress'], { groupId }));
    if (change === undefined) throw new Error('the record names no change');
    return async () => {
      const results = await reconcileChange(change, engine, { controls, fallback: HERE, home: LOCAL_REGION });
      if (!results.some(({ outcome }) => outcome === 'remediated')) throw new Error(`${groupId} was not remediated`);
    };
  };

try {
  await main();
} catch (error) {
  process.exitCode = reportError('bench:remediate', error);
}
process.exit();
