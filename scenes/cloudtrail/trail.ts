import {
  CloudTrailClient,
  CreateTrailCommand,
  type CreateTrailCommandInput,
  type EventSelector,
  GetEventSelectorsCommand,
  GetInsightSelectorsCommand,
  GetTrailCommand,
  GetTrailStatusCommand,
  ListTagsCommand,
  PutEventSelectorsCommand,
  StartLoggingCommand,
} from '@aws-sdk/client-cloudtrail';
import type { JsonObject } from '../../shared/event.ts';
import { orNull } from '../../shared/resource.ts';
import { freshEvent } from '../fresh-event.ts';
import { logBucket } from '../s3/bucket.ts';
import type { SceneAccount } from '../scene.ts';

export const WRITES_ONLY: EventSelector = {
  ReadWriteType: 'WriteOnly',
  IncludeManagementEvents: true,
  DataResources: [],
  ExcludeManagementEventSources: [],
};

/** Creates a trail that logs the writes of this region, so that it is none that could record the whole account; gives its name. */
export async function createTrail(account: SceneAccount, base: string, options: Partial<CreateTrailCommandInput> = {}) {
  const TrailName = await createFullTrail(account, account.name(base), options);
  await account.aws(CloudTrailClient).send(new PutEventSelectorsCommand({ TrailName, EventSelectors: [WRITES_ONLY] }));
  return TrailName;
}

/** Creates a trail that logs every management event, of this region alone unless said. */
export async function createFullTrail(
  account: SceneAccount,
  Name: string,
  options: Partial<CreateTrailCommandInput> = {},
): Promise<string> {
  const client = account.aws(CloudTrailClient);
  const S3BucketName = await logBucket(account);
  await client.send(new CreateTrailCommand({ Name, S3BucketName, EnableLogFileValidation: true, ...options }));
  await client.send(new StartLoggingCommand({ Name }));
  return Name;
}

/** All of a trail that a control could touch; null where there is none. */
export async function trailSettings({ aws }: SceneAccount, Name: string) {
  const client = aws(CloudTrailClient);
  const found = await orNull(client.send(new GetTrailCommand({ Name })), 'TrailNotFoundException');
  if (found?.Trail === undefined) return null;
  const { TrailARN = '', HasCustomEventSelectors: _, ...settings } = found.Trail;
  const { IsLogging } = await client.send(new GetTrailStatusCommand({ Name }));
  const { EventSelectors } = await client.send(new GetEventSelectorsCommand({ TrailName: Name }));
  const { InsightSelectors } = await client.send(new GetInsightSelectorsCommand({ TrailName: Name }));
  const { ResourceTagList } = await client.send(new ListTagsCommand({ ResourceIdList: [TrailARN] }));
  return { settings, IsLogging, EventSelectors, InsightSelectors, ResourceTagList };
}

/** Trails as neighbours. */
export const trailsAsNeighbours = async (account: SceneAccount, names: readonly string[]) =>
  Object.fromEntries(
    await Promise.all(names.map(async (name) => [`trail ${name}`, await trailSettings(account, name)] as const)),
  );

/** A sample event of CloudTrail about this trail. */
export const trailEvent = (
  sample: string,
  account: SceneAccount,
  trail: string,
  path = 'requestParameters.name',
): JsonObject => freshEvent(`cloudtrail/${sample}`, account, { [path]: trail });
