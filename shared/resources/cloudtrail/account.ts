import {
  CloudTrailClient,
  DescribeTrailsCommand,
  GetTrailStatusCommand,
  paginateListTrails,
  type Trail,
} from '@aws-sdk/client-cloudtrail';
import { carried } from '../../aws/answer.ts';
import type { Selectors } from '../../aws/cloudtrail/event-selectors.ts';
import { parseTrailArn } from '../../aws/cloudtrail/trail-arn.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { onePage } from '../../aws/pages.ts';
import { accountArn } from '../../aws/partitions.ts';
import { type CallRecord, strings } from '../../event.ts';
import {
  type Aws,
  call,
  defineResource,
  onEverything,
  onResources,
  orNull,
  orUnreadable,
  type ResourceRef,
  Unreadable,
} from '../../resource.ts';
import cloudtrail from './service.ts';
import { trail } from './trail.ts';

/** A trail that records this account, whoever owns it. What is null its owner does not show to this account. */
export interface VisibleTrail {
  readonly arn: string;
  readonly name: string;
  /** The account that owns it. */
  readonly owner: string;
  readonly homeRegion: string;
  /** False for an organization's trail, which only its management account can change. */
  readonly isOwn: boolean;
  readonly isMultiRegion: boolean | null;
  readonly includesGlobalServices: boolean | null;
  readonly isLogging: boolean | null;
  readonly selectors: Selectors | null;
  /** The calls that AWS refused for what is null, each with the error's name. */
  readonly hidden: readonly string[];
}

/** How CloudTrail refuses to show an organization's trail to a member account. */
const HIDDEN = [
  'AccessDenied',
  'AccessDeniedException',
  'CloudTrailARNInvalidException',
  'NoManagementAccountSLRExistsException',
  'OperationNotPermittedException',
  'TrailNotFoundException',
  'UnsupportedOperationException',
];

/** Every management event, which CloudTrail selects where nobody has put selectors. */
const DEFAULT_SELECTORS: Selectors = { basic: [], advanced: [] };

/** Reads parts of another account's trail; collects the calls that are refused. */
class ForeignTrail {
  readonly #refusals = new Map<string, string>();

  /** The part; null where its owner does not show it. */
  async shown<T>(operation: string, read: Promise<T>): Promise<T | null> {
    try {
      return await read;
    } catch (error) {
      if (!(error instanceof Error) || !HIDDEN.includes(error.name)) throw error;
      this.#refusals.set(operation, error.name);
      return null;
    }
  }

  /** The refusals of these calls, in their order. */
  refusals(operations: readonly string[]): readonly string[] {
    return operations.flatMap((operation) => {
      const name = this.#refusals.get(operation);
      return name === undefined ? [] : [`${operation} (${name})`];
    });
  }
}

/** Whether a trail logs, by its shadow in the client's region: its home region may be forbidden to this account. */
async function readShadowStatus(aws: Aws, arn: string) {
  const { IsLogging } = await aws(CloudTrailClient).send(new GetTrailStatusCommand({ Name: arn }));
  return { isLogging: carried('GetTrailStatus', 'IsLogging', IsLogging) };
}

/** `shadow`: how DescribeTrails shows a trail of the organization here. */
async function readVisible(
  aws: Aws,
  arn: string,
  account: ResourceRef,
  shadow: Trail | undefined,
): Promise<VisibleTrail> {
  const home = parseTrailArn(arn);
  if (home === null) throw new Error(`${arn} is not the ARN of a trail`);
  const isOwn = home.accountId === account.accountId;
  const ref = { ...account, resourceType: trail.type, resourceId: arn, region: home.region };
  const { facets } = trail;
  const foreign = new ForeignTrail();
  const part = <T>(operation: string, read: Promise<T>) => (isOwn ? read : foreign.shown(operation, read));
  const [found, statusAtHome, selected] = await Promise.all([
    part('GetTrail', facets.trail.read(aws, ref)),
    part('GetTrailStatus', facets.status.read(aws, ref)),
    part('GetEventSelectors', facets.eventSelectors.read(aws, ref)),
  ]);
  const isElsewhere = shadow !== undefined && home.region !== account.region;
  const status = statusAtHome ?? (isElsewhere ? await part('GetTrailStatus', readShadowStatus(aws, arn)) : null);
  const settings = found ?? shadow ?? null;
  const selectors = selected ?? (shadow?.HasCustomEventSelectors === false ? DEFAULT_SELECTORS : null);
  return {
    arn,
    name: home.name,
    owner: home.accountId,
    homeRegion: home.region,
    isOwn,
    isMultiRegion: settings === null ? null : settings.IsMultiRegionTrail === true,
    includesGlobalServices: settings === null ? null : settings.IncludeGlobalServiceEvents === true,
    isLogging: status?.isLogging ?? null,
    selectors,
    hidden: foreign.refusals([
      ...(settings === null ? ['GetTrail'] : []),
      ...(status === null ? ['GetTrailStatus'] : []),
      ...(selectors === null ? ['GetEventSelectors'] : []),
    ]),
  };
}

