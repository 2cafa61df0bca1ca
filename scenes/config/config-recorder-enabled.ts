import {
  ConfigServiceClient,
  DeleteConfigurationRecorderCommand,
  DeleteDeliveryChannelCommand,
  DescribeConfigurationRecorderStatusCommand,
  DescribeConfigurationRecordersCommand,
  DescribeDeliveryChannelsCommand,
  PutConfigurationRecorderCommand,
  PutDeliveryChannelCommand,
  StartConfigurationRecorderCommand,
  StopConfigurationRecorderCommand,
} from '@aws-sdk/client-config-service';
import { freshEvent } from '../fresh-event.ts';
import { logBucket } from '../s3/bucket.ts';
import type { Scene, SceneAccount } from '../scene.ts';

const NAME = 'default';
const ELSEWHERE = 'eu-central-1';
const recorder = { ConfigurationRecorderName: NAME };

/** Sets AWS Config up in a region, where that was not done. */
async function startRecorder(account: SceneAccount, region: string): Promise<void> {
  const client = account.aws(ConfigServiceClient, region);
  const { ConfigurationRecorders = [] } = await client.send(new DescribeConfigurationRecordersCommand({}));
  if (ConfigurationRecorders.length > 0) return;
  const ConfigurationRecorder = {
    name: NAME,
    roleARN: `arn:aws:iam::${account.accountId}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig`,
    recordingGroup: { allSupported: true, includeGlobalResourceTypes: true },
  };
  await client.send(new PutConfigurationRecorderCommand({ ConfigurationRecorder }));
  const s3BucketName = await logBucket(account);
  await client.send(new PutDeliveryChannelCommand({ DeliveryChannel: { name: NAME, s3BucketName } }));
  await client.send(new StartConfigurationRecorderCommand(recorder));
}

async function recorderSettings(account: SceneAccount, region: string) {
  const client = account.aws(ConfigServiceClient, region);
  const { ConfigurationRecorders } = await client.send(new DescribeConfigurationRecordersCommand({}));
  const { ConfigurationRecordersStatus = [] } = await client.send(new DescribeConfigurationRecorderStatusCommand({}));
  const { DeliveryChannels } = await client.send(new DescribeDeliveryChannelsCommand({}));
  const recording = ConfigurationRecordersStatus.map((status) => status.recording);
  return { ConfigurationRecorders, DeliveryChannels, recording };
}

/** Recorders here and in another region, of which this one drifts. */
async function twoRecorders(account: SceneAccount) {
  for (const region of [account.region, ELSEWHERE]) await startRecorder(account, region);
  return {
    state: () => recorderSettings(account, account.region),
    neighbours: async () => ({ [`AWS Config in ${ELSEWHERE}`]: await recorderSettings(account, ELSEWHERE) }),
  };
}

export default {
  title: "AWS Config's recorder is stopped",
  expects: { 'config-recorder-enabled': 'remediated' },
  prepare: async (account) => ({
    ...(await twoRecorders(account)),
    async happen() {
      await account.aws(ConfigServiceClient).send(new StopConfigurationRecorderCommand(recorder));
      return { event: freshEvent('config/StopConfigurationRecorder', account) };
    },
  }),
} satisfies Scene;

const recorderDeleted: Scene = {
  title: 'Recorder and delivery channel are deleted, and policy.yml says how to make them again',
  expects: { 'config-recorder-enabled': 'remediated' },
  parameters: ({ accountId }) => ({ roleArn: `arn:aws:iam::${accountId}:role/recorder`, s3BucketName: 'history' }),
  leaves: 'recorder and channel are as policy.yml says',
  prepare: async (account) => ({
    ...(await twoRecorders(account)),
    async happen() {
      const client = account.aws(ConfigServiceClient);
      await client.send(new StopConfigurationRecorderCommand(recorder));
      await client.send(new DeleteConfigurationRecorderCommand(recorder));
      await client.send(new DeleteDeliveryChannelCommand({ DeliveryChannelName: NAME }));
      return { event: freshEvent('config/DeleteConfigurationRecorder', account) };
    },
  }),
};

export const more: readonly Scene[] = [recorderDeleted];
