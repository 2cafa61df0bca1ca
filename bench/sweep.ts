import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateVolumeCommand,
  EC2Client,
  paginateDescribeSecurityGroupRules,
  paginateDescribeSecurityGroups,
  paginateDescribeVolumes,
} from '@aws-sdk/client-ec2';
import pLimit from 'p-limit';
import { LOCAL_REGION, openLocalAccount, talkOnlyTo } from '../scripts/sandbox/local.ts';
import { awsClients } from '../shared/aws/clients.ts';
import { controls as catalogue } from '../shared/controls/ec2/index.ts';
import type { Engine } from '../shared/engine/context.ts';
import { sweepSlice } from '../shared/engine/sweep/sweep.ts';
import { memoryLedger } from '../shared/ledger/memory.ts';
import { silent } from '../shared/notify/notifier.ts';
import { policyFrom } from '../shared/policy/settings.ts';
import { systemClock } from '../shared/time.ts';
import { type Contender, inTurn } from './in-turn.ts';

/** What a sweep of a large account costs beside the bare listing by the same calls. Both in one run, in turn, on the same account. */
const GROUPS = 1_500;
const VOLUMES = 1_500;
const ROUNDS = 5;
const CONTROLS = ['ec2-security-group-admin-ports-restricted', 'ec2-ebs-volume-encrypted'];

const sandbox = await openLocalAccount({ say: console.error });
talkOnlyTo(sandbox.endpoint, LOCAL_REGION);
const clients = awsClients();
const client = clients(LOCAL_REGION)(EC2Client);
await fill();

const controls = catalogue.filter(({ id }) => CONTROLS.includes(id));
const scope = { service: 'ec2', accountId: '123456789012', region: LOCAL_REGION };
const engine: Engine = {
  aws: clients,
  ledger: memoryLedger(),
  notifier: silent,
  policy: policyFrom(null),
  clock: systemClock,
  codeVersion: 'bench',
  ceiling: 'detect',
  send: async () => {},
};

/** Every tenth group lets the world in, the others their own network; every third volume is encrypted. */
async function fill(): Promise<void> {
  const limited = pLimit(4);
  const group = async (index: number) => {
    const { GroupId } = await client.send(
      new CreateSecurityGroupCommand({ GroupName: `g-${index}`, Description: 'b' }),
    );
    const CidrIp = index % 10 === 0 ? '0.0.0.0/0' : '10.0.0.0/8';
    const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp }] }];
    await client.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
  };
  const volume = (index: number) =>
    client.send(new CreateVolumeCommand({ AvailabilityZone: `${LOCAL_REGION}a`, Size: 8, Encrypted: index % 3 === 0 }));
  const work = [
    ...Array.from({ length: GROUPS }, (_, index) => () => group(index)),
    ...Array.from({ length: VOLUMES }, (_, index) => () => volume(index)),
  ];
  await Promise.all(work.map((one) => limited<[], unknown>(one)));
}

/** The same calls, and nothing done with their answers. */
async function listing(): Promise<number> {
  let found = 0;
  const paging = { MaxResults: 1_000 };
  for await (const page of paginateDescribeSecurityGroups({ client }, paging))
    found += page.SecurityGroups?.length ?? 0;
  for await (const _ of paginateDescribeSecurityGroupRules({ client }, paging));
  for await (const page of paginateDescribeVolumes({ client }, paging)) found += page.Volumes?.length ?? 0;
  return found;
}

let run = 0;
async function functionSweep(): Promise<number> {
  run += 1;
  const slice = { ...scope, run: `run-${run}`, slice: 0, cursor: null };
  const selection = { controls, home: LOCAL_REGION, deadline: Date.now() + 600_000 };
  return (await sweepSlice(slice, engine, selection)).resources;
}

const BIN = fileURLToPath(new URL('../bin/evenkeel', import.meta.url));

/** The command as a user runs it, its start included. */
async function commandSweep(): Promise<number> {
  const only = CONTROLS.flatMap((id) => ['--control', id]);
  const args = [BIN, 'sweep', '--json', '--no-policy', '--region', LOCAL_REGION, ...only];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  return (await text(child.stdout)).split('\n').length - 1;
}

/** A piece of work that has to come upon everything. */
const finding =
  (work: () => Promise<number>): Contender =>
  async () =>
  async () => {
    const found = await work();
    if (found < GROUPS + VOLUMES) throw new Error(`${found} resources were found`);
  };

const seconds = (milliseconds: number) => `${(milliseconds / 1_000).toFixed(2)} s`;
const medians = await inTurn(
  { listing: finding(listing), function: finding(functionSweep), command: finding(commandSweep) },
  {
    rounds: ROUNDS,
    say(round, took) {
      const said = Object.entries(took).map(([kind, one]) => `${kind} ${seconds(one)}`);
      console.log(`round ${round}: ${said.join(', ')}`);
    },
  },
);
console.log(`${GROUPS} groups and ${VOLUMES} volumes by ${controls.length} controls, medians of ${ROUNDS}:`);
for (const [kind, one] of Object.entries(medians))
  console.log(`  ${kind} ${seconds(one)}, ${(one / medians.listing).toFixed(1)} times the bare listing`);
await sandbox.stop();