/** The trail; null where it is our own and was deleted between the listing and this read. */
function readIfThere(
  aws: Aws,
  arn: string,
  account: ResourceRef,
  shadow: Trail | undefined,
): Promise<VisibleTrail | Unreadable | null> {
  const isOwn = parseTrailArn(arn)?.accountId === account.accountId;
  const read = readVisible(aws, arn, account, shadow);
  return orUnreadable(`the trail ${arn}`, orNull(read, ...(isOwn ? trail.gone : [])));
}

async function listArns(aws: Aws): Promise<readonly string[]> {
  const arns: string[] = [];
  for await (const page of paginateListTrails({ client: aws(CloudTrailClient) }, {}))
    arns.push(...carried('ListTrails', 'Trails', page.Trails).flatMap(({ TrailARN }) => TrailARN ?? []));
  return arns;
}

/** The trails that DescribeTrails shows: those of this region, and the shadows of others, which ListTrails leaves out where an organization owns them. */
async function describeTrails(aws: Aws): Promise<readonly Trail[]> {
  const { trailList } = await aws(CloudTrailClient).send(new DescribeTrailsCommand({ includeShadowTrails: true }));
  return carried('DescribeTrails', 'trailList', trailList);
}

async function readTrails(aws: Aws, account: ResourceRef): Promise<readonly (VisibleTrail | Unreadable)[]> {
  const [listed, described] = await Promise.all([
    orUnreadable('the trails that ListTrails names', listArns(aws)),
    orUnreadable('the trails that DescribeTrails shows', describeTrails(aws)),
  ]);
  if (listed instanceof Unreadable && described instanceof Unreadable) throw listed.error.cause;
  const shadows = new Map(
    (described instanceof Unreadable ? [] : described).flatMap((one) =>
      one.TrailARN === undefined ? [] : [[one.TrailARN, one] as const],
    ),
  );
  const arns = new Set([...(listed instanceof Unreadable ? [] : listed), ...shadows.keys()]);
  const trails = await Promise.all([...arns].toSorted().map((arn) => readIfThere(aws, arn, account, shadows.get(arn))));
  const unlisted = [listed, described].filter((list) => list instanceof Unreadable);
  return [...trails.filter((found) => found !== null), ...unlisted];
}

const account = ({ accountId }: CallRecord) => [accountId];

/** Target tracking makes alarms of its own by the dozen, and deletes them: none is on the metric of a filter. */
function alarmedAccount(record: CallRecord): readonly string[] {
  const names = [...strings(record.request, 'alarmName'), ...strings(record.request, 'alarmNames')];
  const isScaling = names.length > 0 && names.every((name) => name.startsWith('TargetTracking-'));
  return isScaling ? [] : account(record);
}

/** All trails that record an account, those of other regions and of its organization included, each read in its home region; and whom the alarms on them notify. */
export const cloudtrailAccount = defineResource({
  service: cloudtrail,
  type: 'AWS::::Account',
  global: true,
  triggers: [
    call(
      'cloudtrail.amazonaws.com',
      ['CreateTrail', 'DeleteTrail', 'UpdateTrail', 'StartLogging', 'StopLogging', 'PutEventSelectors'],
      { ids: account, facets: ['trails', 'alarmedTrails'] },
    ),
    call('monitoring.amazonaws.com', ['PutMetricAlarm', 'DeleteAlarms', 'DisableAlarmActions', 'EnableAlarmActions'], {
      ids: alarmedAccount,
      find: async () => [],
      facets: ['alarmedTrails'],
    }),
    call('logs.amazonaws.com', ['PutMetricFilter', 'DeleteMetricFilter', 'DeleteLogGroup'], {
      ids: account,
      facets: ['alarmedTrails'],
    }),
    call('sns.amazonaws.com', ['Subscribe', 'ConfirmSubscription', 'Unsubscribe', 'DeleteTopic'], {
      ids: account,
      facets: ['alarmedTrails'],
    }),
  ],
  gone: [],
  facets: {
    trails: {
      grants: {
        ...onEverything('cloudtrail:ListTrails', 'cloudtrail:DescribeTrails'),
        ...trail.facets.trail.grants,
        ...trail.facets.status.grants,
        ...trail.facets.eventSelectors.grants,
      },
      read: readTrails,
    },
    alarmedTrails: {
      grants: {
        ...onEverything('cloudtrail:DescribeTrails', 'cloudwatch:DescribeAlarmsForMetric'),
        ...trail.facets.status.grants,
        ...trail.facets.eventSelectors.grants,
        ...onResources('arn:${AWS::Partition}:logs:*:${AWS::AccountId}:log-group:*', 'logs:DescribeMetricFilters'),
        // An alarm may notify a topic of another account.
        ...onResources('arn:${AWS::Partition}:sns:*:*:*', 'sns:ListSubscriptionsByTopic'),
      },
      async read(aws: Aws, ref: ResourceRef) {
        // Loaded here, since it brings the clients of three more services.
        const { readAlarmedTrails } = await import('../../aws/cloudwatch/alarmed-trails.ts');
        return readAlarmedTrails(aws, ref);
      },
    },
  },
  grants: {},
  arn: accountArn,
  consoleUrl: ({ region }) => consoleUrl(region, 'cloudtrailv2/home#/trails'),
  list: (_aws, { accountId }) => onePage({ resourceId: accountId }),
});
