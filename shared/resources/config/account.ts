import {
  ConfigServiceClient,
  DescribeConfigurationRecorderStatusCommand,
  DescribeConfigurationRecordersCommand,
  DescribeDeliveryChannelsCommand,
} from '@aws-sdk/client-config-service';
import { carried } from '../../aws/answer.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { onePage } from '../../aws/pages.ts';
import { accountArn } from '../../aws/partitions.ts';
import type { CallRecord } from '../../event.ts';
import { type Aws, call, defineResource, onEverything } from '../../resource.ts';
import config from './service.ts';

const ids = ({ accountId }: CallRecord) => [accountId];

/** Recorders that another AWS service has made for itself are that service's own affair. */
const ours = ({ servicePrincipal }: { readonly servicePrincipal?: string | undefined }) =>
  servicePrincipal === undefined;

async function readRecorders(aws: Aws) {
  const answer = await aws(ConfigServiceClient).send(new DescribeConfigurationRecordersCommand({}));
  return carried('DescribeConfigurationRecorders', 'ConfigurationRecorders', answer.ConfigurationRecorders).filter(
    ours,
  );
}

async function readStatus(aws: Aws) {
  const answer = await aws(ConfigServiceClient).send(new DescribeConfigurationRecorderStatusCommand({}));
  return carried(
    'DescribeConfigurationRecorderStatus',
    'ConfigurationRecordersStatus',
    answer.ConfigurationRecordersStatus,
  )
    .filter(ours)
    .map(({ name, recording = false, lastStatus, lastErrorCode }) => ({ name, recording, lastStatus, lastErrorCode }));
}

async function readDeliveryChannels(aws: Aws) {
  const answer = await aws(ConfigServiceClient).send(new DescribeDeliveryChannelsCommand({}));
  return carried('DescribeDeliveryChannels', 'DeliveryChannels', answer.DeliveryChannels);
}

/** AWS Config in an account and region: the customer's recorder, whether it records, and where it delivers to. */
export const configAccount = defineResource({
  service: config,
  type: 'AWS::::Account',
  triggers: [
    call('config.amazonaws.com', ['PutConfigurationRecorder', 'DeleteConfigurationRecorder'], {
      ids,
      facets: ['recorders', 'status'],
    }),
    call('config.amazonaws.com', ['StartConfigurationRecorder', 'StopConfigurationRecorder'], {
      ids,
      facets: ['status'],
    }),
    call('config.amazonaws.com', ['PutDeliveryChannel', 'DeleteDeliveryChannel'], {
      ids,
      facets: ['deliveryChannels'],
    }),
  ],
  gone: [],
  facets: {
    recorders: { grants: onEverything('config:DescribeConfigurationRecorders'), read: readRecorders },
    status: { grants: onEverything('config:DescribeConfigurationRecorderStatus'), read: readStatus },
    deliveryChannels: { grants: onEverything('config:DescribeDeliveryChannels'), read: readDeliveryChannels },
  },
  grants: {},
  volatile: ['lastStatus'],
  arn: accountArn,
  consoleUrl: ({ region }) => consoleUrl(region, 'config/home#/settings'),
  list: (_aws, { accountId }) => onePage({ resourceId: accountId }),
});
