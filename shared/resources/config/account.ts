import {
  ConfigServiceClient,
  DescribeConfigurationRecorderStatusCommand,
  DescribeConfigurationRecordersCommand,
  DescribeDeliveryChannelsCommand,
} from '@aws-sdk/client-config-service';
import { onePage } from '../../aws/pages.ts';
import type { CallRecord } from '../../event.ts';
import { type Aws, defineResource, partitionOf } from '../../resource.ts';

const ids = ({ accountId }: CallRecord) => [accountId];

const recorderPut = { ids, facets: ['recorders', 'status'] } as const;
const recordingSwitched = { ids, facets: ['status'] } as const;
const channelPut = { ids, facets: ['deliveryChannels'] } as const;

/** Recorders that another AWS service has made for itself are that service's own affair. */
const ours = ({ servicePrincipal }: { readonly servicePrincipal?: string | undefined }) =>
  servicePrincipal === undefined;

async function readRecorders(aws: Aws) {
  const answer = await aws(ConfigServiceClient).send(new DescribeConfigurationRecordersCommand({}));
  return (answer.ConfigurationRecorders ?? []).filter(ours);
}

async function readStatus(aws: Aws) {
  const answer = await aws(ConfigServiceClient).send(new DescribeConfigurationRecorderStatusCommand({}));
  return (answer.ConfigurationRecordersStatus ?? [])
    .filter(ours)
    .map(({ name, recording = false, lastStatus, lastErrorCode }) => ({ name, recording, lastStatus, lastErrorCode }));
}

async function readDeliveryChannels(aws: Aws) {
  const answer = await aws(ConfigServiceClient).send(new DescribeDeliveryChannelsCommand({}));
  return answer.DeliveryChannels ?? [];
}

/** AWS Config in an account and region: the customer's recorder, whether it records, and where it delivers to. */
export const configAccount = defineResource({
  service: 'config',
  type: 'AWS::::Account',
  eventSource: 'config.amazonaws.com',
  gone: [],
  events: {
    PutConfigurationRecorder: recorderPut,
    DeleteConfigurationRecorder: recorderPut,
    StartConfigurationRecorder: recordingSwitched,
    StopConfigurationRecorder: recordingSwitched,
    PutDeliveryChannel: channelPut,
    DeleteDeliveryChannel: channelPut,
  },
  actions: [],
  facets: {
    recorders: { actions: ['config:DescribeConfigurationRecorders'], read: readRecorders },
    status: { actions: ['config:DescribeConfigurationRecorderStatus'], read: readStatus },
    deliveryChannels: { actions: ['config:DescribeDeliveryChannels'], read: readDeliveryChannels },
  },
  volatile: ['lastStatus'],
  arn: ({ accountId, region }) => `arn:${partitionOf(region)}:iam::${accountId}:root`,
  consoleUrl: ({ region }) => `https://${region}.console.aws.amazon.com/config/home?region=${region}#/settings`,
  list: (_aws, { accountId }) => onePage({ resourceId: accountId }),
});
