import { randomUUID } from 'node:crypto';
import { enabledRegions, openRegions } from '../aws/regions.ts';
import { sweepMessage } from '../engine/sweep/cursor.ts';
import type { WatchContext } from './context.ts';

/** Sends the first slice of a sweep of every service in each of these regions. Where the whole region is left out nothing can be there, and each of its sweeps would fail. Gives the regions that are swept. */
export async function startSweeps(
  regions: readonly string[],
  { engine, home, services, accountId, warn }: WatchContext,
): Promise<readonly string[]> {
  const { open, closed } = await openRegions(engine.aws(home), regions);
  for (const { region, reason } of closed) warn(`${region} is left out as a whole and not swept`, reason);
  const messages = open.flatMap((region) =>
    services.map((service) => sweepMessage({ service, accountId, region }, randomUUID())),
  );
  await engine.send(messages);
  return open;
}

/** Starts sweeps in every enabled region; in those of the deployment where the enabled ones cannot be listed. Gives the regions. */
export async function startAllSweeps(deployed: readonly string[], context: WatchContext): Promise<readonly string[]> {
  const { engine, home, warn } = context;
  const enabled = await enabledRegions(engine.aws(home), home).catch((error: unknown) => {
    warn('the enabled regions cannot be listed; those of the deployment are swept', error);
    return deployed;
  });
  return startSweeps(enabled, context);
}
