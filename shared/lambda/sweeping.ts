import { randomUUID } from 'node:crypto';
import { enabledRegions } from '../doctor/regions.ts';
import { sendEvents } from './bus.ts';
import type { Watching } from './watching.ts';

/** `detail-type` of the event that begins or goes on with a sweep. */
export const SWEEP_DETAIL_TYPE = 'Evenkeel Sweep';

/** Sends the first slice of a sweep of every service in each of these regions. */
export async function sweep(
  regions: readonly string[],
  { engine, home, services, accountId }: Watching,
): Promise<void> {
  const slices = regions.flatMap((region) =>
    services.map((service) => ({ service, accountId, region, run: randomUUID(), slice: 0, cursor: null })),
  );
  await sendEvents(
    engine.aws(home),
    slices.map((detail) => ({ detailType: SWEEP_DETAIL_TYPE, detail })),
  );
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
