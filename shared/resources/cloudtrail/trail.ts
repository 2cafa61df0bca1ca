import {
  CloudTrailClient,
  DescribeTrailsCommand,
  GetEventSelectorsCommand,
  GetInsightSelectorsCommand,
  GetTrailCommand,
  GetTrailStatusCommand,
  paginateListTags,
  type Tag,
  type Trail,
} from '@aws-sdk/client-cloudtrail';
import type { ConfigurationItem } from '@aws-sdk/client-config-service';
import { carried } from '../../aws/answer.ts';
import { type Selectors, selectorsIn } from '../../aws/cloudtrail/event-selectors.ts';
import { parseTrailArn, trailArn, trailNameFor } from '../../aws/cloudtrail/trail-arn.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { tagsByKey } from '../../aws/tags.ts';
import { type CallRecord, isObject, strings } from '../../event.ts';
import {
  type Aws,
  type ConfigName,
  call,
  defineResource,
  onEverything,
  onResources,
  orNull,
  type ResourceRef,
} from '../../resource.ts';
import cloudtrail from './service.ts';

/** A trail by its ARN, in its home region; a plain name means a trail that is at home where the call was made. */
const named = (nameOrArn: string, { region, accountId }: { readonly region: string; readonly accountId: string }) => {
  const arn = nameOrArn.startsWith('arn:') ? nameOrArn : trailArn({ region, accountId, name: nameOrArn });
  return { resourceId: arn, region: parseTrailArn(arn)?.region ?? region };
};

const byTrail = (path: string) => (record: CallRecord) => {
  const answered = strings(record.response, 'trailARN');
  const asked = strings(record.request, path);
  return (answered.length > 0 ? answered : asked).map((nameOrArn) => named(nameOrArn, record));
};

const byResourceId = (record: CallRecord) =>
  strings(record.request, 'resourceId')
    .filter((id) => parseTrailArn(id) !== null)
    .map((arn) => named(arn, record));

/** These calls also serve event data stores and channels, which are no trails. */
const noTrail = async () => [];

/** The trails of the region that write to the log group that a call names: a trail's group is in its home region. */
async function findByLogGroup(aws: Aws, record: CallRecord) {
  const groups = strings(record.request, 'logGroupName');
  const { trailList } = await aws(CloudTrailClient).send(new DescribeTrailsCommand({ includeShadowTrails: false }));
  return carried('DescribeTrails', 'trailList', trailList).flatMap(({ TrailARN, CloudWatchLogsLogGroupArn = '' }) => {
    const [, name = ''] = /:log-group:([^:]+)/.exec(CloudWatchLogsLogGroupArn) ?? [];
    return TrailARN !== undefined && groups.includes(name) ? [named(TrailARN, record)] : [];
  });
}

/** An organization's trail belongs to its management account. */
const onTrails = (action: string) => onResources('arn:${AWS::Partition}:cloudtrail:*:*:trail/*', action);

const clientAndName = (aws: Aws, { resourceId, region, accountId }: ResourceRef) => ({
  client: aws(CloudTrailClient, parseTrailArn(resourceId)?.region ?? region),
  name: trailNameFor(resourceId, accountId),
});

/** The settings of a trail; what the trail says about its selectors is left to the facets of these. */
async function readTrail(aws: Aws, ref: ResourceRef) {
  const { client, name } = clientAndName(aws, ref);
  const { Trail } = await client.send(new GetTrailCommand({ Name: name }));
  return settingsOf(carried('GetTrail', 'Trail', Trail), ref.region);
}

function settingsOf({ HasCustomEventSelectors: _, HasInsightSelectors: __, ...trail }: Trail, region: string) {
  const known = Object.entries({ ...trail, HomeRegion: trail.HomeRegion ?? region }).filter(
    ([, value]) => value != null,
  );
  return Object.fromEntries(known) as Omit<Trail, 'HasCustomEventSelectors' | 'HasInsightSelectors'>;
}

/** The parts of the settings that controls of their own remember: a facet is remembered while all that remember it are content. */
const encryptionOf = ({ KmsKeyId }: Trail) => ({ KmsKeyId: KmsKeyId || null });
const logsDestinationOf = ({ CloudWatchLogsLogGroupArn, CloudWatchLogsRoleArn }: Trail) => ({
  CloudWatchLogsLogGroupArn: CloudWatchLogsLogGroupArn || null,
  CloudWatchLogsRoleArn: CloudWatchLogsRoleArn || null,
});

