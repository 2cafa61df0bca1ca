import { randomUUID } from 'node:crypto';
import { enabledRegions } from '../aws/regions.ts';
import { sweepMessage } from '../engine/sweep/cursor.ts';
import type { WatchContext } from './context.ts';

/** EC2's errors where a policy of the organisation denies a region. */
const REFUSALS = ['UnauthorizedOperation', 'AccessDenied', 'AccessDeniedException'];

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
    await enabledRegions(engine.aws(region), region);
  } catch (error) {
    if (!(error instanceof Error && REFUSALS.includes(error.name))) return true;
    warn(`${region} is enabled, but a policy denies all calls to it; it is not swept`, error);
    return false;
  }
  return true;
}
