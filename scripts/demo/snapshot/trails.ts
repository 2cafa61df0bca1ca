import {
  CloudTrailClient,
  DescribeTrailsCommand,
  GetEventSelectorsCommand,
  GetTrailStatusCommand,
  ListTagsCommand,
} from '@aws-sdk/client-cloudtrail';
import {
  ConfigServiceClient,
  DescribeConfigurationRecorderStatusCommand,
  DescribeConfigurationRecordersCommand,
  DescribeDeliveryChannelsCommand,
} from '@aws-sdk/client-config-service';
import type { Account, Snapshot } from '../scene.ts';

/** Every trail: its settings, whether it logs, what it selects, its tags. */
export async function cloudtrailSnapshot({ aws }: Account): Promise<Snapshot> {
  const client = aws(CloudTrailClient);
  const found: Record<string, unknown> = {};
  const { trailList = [] } = await client.send(new DescribeTrailsCommand({ includeShadowTrails: false }));
  for (const { HasCustomEventSelectors: _, ...trail } of trailList) {
    const { Name = '', TrailARN = '' } = trail;
    const { IsLogging } = await client.send(new GetTrailStatusCommand({ Name }));
    const { EventSelectors } = await client.send(new GetEventSelectorsCommand({ TrailName: Name }));
    const { ResourceTagList } = await client.send(new ListTagsCommand({ ResourceIdList: [TrailARN] }));
    found[`trail ${Name} settings`] = trail;
    found[`trail ${Name} logging`] = IsLogging;
    found[`trail ${Name} selectors`] = EventSelectors;
    found[`trail ${Name} tags`] = ResourceTagList;
  }
  return found;
}

/** AWS Config's recorder and channel. */
export async function configSnapshot({ aws }: Account): Promise<Snapshot> {
  const client = aws(ConfigServiceClient);
  const { ConfigurationRecorders } = await client.send(new DescribeConfigurationRecordersCommand({}));
  const { ConfigurationRecordersStatus = [] } = await client.send(new DescribeConfigurationRecorderStatusCommand({}));
  const { DeliveryChannels } = await client.send(new DescribeDeliveryChannelsCommand({}));
  return {
    'config recorder': ConfigurationRecorders,
    'config recording': ConfigurationRecordersStatus.map(({ name, recording }) => ({ name, recording })),
    'config delivery channel': DeliveryChannels,
  };
}
