import { randomUUID } from 'node:crypto';
import { sweepEvent } from '../engine/slice.ts';
import { enabledRegions } from '../regions.ts';
import { sendEvents } from './bus.ts';
import type { Watching } from './watching.ts';

/** Sends the first slice of a sweep of every service in each of these regions. */
export async function sweep(
  regions: readonly string[],
  { engine, home, services, accountId }: Watching,
): Promise<void> {
  const events = regions.flatMap((region) =>
    services.map((service) => sweepEvent({ service, accountId, region }, randomUUID())),
  );
  await sendEvents(engine.aws(home), events);
}

/** Sweeps every region that is enabled; where nobody can say which these are, those of the deployment. */
export async function sweepAll(deployed: readonly string[], watching: Watching): Promise<readonly string[]> {
  const { engine, home, log } = watching;
  const regions = await enabledRegions(engine.aws(home), home).catch((error: unknown) => {
    log(error, 'the enabled regions cannot be listed; those of the deployment are swept');
    return deployed;
  });
  await sweep(regions, watching);
  return regions;
}
