import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateVolumeCommand,
  EC2Client,
  paginateDescribeSecurityGroupRules,
  paginateDescribeSecurityGroups,
  paginateDescribeVolumes,
} from '@aws-sdk/client-ec2';
import { LOCAL_REGION, openLocalAccount, talkOnlyTo } from '../scripts/sandbox/local.ts';
import { atMost } from '../shared/at-most.ts';
import { awsClients } from '../shared/aws/clients.ts';
import { controls as catalogue } from '../shared/controls/ec2/index.ts';
import type { Engine } from '../shared/engine/context.ts';
import { sweepSlice } from '../shared/engine/sweep/sweep.ts';
import { memoryLedger } from '../shared/ledger/memory.ts';
import { silent } from '../shared/notify/notifier.ts';
import { policyFrom } from '../shared/policy/settings.ts';
import { systemClock } from '../shared/time.ts';

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

/** Most groups let their own network in; every third volume is encrypted. */
async function fill(): Promise<void> {
  const limited = atMost(4);
  const group = async (index: number) => {
    const { GroupId } = await client.send(
      new CreateSecurityGroupCommand({ GroupName: `g-${index}`, Description: 'b' }),
    );
    const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '10.0.0.0/8' }] }];
    await client.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
  };
  const volume = (index: number) =>
    client.send(new CreateVolumeCommand({ AvailabilityZone: `${LOCAL_REGION}a`, Size: 8, Encrypted: index % 3 === 0 }));
  const work = [
    ...Array.from({ length: GROUPS }, (_, index) => () => group(index)),
    ...Array.from({ length: VOLUMES }, (_, index) => () => volume(index)),
  ];
  await Promise.all(work.map((one) => limited<unknown>(one)));
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

/** Seconds of a piece of work that has to come upon everything. */
async function timed(work: () => Promise<number>): Promise<number> {
  const started = performance.now();
  const found = await work();
  if (found < GROUPS + VOLUMES) throw new Error(`${found} resources were found`);
  return (performance.now() - started) / 1_000;
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

await listing();
await functionSweep();
const [bare, swept]: [number[], number[]] = [[], []];
for (let round = 0; round < ROUNDS; round += 1) {
  bare.push(await timed(listing));
  swept.push(await timed(functionSweep));
  console.log(`round ${round + 1}: listing ${bare.at(-1)?.toFixed(2)} s, sweep ${swept.at(-1)?.toFixed(2)} s`);
}
const ratio = median(swept) / median(bare);
console.log(
  `${GROUPS} groups and ${VOLUMES} volumes by ${controls.length} controls, medians of ${ROUNDS}: ` +
    `bare listing ${median(bare).toFixed(2)} s, sweep ${median(swept).toFixed(2)} s: ${ratio.toFixed(1)} times`,
);
await sandbox.stop();
