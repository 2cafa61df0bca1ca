import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { configuredTree } from '../../scripts/sandbox/configured-tree.ts';
import { type Deployment, deploymentOf } from '../../scripts/sandbox/deployment.ts';
import { oneAtATime } from '../../scripts/sandbox/serial-proxy.ts';
import { STORM_POLICY, storm, writesIn } from '../../scripts/storm/storm.ts';
import { awsClients } from '../../shared/aws/clients.ts';
import { bundleOnly } from '../support/packages.ts';
import { REGION } from '../support/samples.ts';
import { testAccount } from '../support/sandbox.ts';

// A small storm; `npm run storm` raises one of 5,000 events on 500 resources.
const EVENTS = 240;
const RESOURCES = 24;
/** Killed work comes again when its lease has ended: a minute and a quarter. */
const PATIENCE = 240_000;

const account = await testAccount();
const built = await configuredTree(STORM_POLICY);
bundleOnly(built.path, 'infrastructure');
const writes = writesIn();
const endpoint = await oneAtATime(account.endpoint, writes.see);
process.env.AWS_ENDPOINT_URL = endpoint;
const clients = awsClients();
const aws = (region = REGION) => clients(region);

let deployment: Deployment;
beforeAll(async () => {
  await built.deploy(account.env);
  deployment = await deploymentOf('evenkeel-prod', built.folder, aws());
}, PATIENCE);
afterAll(() => built.remove());

test(
  'in a storm, and though everything is killed in the midst of it, all is put right, once, and no event is lost',
  async () => {
    const killAt = 0.2 + 0.6 * Math.random();
    const plan = { events: EVENTS, resources: RESOURCES, instances: 3, killAt };
    const { accountId } = account;
    const after = await storm(plan, { deployment, accountId, region: REGION, aws, endpoint });
    const { open, hurt, failed, left, killed } = after;
    expect({ open, hurt, failed, left, killed }).toEqual({ open: [], hurt: [], failed: 0, left: 0, killed: true });
    expect(writes.resources()).toBe(RESOURCES);
    // A call that was on its way when its function was killed may be made, and not be known to have been: it is made again, and finds its work done.
    const remediations = after.logs.flatMap(
      ({ result }) => (result as { outcome?: string } | undefined)?.outcome ?? [],
    );
    expect(remediations.filter((outcome) => outcome === 'remediated').length).toBeLessThanOrEqual(RESOURCES);
    expect(writes.repeated()).toEqual([]);
  },
  PATIENCE,
);
