import { CloudTrailClient, paginateListTrails } from '@aws-sdk/client-cloudtrail';
import { carried } from '../../aws/answer.ts';
import type { Selectors } from '../../aws/cloudtrail/event-selectors.ts';
import { parseTrailArn } from '../../aws/cloudtrail/trail-arn.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { onePage } from '../../aws/pages.ts';
import { accountArn } from '../../aws/partitions.ts';
import {
  type Aws,
  call,
  defineResource,
  onEverything,
  orNull,
  orUnreadable,
  type ResourceRef,
  type Unreadable,
} from '../../resource.ts';
import cloudtrail from './service.ts';
import { trail } from './trail.ts';

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

/** How CloudTrail refuses to show an organisation's selectors to a member account. */
const HIDDEN = ['AccessDeniedException', 'TrailNotFoundException'];

async function readVisible(aws: Aws, arn: string, account: ResourceRef): Promise<VisibleTrail> {
  const home = parseTrailArn(arn);
  if (home === null) throw new Error(`${arn} is not the ARN of a trail`);
  const isOwn = home.accountId === account.accountId;
  const ref = { ...account, resourceType: trail.type, resourceId: arn, region: home.region };
  const selectors = trail.facets.eventSelectors.read(aws, ref);
  const [settings, { isLogging }, seen] = await Promise.all([
    trail.facets.trail.read(aws, ref),
    trail.facets.status.read(aws, ref),
    isOwn ? selectors : orNull(selectors, ...HIDDEN),
  ]);
  return {
    arn,
    name: home.name,
    homeRegion: home.region,
    isOwn,
    isMultiRegion: settings.IsMultiRegionTrail === true,
    includesGlobalServices: settings.IncludeGlobalServiceEvents === true,
    isLogging,
    selectors: seen,
  };
}

/** The trail; null where it is our own and was deleted between the listing and this read. What another account owns may be hidden by the same error. */
function readIfThere(aws: Aws, arn: string, account: ResourceRef): Promise<VisibleTrail | Unreadable | null> {
  const isOwn = parseTrailArn(arn)?.accountId === account.accountId;
  return orUnreadable(`the trail ${arn}`, orNull(readVisible(aws, arn, account), ...(isOwn ? trail.gone : [])));
}

async function readTrails(aws: Aws, account: ResourceRef): Promise<readonly (VisibleTrail | Unreadable)[]> {
  const arns: string[] = [];
  for await (const page of paginateListTrails({ client: aws(CloudTrailClient) }, {}))
    arns.push(...carried('ListTrails', 'Trails', page.Trails).flatMap(({ TrailARN }) => TrailARN ?? []));
  const trails = await Promise.all(arns.toSorted().map((arn) => readIfThere(aws, arn, account)));
  return trails.filter((found) => found !== null);
}

/** All trails that record an account, those of other regions and of its organisation included, each read in its home region. */
export const cloudtrailAccount = defineResource({
  service: cloudtrail,
  type: 'AWS::::Account',
  global: true,
  triggers: [
    call(
      'cloudtrail.amazonaws.com',
      ['CreateTrail', 'DeleteTrail', 'UpdateTrail', 'StartLogging', 'StopLogging', 'PutEventSelectors'],
      { ids: ({ accountId }) => [accountId], facets: ['trails'] },
    ),
  ],
  gone: [],
  facets: {
    trails: {
      grants: {
        ...onEverything('cloudtrail:ListTrails'),
        ...trail.facets.trail.grants,
        ...trail.facets.status.grants,
        ...trail.facets.eventSelectors.grants,
      },
      read: readTrails,
    },
  },
  grants: {},
  arn: accountArn,
  consoleUrl: ({ region }) => consoleUrl(region, 'cloudtrailv2/home#/trails'),
  list: (_aws, { accountId }) => onePage({ resourceId: accountId }),
});
