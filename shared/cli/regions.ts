import { DescribeRegionsCommand, EC2Client } from '@aws-sdk/client-ec2';
import type { Engine } from '../engine/engine.ts';
import type { Home } from './world.ts';

/** What `opt-in-status` says of a region that can be used. */
const USABLE = ['opt-in-not-required', 'opted-in'];

/** The regions that are enabled in the account, home first. Throws the SDK's own error. */
export async function enabledRegions(aws: Engine['aws'], { region: home }: Home): Promise<readonly string[]> {
  const asked = { Filters: [{ Name: 'opt-in-status', Values: USABLE }] };
  const { Regions = [] } = await aws(home)(EC2Client).send(new DescribeRegionsCommand(asked));
  const enabled = Regions.filter(({ OptInStatus = '' }) => USABLE.includes(OptInStatus));
  const others = enabled.flatMap(({ RegionName }) => RegionName ?? []).filter((region) => region !== home);
  return [home, ...others.sort()];
}
