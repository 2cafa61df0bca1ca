import { DescribeRegionsCommand, EC2Client } from '@aws-sdk/client-ec2';
import type { Aws } from '../resource.ts';

/** What `opt-in-status` says of a region that can be used. */
const USABLE = ['opt-in-not-required', 'opted-in'];

/** The regions that are enabled in the account of clients of `home`, home first. Throws the SDK's own error. */
export async function enabledRegions(aws: Aws, home: string): Promise<readonly string[]> {
  const asked = { Filters: [{ Name: 'opt-in-status', Values: USABLE }] };
  const { Regions = [] } = await aws(EC2Client).send(new DescribeRegionsCommand(asked));
  const enabled = Regions.filter(({ OptInStatus = '' }) => USABLE.includes(OptInStatus));
  const others = enabled.flatMap(({ RegionName }) => RegionName ?? []).filter((region) => region !== home);
  return [home, ...others.sort()];
}
