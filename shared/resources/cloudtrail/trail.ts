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
import {
  ConfigServiceClient,
  type ConfigurationItem,
  GetResourceConfigHistoryCommand,
} from '@aws-sdk/client-config-service';
import type { Selectors } from '../../aws/cloudtrail/event-selectors.ts';
import { parseTrailArn, trailArn, trailNameFor } from '../../aws/cloudtrail/trail-arn.ts';
import { type CallRecord, isObject, strings } from '../../event.ts';
import { type Aws, defineResource, orNull, type ResourceRef } from '../../resource.ts';

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

const FACETS = ['trail', 'status', 'eventSelectors', 'insightSelectors', 'tags'] as const;
const lives = { ids: byTrail('name'), facets: FACETS } as const;
const switched = { ids: byTrail('name'), facets: ['status'] } as const;
const tagged = { ids: byResourceId, find: noTrail, facets: ['tags'] } as const;

const clientAndName = (aws: Aws, { resourceId, region, accountId }: ResourceRef) => ({
  client: aws(CloudTrailClient, parseTrailArn(resourceId)?.region ?? region),
  name: trailNameFor(resourceId, accountId),
});

/** The settings of a trail; what the trail says about its selectors is left to the facets of these. */
export async function readTrail(aws: Aws, ref: ResourceRef) {
  const { client, name } = clientAndName(aws, ref);
  const { Trail } = await client.send(new GetTrailCommand({ Name: name }));
  return settingsOf(Trail ?? {}, ref.region);
}

function settingsOf({ HasCustomEventSelectors: _, HasInsightSelectors: __, ...trail }: Trail, region: string) {
  const known = Object.entries({ ...trail, HomeRegion: trail.HomeRegion ?? region }).filter(
    ([, value]) => value != null,
  );
  return Object.fromEntries(known) as Omit<Trail, 'HasCustomEventSelectors' | 'HasInsightSelectors'>;
}

/** Whether a trail logs; its delivery times, which change with every file, are left out. */
export async function readStatus(aws: Aws, ref: ResourceRef) {
  const { client, name } = clientAndName(aws, ref);
  const { IsLogging = false } = await client.send(new GetTrailStatusCommand({ Name: name }));
  return { isLogging: IsLogging };
}

/** The event selectors of a trail; none of either kind means CloudTrail's default. */
export async function readEventSelectors(aws: Aws, ref: ResourceRef): Promise<Selectors> {
  const { client, name } = clientAndName(aws, ref);
  const answer = await client.send(new GetEventSelectorsCommand({ TrailName: name }));
  const basic = answer.EventSelectors ?? [];
  // Basic selectors replace advanced ones; the local account keeps both.
  return { basic, advanced: basic.length > 0 ? [] : (answer.AdvancedEventSelectors ?? []) };
}

async function readInsightSelectors(aws: Aws, ref: ResourceRef) {
  const { client, name } = clientAndName(aws, ref);
  const read = client.send(new GetInsightSelectorsCommand({ TrailName: name }));
  return (await orNull(read, 'InsightNotEnabledException'))?.InsightSelectors ?? [];
}

async function readTags(aws: Aws, ref: ResourceRef) {
  const { client } = clientAndName(aws, ref);
  const tags: Tag[] = [];
  for await (const page of paginateListTags({ client }, { ResourceIdList: [ref.resourceId] }))
    tags.push(...(page.ResourceTagList ?? []).flatMap(({ TagsList = [] }) => TagsList));
  return tags;
}

/** A trail that is gone has no tags left to ask for. */
async function readOwnership(aws: Aws, ref: ResourceRef) {
  const found = (await orNull(readTags(aws, ref), 'TrailNotFoundException', 'ResourceNotFoundException')) ?? [];
  return { tags: Object.fromEntries(found.map(({ Key = '', Value = '' }) => [Key, Value])), service: null };
}

/** AWS Config has no word of the trail, or there is no recorder. */
const UNKNOWN_TO_CONFIG = ['ResourceNotDiscoveredException', 'NoAvailableConfigurationRecorderException'];
const LIVING = ['OK', 'ResourceDiscovered'];

/** The newest item that AWS Config holds of the living trail, asked for by ARN and, where it is not known by that, by name. */
async function newestItem(aws: Aws, { resourceId, region }: ResourceRef): Promise<ConfigurationItem | null> {
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

/** A trail, known by its ARN and looked at in its home region. */
export const trail = defineResource({
  service: 'cloudtrail',
  type: 'AWS::CloudTrail::Trail',
  eventSource: 'cloudtrail.amazonaws.com',
  gone: ['TrailNotFoundException'],
  events: {
    CreateTrail: lives,
    DeleteTrail: lives,
    UpdateTrail: { ids: byTrail('name'), facets: ['trail'] },
    StartLogging: switched,
    StopLogging: switched,
    PutEventSelectors: { ids: byTrail('trailName'), facets: ['eventSelectors'] },
    PutInsightSelectors: { ids: byTrail('trailName'), find: noTrail, facets: ['insightSelectors'] },
    AddTags: tagged,
    RemoveTags: tagged,
  },
  actions: ['cloudtrail:DescribeTrails'],
  facets: {
    trail: { actions: ['cloudtrail:GetTrail'], read: readTrail },
    status: { actions: ['cloudtrail:GetTrailStatus'], read: readStatus },
    eventSelectors: { actions: ['cloudtrail:GetEventSelectors'], read: readEventSelectors },
    insightSelectors: { actions: ['cloudtrail:GetInsightSelectors'], read: readInsightSelectors },
    tags: { actions: ['cloudtrail:ListTags'], read: readTags },
  },
  ownership: { actions: ['cloudtrail:ListTags'], read: readOwnership },
  arn: ({ resourceId }) => resourceId,
  consoleUrl: ({ resourceId, region }) =>
    `https://${region}.console.aws.amazon.com/cloudtrailv2/home?region=${region}#/trails/${resourceId}`,
  async *list(aws, { region, accountId }) {
    const ofRegion = new DescribeTrailsCommand({ includeShadowTrails: false });
    const { trailList = [] } = await aws(CloudTrailClient).send(ofRegion);
    const own = trailList.flatMap((found) => {
      const owner = parseTrailArn(found.TrailARN ?? '');
      return found.TrailARN !== undefined && owner?.accountId === accountId && owner.region === region
        ? [{ resourceId: found.TrailARN, region, facets: { trail: settingsOf(found, region) } }]
        : [];
    });
    yield { items: own, next: null };
  },
  fromConfig: (item) => named(item.resourceId, item),
  toConfig: ({ resourceId }) => parseTrailArn(resourceId)?.name ?? resourceId,
  lastKnown: { actions: ['config:GetResourceConfigHistory'], read: readLastKnown },
});