const settingsPart = <T>(partOf: (settings: Trail) => T) => ({
  grants: onTrails('cloudtrail:GetTrail'),
  read: async (aws: Aws, ref: ResourceRef): Promise<T> => partOf(await readTrail(aws, ref)),
});

/** Whether a trail logs; its delivery times, which change with every file, are left out. */
async function readStatus(aws: Aws, ref: ResourceRef) {
  const { client, name } = clientAndName(aws, ref);
  const { IsLogging } = await client.send(new GetTrailStatusCommand({ Name: name }));
  return { isLogging: carried('GetTrailStatus', 'IsLogging', IsLogging) };
}

/** When a trail last wrote to its log group, and what went wrong since; null where it never did. */
async function readLogsDelivery(aws: Aws, ref: ResourceRef) {
  const { client, name } = clientAndName(aws, ref);
  const status = await client.send(new GetTrailStatusCommand({ Name: name }));
  carried('GetTrailStatus', 'IsLogging', status.IsLogging);
  return {
    LatestCloudWatchLogsDeliveryTime: status.LatestCloudWatchLogsDeliveryTime?.toISOString() ?? null,
    LatestCloudWatchLogsDeliveryError: status.LatestCloudWatchLogsDeliveryError || null,
  };
}

/** The event selectors of a trail; none of either kind means CloudTrail's default. */
async function readEventSelectors(aws: Aws, ref: ResourceRef): Promise<Selectors> {
  const { client, name } = clientAndName(aws, ref);
  const answer = await client.send(new GetEventSelectorsCommand({ TrailName: name }));
  carried('GetEventSelectors', 'TrailARN', answer.TrailARN);
  return selectorsIn(answer);
}

async function readInsightSelectors(aws: Aws, ref: ResourceRef) {
  const { client, name } = clientAndName(aws, ref);
  const read = client.send(new GetInsightSelectorsCommand({ TrailName: name }));
  const answer = await orNull(read, 'InsightNotEnabledException');
  if (answer === null) return [];
  carried('GetInsightSelectors', 'TrailARN', answer.TrailARN);
  return answer.InsightSelectors ?? [];
}

async function readTags(aws: Aws, ref: ResourceRef) {
  const { client } = clientAndName(aws, ref);
  const tags: Tag[] = [];
  for await (const page of paginateListTags({ client }, { ResourceIdList: [ref.resourceId] }))
    tags.push(...carried('ListTags', 'ResourceTagList', page.ResourceTagList).flatMap(({ TagsList = [] }) => TagsList));
  return tags;
}

/** A trail that is gone has no tags left to ask for. */
async function readOwnership(aws: Aws, ref: ResourceRef) {
  const found = (await orNull(readTags(aws, ref), 'TrailNotFoundException', 'ResourceNotFoundException')) ?? [];
  return { tags: tagsByKey(found), service: null };
}

/** AWS Config has no word of the trail, or there is no recorder. */
const UNKNOWN_TO_CONFIG = ['ResourceNotDiscoveredException', 'NoAvailableConfigurationRecorderException'];
const LIVING = ['OK', 'ResourceDiscovered'];

/** The newest item that AWS Config holds of the living trail, asked for by ARN and, where it is not known by that, by name. */
async function newestItem(aws: Aws, { resourceId, region }: ResourceRef): Promise<ConfigurationItem | null> {
  // Loaded here, since only a trail that was deleted is asked for.
  const { ConfigServiceClient, GetResourceConfigHistoryCommand } = await import('@aws-sdk/client-config-service');
  for (const id of [resourceId, parseTrailArn(resourceId)?.name]) {
    if (id === undefined) continue;
    const query = new GetResourceConfigHistoryCommand({
      resourceType: 'AWS::CloudTrail::Trail',
      resourceId: id,
      chronologicalOrder: 'Reverse',
      limit: 10,
    });
    const answer = await orNull(aws(ConfigServiceClient, region).send(query), ...UNKNOWN_TO_CONFIG);
    const living = answer?.configurationItems?.find(
      ({ configurationItemStatus = '', configuration }) => LIVING.includes(configurationItemStatus) && configuration,
    );
    if (living !== undefined) return living;
  }
  return null;
}

/** What AWS Config last knew: the settings and tags; selectors only where it says that there are none of the trail's own. */
async function readLastKnown(aws: Aws, ref: ResourceRef) {
  const item = await newestItem(aws, ref);
  const configuration: unknown = JSON.parse(item?.configuration ?? 'null');
  if (item === null || !isObject(configuration)) return null;
  const trail: Trail = Object.fromEntries(
    Object.entries(configuration).map(([key, value]) => [`${key.charAt(0).toUpperCase()}${key.slice(1)}`, value]),
  );
  return {
    trail: settingsOf(trail, ref.region),
    tags: Object.entries(item.tags ?? {}).map(([Key, Value]) => ({ Key, Value })),
    ...(trail.HasCustomEventSelectors === false ? { eventSelectors: { basic: [], advanced: [] } } : {}),
    ...(trail.HasInsightSelectors === false ? { insightSelectors: [] } : {}),
  };
}

