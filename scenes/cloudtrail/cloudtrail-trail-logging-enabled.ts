import {
  CloudTrailClient,
  DeleteTrailCommand,
  type EventSelector,
  PutEventSelectorsCommand,
  PutInsightSelectorsCommand,
  RemoveTagsCommand,
  StopLoggingCommand,
} from '@aws-sdk/client-cloudtrail';
import type { Scene, SceneAccount } from '../scene.ts';
import { createFullTrail, createTrail, trailEvent, trailSettings, trailsAsNeighbours, WRITES_ONLY } from './trail.ts';

/** Writes, and what happens to the objects of a bucket. */
const SELECTOR: EventSelector = {
  ...WRITES_ONLY,
  DataResources: [{ Type: 'AWS::S3::Object', Values: ['arn:aws:s3:::reports/'] }],
};
const TAGS = [{ Key: 'owner', Value: 'security' }];

/** Creates a trail with everything that a trail can have. */
async function createWholeTrail(account: SceneAccount, base: string): Promise<string> {
  const { accountId, region } = account;
  const client = account.aws(CloudTrailClient);
  const TrailName = await createFullTrail(account, account.name(base), {
    S3KeyPrefix: 'cloudtrail',
    CloudWatchLogsLogGroupArn: `arn:aws:logs:${region}:${accountId}:log-group:${base}:*`,
    CloudWatchLogsRoleArn: `arn:aws:iam::${accountId}:role/trail-to-logs`,
    KmsKeyId: `arn:aws:kms:${region}:${accountId}:key/1b2c3d4e-5f60-4718-9a0b-1c2d3e4f5a6b`,
    TagsList: TAGS,
  });
  await client.send(new PutEventSelectorsCommand({ TrailName, EventSelectors: [SELECTOR] }));
  const InsightSelectors = [{ InsightType: 'ApiCallRateInsight' as const }];
  await client.send(new PutInsightSelectorsCommand({ TrailName, InsightSelectors }));
  return TrailName;
}

export default {
  title: 'A trail is stopped while another one still logs',
  expects: { 'cloudtrail-trail-logging-enabled': 'remediated' },
  async prepare(account) {
    const Name = await createTrail(account, 'siem');
    const other = await createTrail(account, 'archive');
    return {
      state: () => trailSettings(account, Name),
      neighbours: () => trailsAsNeighbours(account, [other]),
      async happen() {
        await account.aws(CloudTrailClient).send(new StopLoggingCommand({ Name }));
        return { event: trailEvent('StopLogging', account, Name) };
      },
    };
  },
} satisfies Scene;

/** Makes a trail go, with its tags, which the local account keeps and AWS does not. */
async function deleteTrail(account: SceneAccount, Name: string) {
  const { accountId, region } = account;
  const client = account.aws(CloudTrailClient);
  await client.send(new DeleteTrailCommand({ Name }));
  const ResourceId = `arn:aws:cloudtrail:${region}:${accountId}:trail/${Name}`;
  await client.send(new RemoveTagsCommand({ ResourceId, TagsList: TAGS }));
  return { event: trailEvent('DeleteTrail', account, Name) };
}

export const trailDeleted: Scene = {
  title: 'A trail is deleted, with its selectors and tags; Evenkeel had seen it before',
  expects: { 'cloudtrail-trail-logging-enabled': 'remediated' },
  async prepare(account) {
    const Name = await createWholeTrail(account, 'payments');
    const other = await createWholeTrail(account, 'payments');
    return {
      earlier: [trailEvent('StartLogging', account, Name)],
      state: () => trailSettings(account, Name),
      neighbours: () => trailsAsNeighbours(account, [other]),
      happen: () => deleteTrail(account, Name),
    };
  },
};

const unknownTrailDeleted: Scene = {
  title: 'A trail is deleted that Evenkeel has never seen: AWS Config is asked, and knows nothing of it',
  expects: { 'cloudtrail-trail-logging-enabled': 'detected' },
  async prepare(account) {
    const Name = await createWholeTrail(account, 'experiment');
    return {
      state: () => trailSettings(account, Name),
      neighbours: async () => ({}),
      happen: () => deleteTrail(account, Name),
    };
  },
};

export const more: readonly Scene[] = [trailDeleted, unknownTrailDeleted];
