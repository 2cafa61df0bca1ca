import { CloudTrailClient, paginateListTrails } from '@aws-sdk/client-cloudtrail';
import type { Selectors } from '../../aws/cloudtrail/event-selectors.ts';
import { parseTrailArn } from '../../aws/cloudtrail/trail-arn.ts';
import { onePage } from '../../aws/pages.ts';
import type { CallRecord } from '../../event.ts';
import { type Aws, defineResource, orNull, partitionOf, type ResourceRef } from '../../resource.ts';
import { readEventSelectors, readStatus, readTrail } from './trail.ts';

/** A trail that records this account, whoever owns it. */
export interface VisibleTrail {
  readonly arn: string;
  readonly name: string;
  readonly homeRegion: string;
  /** False for an organisation's trail, which only its management account can change. */
  readonly isOwn: boolean;
  readonly isMultiRegion: boolean;
  readonly includesGlobalServices: boolean;
  readonly isLogging: boolean;
  /** Null where the owner does not let us see them. */
  readonly selectors: Selectors | null;
}

const trailsChanged = { ids: ({ accountId }: CallRecord) => [accountId], facets: ['trails'] } as const;

/** How CloudTrail refuses to show an organisation's selectors to a member account. */
const HIDDEN = ['AccessDeniedException', 'TrailNotFoundException'];

async function readVisible(aws: Aws, arn: string, account: ResourceRef): Promise<VisibleTrail | null> {
  const home = parseTrailArn(arn);
  if (home === null) throw new Error(`${arn} is not the ARN of a trail`);
  const isOwn = home.accountId === account.accountId;
  const ref = { ...account, resourceId: arn, region: home.region };
  const selectors = readEventSelectors(aws, ref);
  const read = Promise.all([
    readTrail(aws, ref),
    readStatus(aws, ref),
    isOwn ? selectors : orNull(selectors, ...HIDDEN),
  ]);
  // A trail that was deleted between the listing and this read is not visible any more.
  const found = await orNull(read, 'TrailNotFoundException');
  if (found === null) return null;
  const [trail, { isLogging }, seen] = found;
  return {
    arn,
    name: home.name,
    homeRegion: home.region,
    isOwn,
    isMultiRegion: trail.IsMultiRegionTrail === true,
    includesGlobalServices: trail.IncludeGlobalServiceEvents === true,
    isLogging,
    selectors: seen,
  };
}

async function readTrails(aws: Aws, account: ResourceRef): Promise<readonly VisibleTrail[]> {
  const arns: string[] = [];
  for await (const page of paginateListTrails({ client: aws(CloudTrailClient) }, {}))
    arns.push(...(page.Trails ?? []).flatMap(({ TrailARN }) => TrailARN ?? []));
  const trails = await Promise.all(arns.map((arn) => readVisible(aws, arn, account)));
  return trails.filter((trail) => trail !== null).toSorted((a, b) => a.arn.localeCompare(b.arn));
}

/** All trails that record an account, those of other regions and of its organisation included, each read in its home region. */
export const cloudtrailAccount = defineResource({
  service: 'cloudtrail',
  type: 'AWS::::Account',
  scope: 'account',
  eventSource: 'cloudtrail.amazonaws.com',
  gone: [],
  events: {
    CreateTrail: trailsChanged,
    DeleteTrail: trailsChanged,
    UpdateTrail: trailsChanged,
    StartLogging: trailsChanged,
    StopLogging: trailsChanged,
    PutEventSelectors: trailsChanged,
  },
  actions: [],
  facets: {
    trails: {
      actions: [
        'cloudtrail:ListTrails',
        'cloudtrail:GetTrail',
        'cloudtrail:GetTrailStatus',
        'cloudtrail:GetEventSelectors',
      ],
      read: readTrails,
    },
  },
  arn: ({ accountId, region }) => `arn:${partitionOf(region)}:iam::${accountId}:root`,
  consoleUrl: ({ region }) => `https://${region}.console.aws.amazon.com/cloudtrailv2/home?region=${region}#/trails`,
  list: (_aws, { accountId }) => onePage({ resourceId: accountId }),
});
