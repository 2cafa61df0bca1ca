import {
  ConfigServiceClient,
  PutConfigurationRecorderCommand,
  PutDeliveryChannelCommand,
  StartConfigurationRecorderCommand,
  StopConfigurationRecorderCommand,
} from '@aws-sdk/client-config-service';
import { told } from '../sample.ts';
import type { Scene } from '../scene.ts';
import { bucketOf } from './s3.ts';

const NAME = 'default';
const SERVICE_ROLE = 'role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig';

const recorderStopped: Scene = {
  title: "AWS Config's recorder is stopped",
  expects: { 'config-recorder-enabled': 'remediated' },
  async prepare(account) {
    const client = account.aws(ConfigServiceClient);
    const ConfigurationRecorderName = NAME;
    const roleARN = `arn:aws:iam::${account.accountId}:${SERVICE_ROLE}`;
    const recordingGroup = { allSupported: true, includeGlobalResourceTypes: true };
    const ConfigurationRecorder = { name: NAME, roleARN, recordingGroup };
    await client.send(new PutConfigurationRecorderCommand({ ConfigurationRecorder }));
    const s3BucketName = await bucketOf(account, 'config-history');
    await client.send(new PutDeliveryChannelCommand({ DeliveryChannel: { name: NAME, s3BucketName } }));
    await client.send(new StartConfigurationRecorderCommand({ ConfigurationRecorderName }));
    return {
      async happen() {
        await client.send(new StopConfigurationRecorderCommand({ ConfigurationRecorderName }));
        return { event: told('config/StopConfigurationRecorder', account) };
      },
    };
  },
};

export const configScenes: readonly Scene[] = [recorderStopped];
