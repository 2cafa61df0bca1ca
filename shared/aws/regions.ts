import { DescribeRegionsCommand, DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import type { Aws } from '../resource.ts';
import { carried } from './answer.ts';

/** What `opt-in-status` says of a region that can be used. */
const USABLE = ['opt-in-not-required', 'opted-in'];

/** The regions that are enabled in the account of clients of `home`, home first. Throws the SDK's own error. */
export async function enabledRegions(aws: Aws, home: string): Promise<readonly string[]> {
  const asked = { Filters: [{ Name: 'opt-in-status', Values: USABLE }] };
  const { Regions } = await aws(EC2Client).send(new DescribeRegionsCommand(asked));
  const enabled = carried('DescribeRegions', 'regionInfo', Regions).filter(({ OptInStatus = '' }) =>
    USABLE.includes(OptInStatus),
  );
  const others = enabled.flatMap(({ RegionName }) => RegionName ?? []).filter((region) => region !== home);
  return [home, ...others.sort()];
}

/** How EC2 words a refusal by the organisation. Any other refusal is an error, for whoever works there to report. */
const DENIED = /explicit deny in a service control policy/i;
const NOT_OPTED_IN = 'OptInRequired';

/** Why the whole of a region is left out, in words; null where it is not. Only an explicit deny of the organisation, or a region that the account has not opted in to, leaves one out. Never throws. */
export async function closedReason(aws: Aws, region: string): Promise<string | null> {
  try {
    // Policies that deny regions exempt calls such as DescribeRegions: this one they do not.
    await aws(EC2Client, region).send(new DescribeVpcsCommand({ MaxResults: 5 }));
    return null;
  } catch (error) {
    if (!(error instanceof Error)) return null;
    if (error.name === NOT_OPTED_IN) return 'the account has not opted in to it';
    return DENIED.test(error.message) ? 'a service control policy of the organization denies calls there' : null;
  }
}

/** A region that is left out as a whole, and why. */
export interface ClosedRegion {
  readonly region: string;
  readonly reason: string;
}

/** These regions, those apart that are left out. */
export async function openRegions(
  aws: Aws,
  regions: readonly string[],
): Promise<{ readonly open: readonly string[]; readonly closed: readonly ClosedRegion[] }> {
  const reasons = await Promise.all(regions.map((region) => closedReason(aws, region)));
  return {
    open: regions.filter((_, index) => reasons[index] === null),
    closed: regions.flatMap((region, index) => {
      const reason = reasons[index];
      return typeof reason === 'string' ? [{ region, reason }] : [];
    }),
  };
}
