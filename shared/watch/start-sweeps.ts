import { randomUUID } from 'node:crypto';
import { enabledRegions } from '../aws/regions.ts';
import { sweepMessage } from '../engine/sweep/cursor.ts';
import type { Watching } from './context.ts';

/** What EC2 says where a policy of the organisation denies a region. */
const REFUSALS = ['UnauthorizedOperation', 'AccessDenied', 'AccessDeniedException'];

/** Sends the first slice of a sweep of every service in each of these regions. */
export async function sweep(regions: readonly string[], { engine, services, accountId }: Watching): Promise<void> {
  const messages = regions.flatMap((region) =>
    services.map((service) => sweepMessage({ service, accountId, region }, randomUUID())),
  );
  await engine.send(messages);
}

/** Sweeps every region that is enabled; where nobody can say which these are, those of the deployment. */
export async function sweepAll(deployed: readonly string[], watching: Watching): Promise<readonly string[]> {
  const { engine, home, log } = watching;
  const enabled = await enabledRegions(engine.aws(home), home).catch((error: unknown) => {
    log(error, 'the enabled regions cannot be listed; those of the deployment are swept');
    return deployed;
  });
  const open = await Promise.all(enabled.map((region) => deployed.includes(region) || isOpen(region, watching)));
  const regions = enabled.filter((_, index) => open[index]);
  await sweep(regions, watching);
  return regions;
}

/** False for a region in which a policy of the organisation refuses every call: nothing can be there, and the sweep of each service would fail every day. Whatever else goes wrong, the sweep itself tells. */
async function isOpen(region: string, { engine, log }: Watching): Promise<boolean> {
  try {
    await enabledRegions(engine.aws(region), region);
  } catch (error) {
    if (!(error instanceof Error && REFUSALS.includes(error.name))) return true;
    log(error, `${region} is enabled, and a policy lets nobody look into it; it is not swept`);
    return false;
  }
  return true;
}
