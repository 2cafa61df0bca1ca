import {
  ConfigServiceClient,
  DescribeConfigurationRecorderStatusCommand,
  type DescribeConfigurationRecorderStatusCommandInput,
  DescribeConfigurationRecordersCommand,
  type DescribeConfigurationRecordersCommandInput,
  DescribeDeliveryChannelsCommand,
} from '@aws-sdk/client-config-service';
import { carried } from '../../aws/answer.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { onePage } from '../../aws/pages.ts';
import { accountArn } from '../../aws/partitions.ts';
import type { CallRecord } from '../../event.ts';
import { type Aws, call, defineResource, onEverything, orNull } from '../../resource.ts';
import config from './service.ts';

const ids = ({ accountId }: CallRecord) => [accountId];

/** The services that record every resource type of their own controls. Source: AWS Config Developer Guide, "Service-linked configuration recorders". */
const RECORDING_SERVICES = ['securityhub.amazonaws.com', 'securityhubv2.amazonaws.com'];

/** There is none of the service; a region or partition without such recorders does not know its name. */
const NO_SUCH_RECORDER = ['NoSuchConfigurationRecorderException', 'ValidationException'];

/** A recorder that Security Hub has made for itself: its configuration items reach nobody else, and it alone may change it. */
export interface ServiceLinkedRecorder {
  readonly name: string;
  readonly servicePrincipal: string;
  readonly recording: boolean;
}

/** A recorder of another service is that service's own affair. */
const isCustomerManaged = ({ servicePrincipal }: { readonly servicePrincipal?: string | undefined }) =>
  servicePrincipal === undefined;

async function describeRecorders(aws: Aws, input: DescribeConfigurationRecordersCommandInput = {}) {
  const answer = await aws(ConfigServiceClient).send(new DescribeConfigurationRecordersCommand(input));
  return carried('DescribeConfigurationRecorders', 'ConfigurationRecorders', answer.ConfigurationRecorders);
}

async function describeStatus(aws: Aws, input: DescribeConfigurationRecorderStatusCommandInput = {}) {
  const answer = await aws(ConfigServiceClient).send(new DescribeConfigurationRecorderStatusCommand(input));
  return carried(
    'DescribeConfigurationRecorderStatus',
    'ConfigurationRecordersStatus',
    answer.ConfigurationRecordersStatus,
  );
}

const readRecorders = async (aws: Aws) => (await describeRecorders(aws)).filter(isCustomerManaged);

const readStatus = async (aws: Aws) =>
  (await describeStatus(aws))
    .filter(isCustomerManaged)
    .map(({ name, recording = false, lastStatus, lastErrorCode }) => ({ name, recording, lastStatus, lastErrorCode }));

/** AWS Config names the recorder of a service only to whoever asks for that service. */
async function readServiceLinked(aws: Aws): Promise<readonly ServiceLinkedRecorder[]> {
  const asked = [{}, ...RECORDING_SERVICES.map((ServicePrincipal) => ({ ServicePrincipal }))];
  const answers = await Promise.all(asked.map((input) => orNull(describeRecorders(aws, input), ...NO_SUCH_RECORDER)));
  const found = new Map<string, string>();
  for (const { name = '', servicePrincipal = '' } of answers.flatMap((answer) => answer ?? []))
    if (RECORDING_SERVICES.includes(servicePrincipal)) found.set(name, servicePrincipal);
  return Promise.all([...found].toSorted().map(([name, servicePrincipal]) => withStatus(aws, name, servicePrincipal)));
}

async function withStatus(aws: Aws, name: string, servicePrincipal: string): Promise<ServiceLinkedRecorder> {
  const known = await describeStatus(aws, { ServicePrincipal: servicePrincipal });
  return { name, servicePrincipal, recording: known.some((one) => one.name === name && one.recording === true) };
}

async function readDeliveryChannels(aws: Aws) {
  const answer = await aws(ConfigServiceClient).send(new DescribeDeliveryChannelsCommand({}));
  return carried('DescribeDeliveryChannels', 'DeliveryChannels', answer.DeliveryChannels);
}

/** AWS Config in an account and region: the customer's recorder, whether it records, where it delivers to, and the recorders of Security Hub. */
export const configAccount = defineResource({
  service: config,
  type: 'AWS::::Account',
  triggers: [
    call('config.amazonaws.com', ['PutConfigurationRecorder', 'DeleteConfigurationRecorder'], {
      ids,
      facets: ['recorders', 'status'],
    }),
    call(
      'config.amazonaws.com',
      ['PutServiceLinkedConfigurationRecorder', 'DeleteServiceLinkedConfigurationRecorder'],
      {
        ids,
        facets: ['serviceLinked'],
      },
    ),
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
    serviceLinked: {
      grants: onEverything('config:DescribeConfigurationRecorders', 'config:DescribeConfigurationRecorderStatus'),
      read: readServiceLinked,
    },
    deliveryChannels: { grants: onEverything('config:DescribeDeliveryChannels'), read: readDeliveryChannels },
  },
  grants: {},
  volatile: ['lastStatus'],
  arn: accountArn,
  consoleUrl: ({ region }) => consoleUrl(region, 'config/home#/settings'),
  list: (_aws, { accountId }) => onePage({ resourceId: accountId }),
});
