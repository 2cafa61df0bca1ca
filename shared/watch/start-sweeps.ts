import { randomUUID } from 'node:crypto';
import { DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { enabledRegions } from '../aws/regions.ts';
import { sweepMessage } from '../engine/sweep/cursor.ts';
import type { WatchContext } from './context.ts';

/** How EC2 words a refusal by the organisation. Any other refusal is an error, which the sweep reports. */
const DENIED = /explicit deny in a service control policy/i;
const NOT_OPTED_IN = 'OptInRequired';

/** Sends the first slice of a sweep of every service in each of these regions. */
export async function startSweeps(
  regions: readonly string[],
  { engine, services, accountId }: WatchContext,
): Promise<void> {
  const messages = regions.flatMap((region) =>
    services.map((service) => sweepMessage({ service, accountId, region }, randomUUID())),
  );
  await engine.send(messages);
}

/** Starts sweeps in every enabled region; in those of the deployment where the enabled ones cannot be listed. Gives the regions. */
export async function startAllSweeps(deployed: readonly string[], context: WatchContext): Promise<readonly string[]> {
  const { engine, home, warn } = context;
  const enabled = await enabledRegions(engine.aws(home), home).catch((error: unknown) => {
    warn('the enabled regions cannot be listed; those of the deployment are swept', error);
    return deployed;
  });
  const open = await Promise.all(enabled.map((region) => deployed.includes(region) || isOpen(region, context)));
  const regions = enabled.filter((_, index) => open[index]);
  await startSweeps(regions, context);
  return regions;
}

/** False for a region in which a policy of the organisation denies every call: nothing can be there, and the sweep of each service would fail every day. Any other error is the sweep's to report. */
async function isOpen(region: string, { engine, warn }: WatchContext): Promise<boolean> {
  try {
    // Policies that deny regions exempt calls such as DescribeRegions: this one they do not.
    await engine
      .aws(region)(EC2Client)
      .send(new DescribeVpcsCommand({ MaxResults: 5 }));
  } catch (error) {
    if (!(error instanceof Error && (DENIED.test(error.message) || error.name === NOT_OPTED_IN))) return true;
    warn(`${region} is enabled, but a policy denies all calls to it; it is not swept`, error);
    return false;
  }
  return true;
}
