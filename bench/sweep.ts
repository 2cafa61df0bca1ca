import { CreateSecurityGroupCommand, EC2Client } from '@aws-sdk/client-ec2';
import { LOCAL_REGION, openLocalAccount, talkOnlyTo } from '../scripts/sandbox/local.ts';
import { awsClients } from '../shared/aws/clients.ts';
import { controls } from '../shared/controls/ec2/index.ts';
import { type Engine, systemClock } from '../shared/engine/context.ts';
import { reconcile } from '../shared/engine/reconcile/reconciler.ts';
import { memoryLedger } from '../shared/ledger/memory.ts';
import { silent } from '../shared/notify/notifier.ts';
import { policyFrom } from '../shared/policy/settings.ts';
import { everyListed } from '../shared/resource.ts';
import { securityGroup } from '../shared/resources/ec2/security-group.ts';

/** How much faster a sweep is for taking the facets that a listing brings for free, instead of reading each resource. Both in one run, in turn, on the same account. */
const GROUPS = 200;
const ROUNDS = 3;

const sandbox = await openLocalAccount({ say: console.error });
talkOnlyTo(sandbox.endpoint, LOCAL_REGION);
const clients = awsClients();
const aws = clients(LOCAL_REGION);
for (let index = 0; index < GROUPS; index += 1)
  await aws(EC2Client).send(new CreateSecurityGroupCommand({ GroupName: `g-${index}`, Description: 'bench' }));

const engine: Engine = {
  aws: clients,
  ledger: memoryLedger(),
  notifier: silent,
  policy: policyFrom(null),
  clock: systemClock,
  codeVersion: 'bench',
  ceiling: 'detect',
};
const own = controls.filter(({ resource }) => resource === securityGroup);
const cause = { eventId: null, eventName: 'Bench', eventTime: null, receivedAt: '', attribution: null };

/** Seconds for one sweep of every security group. */
async function sweep(withFacets: boolean): Promise<number> {
  const started = performance.now();
  const pages = securityGroup.list(aws, { accountId: '', region: LOCAL_REGION });
  for await (const { resourceId, facets = {} } of everyListed(pages)) {
    const ref = { resourceType: securityGroup.type, resourceId, accountId: '', region: LOCAL_REGION };
    const known = withFacets ? { known: facets } : {};
    await reconcile({ resource: securityGroup, ref, controls: own, ...known }, cause, engine);
  }
  return (performance.now() - started) / 1000;
}

await sweep(true);
const ratios: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  const [listed, read] = [await sweep(true), await sweep(false)];
  ratios.push(read / listed);
  console.log(
    `round ${round + 1}: ${listed.toFixed(2)} s with the listing's facets, ${read.toFixed(2)} s reading each`,
  );
}
const median = ratios.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0;
console.log(
  `reading each / taking the listing's, ${GROUPS} security groups, median of ${ROUNDS}: ${median.toFixed(1)}`,
);
await sandbox.stop();