/** AWS Config says a trail's name as its id, and its ARN beside it. */
async function identify(_aws: Aws, item: ConfigName) {
  const arn = [item.resourceId, item.arn ?? ''].find((text) => parseTrailArn(text) !== null);
  return named(arn ?? item.resourceId, item);
}

const listedFacets = (found: Trail, region: string) => ({
  trail: settingsOf(found, region),
  encryption: encryptionOf(found),
  logsDestination: logsDestinationOf(found),
});

/** What `UpdateTrail` can change. */
const SETTINGS = ['trail', 'encryption', 'logsDestination', 'logsDelivery'] as const;

/** A trail, known by its ARN and looked at in its home region. */
export const trail = defineResource({
  service: cloudtrail,
  type: 'AWS::CloudTrail::Trail',
  triggers: [
    call('cloudtrail.amazonaws.com', ['CreateTrail', 'DeleteTrail'], {
      ids: byTrail('name'),
      facets: [...SETTINGS, 'status', 'eventSelectors', 'insightSelectors', 'tags'],
    }),
    call('cloudtrail.amazonaws.com', 'UpdateTrail', { ids: byTrail('name'), facets: SETTINGS }),
    call('cloudtrail.amazonaws.com', ['StartLogging', 'StopLogging'], { ids: byTrail('name'), facets: ['status'] }),
    call('cloudtrail.amazonaws.com', 'PutEventSelectors', { ids: byTrail('trailName'), facets: ['eventSelectors'] }),
    call('cloudtrail.amazonaws.com', 'PutInsightSelectors', {
      ids: byTrail('trailName'),
      find: noTrail,
      facets: ['insightSelectors'],
    }),
    call('logs.amazonaws.com', 'DeleteLogGroup', {
      find: findByLogGroup,
      grants: onEverything('cloudtrail:DescribeTrails'),
      facets: ['logsDelivery'],
    }),
    call('cloudtrail.amazonaws.com', ['AddTags', 'RemoveTags'], { ids: byResourceId, find: noTrail, facets: ['tags'] }),
  ],
  gone: ['TrailNotFoundException'],
  volatile: ['LatestCloudWatchLogsDeliveryTime', 'LatestCloudWatchLogsDeliveryError'],
  facets: {
    trail: { grants: onTrails('cloudtrail:GetTrail'), read: readTrail },
    encryption: settingsPart(encryptionOf),
    logsDestination: settingsPart(logsDestinationOf),
    status: { grants: onTrails('cloudtrail:GetTrailStatus'), read: readStatus },
    logsDelivery: { grants: onTrails('cloudtrail:GetTrailStatus'), read: readLogsDelivery },
    eventSelectors: { grants: onTrails('cloudtrail:GetEventSelectors'), read: readEventSelectors },
    insightSelectors: { grants: onTrails('cloudtrail:GetInsightSelectors'), read: readInsightSelectors },
    tags: { grants: onTrails('cloudtrail:ListTags'), read: readTags },
  },
  grants: onEverything('cloudtrail:DescribeTrails'),
  ownership: { grants: onTrails('cloudtrail:ListTags'), read: readOwnership },
  arn: ({ resourceId }) => resourceId,
  consoleUrl: ({ resourceId, region }) => consoleUrl(region, `cloudtrailv2/home#/trails/${resourceId}`),
  async *list(aws, { region, accountId }) {
    const ofRegion = new DescribeTrailsCommand({ includeShadowTrails: false });
    const { trailList } = await aws(CloudTrailClient).send(ofRegion);
    const own = carried('DescribeTrails', 'trailList', trailList).flatMap((found) => {
      const owner = parseTrailArn(found.TrailARN ?? '');
      return found.TrailARN !== undefined && owner?.accountId === accountId && owner.region === region
        ? [{ resourceId: found.TrailARN, region, facets: listedFacets(found, region) }]
        : [];
    });
    yield { items: own, next: null };
  },
  identify,
  configIdOf: async (_aws, { resourceId }) => parseTrailArn(resourceId)?.name ?? resourceId,
  lastKnown: { grants: onEverything('config:GetResourceConfigHistory'), read: readLastKnown },
});
