import {
  ConfigServiceClient,
  DeleteConfigurationRecorderCommand,
  DeleteDeliveryChannelCommand,
  DescribeConfigurationRecorderStatusCommand,
  DescribeConfigurationRecordersCommand,
  DescribeDeliveryChannelsCommand,
  PutConfigurationRecorderCommand,
  PutDeliveryChannelCommand,
  type RecordingGroup,
  StartConfigurationRecorderCommand,
  StopConfigurationRecorderCommand,
} from '@aws-sdk/client-config-service';
import control from '../../../shared/controls/config/config-recorder-enabled.ts';
import { SAMPLE_ACCOUNT, sampleEvent, type TestAccount } from '../../support/sandbox.ts';
import { testControl } from '../../support/test-control.ts';
import { testOnSandbox } from '../../support/test-on-sandbox.ts';

const roleArn = `arn:aws:iam::${SAMPLE_ACCOUNT}:role/config`;
const everything = { allSupported: true, includeGlobalResourceTypes: false };
const recorder = { name: 'default', roleARN: roleArn, recordingGroup: everything };
const recording = { name: 'default', recording: true, lastStatus: 'Success' as const, lastErrorCode: undefined };
const channel = { name: 'default', s3BucketName: 'config-logs' };
const good = { recorders: [recorder], status: [recording], deliveryChannels: [channel] };
const nothing = { recorders: [], status: [], deliveryChannels: [] };
const withGroup = (recordingGroup: RecordingGroup) => ({ ...good, recorders: [{ ...recorder, recordingGroup }] });
const instancesOnly = withGroup({
  allSupported: false,
  includeGlobalResourceTypes: false,
  resourceTypes: ['AWS::EC2::Instance'],
  recordingStrategy: { useOnly: 'INCLUSION_BY_RESOURCE_TYPES' },
});
const withGlobals = withGroup({ ...everything, includeGlobalResourceTypes: true });
const stopped = { ...good, status: [{ ...recording, recording: false }] };

const start = ['StartConfigurationRecorder', { ConfigurationRecorderName: 'default' }] as const;
const putRecorder = (recordingGroup: object) =>
  ['PutConfigurationRecorder', { ConfigurationRecorder: { ...recorder, recordingGroup } }] as const;
const putChannel = ['PutDeliveryChannel', { DeliveryChannel: channel }] as const;
const widened = { ...everything, recordingStrategy: { useOnly: 'ALL_SUPPORTED_RESOURCE_TYPES' } };
const anew = { roleArn, s3BucketName: 'config-logs' };

testControl(control, {
  resourceId: SAMPLE_ACCOUNT,
  compliant: {
    'a recorder that records and delivers': good,
    'the newer word for all types': withGroup({ recordingStrategy: { useOnly: 'ALL_SUPPORTED_RESOURCE_TYPES' } }),
    'a recorder that has just been started': { ...good, status: [{ ...recording, lastStatus: 'Pending' }] },
    'some types, which is meant': { ...instancesOnly, parameters: { recordingGroup: 'ignored' } },
    'global types are recorded elsewhere': { ...good, parameters: { globalResourceTypesRegion: 'us-east-1' } },
    'global types, asked for here': { ...withGlobals, parameters: { globalResourceTypesRegion: 'eu-west-1' } },
    'the service-linked role, asked for': {
      ...good,
      recorders: [
        {
          ...recorder,
          roleARN: `arn:aws:iam::${SAMPLE_ACCOUNT}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig`,
        },
      ],
      parameters: { requireServiceLinkedRole: true },
    },
  },
  nonCompliant: {
    'a recorder that was stopped': { given: stopped, plan: [start], after: good, says: 'default is not recording' },
    'a recorder that was never started': { given: { ...good, status: [] }, plan: [start], after: good },
    'no recorder': { given: nothing, plan: [], byHand: 'roleArn', says: 'no configuration recorder' },
    'no recorder, and only a bucket for one': {
      given: nothing,
      parameters: { s3BucketName: 'config-logs' },
      plan: [],
      byHand: 'roleArn',
    },
    'no recorder, and all that one needs': {
      given: nothing,
      parameters: anew,
      plan: [putRecorder({ ...everything, includeGlobalResourceTypes: true }), putChannel, start],
      after: good,
    },
    'no recorder, global types being recorded elsewhere': {
      given: { ...good, recorders: [], status: [] },
      parameters: { ...anew, globalResourceTypesRegion: 'us-east-1' },
      plan: [putRecorder(everything), start],
      after: good,
    },
    'no delivery channel': {
      given: { ...stopped, deliveryChannels: [] },
      plan: [],
      byHand: 's3BucketName',
      says: 'default is not recording, has no delivery channel',
    },
    'no delivery channel, and a bucket for one': {
      given: { ...stopped, deliveryChannels: [] },
      parameters: anew,
      plan: [putChannel, start],
      after: good,
      elements: [['DeliveryChannel'], ['recording', 'DeliveryChannel']],
    },
    'some types only': { given: instancesOnly, plan: [], says: 'does not record every supported resource type' },
    'some types only, which is to be restored': {
      given: instancesOnly,
      parameters: { recordingGroup: 'restored' },
      plan: [putRecorder(widened)],
      after: good,
    },
    'stopped, with some types only, which is to be restored': {
      given: { ...instancesOnly, status: stopped.status },
      parameters: { recordingGroup: 'restored' },
      plan: [putRecorder(widened), start],
      after: good,
    },
    'no global types, asked for here': {
      given: good,
      parameters: { globalResourceTypesRegion: 'eu-west-1' },
      plan: [],
      says: 'does not record global resource types',
    },
    'no global types, to be restored here': {
      given: good,
      parameters: { recordingGroup: 'restored', globalResourceTypesRegion: 'eu-west-1' },
      plan: [putRecorder({ ...widened, includeGlobalResourceTypes: true })],
      after: withGlobals,
    },
    'a delivery that failed': {
      given: { ...good, status: [{ ...recording, lastStatus: 'Failure', lastErrorCode: 'AccessDenied' }] },
      plan: [],
      says: 'could not deliver (AccessDenied)',
    },
    'another role than the service-linked one, asked for': {
      given: good,
      parameters: { requireServiceLinkedRole: true },
      plan: [],
      says: `uses ${roleArn}`,
    },
  },
  besides: { 'iam:PassRole': 'PutConfigurationRecorder gives the role to AWS Config' },
});

/** AWS Config in this region, after the scene before is cleared away; another region has a recorder that is stopped, too. */
async function regionWith(
  { aws, accountId }: TestAccount,
  settings: { group?: RecordingGroup; channel?: boolean } | null,
) {
  const here = aws()(ConfigServiceClient);
  const there = aws()(ConfigServiceClient, 'eu-central-1');
  const read = async (client: ConfigServiceClient) => {
    const { ConfigurationRecorders } = await client.send(new DescribeConfigurationRecordersCommand({}));
    const { ConfigurationRecordersStatus } = await client.send(new DescribeConfigurationRecorderStatusCommand({}));
    const { DeliveryChannels } = await client.send(new DescribeDeliveryChannelsCommand({}));
    return {
      ConfigurationRecorders,
      DeliveryChannels,
      recording: ConfigurationRecordersStatus?.map(({ recording }) => recording),
    };
  };
  for (const client of [here, there]) {
    const { ConfigurationRecorders = [], DeliveryChannels = [] } = await read(client);
    for (const { name: ConfigurationRecorderName } of ConfigurationRecorders) {
      await client.send(new StopConfigurationRecorderCommand({ ConfigurationRecorderName }));
      await client.send(new DeleteConfigurationRecorderCommand({ ConfigurationRecorderName }));
    }
    for (const { name: DeliveryChannelName } of DeliveryChannels)
      await client.send(new DeleteDeliveryChannelCommand({ DeliveryChannelName }));
  }
  const put = async (client: ConfigServiceClient, recordingGroup: RecordingGroup, withChannel: boolean) => {
    const ConfigurationRecorder = { name: 'default', roleARN: roleArn, recordingGroup };
    await client.send(new PutConfigurationRecorderCommand({ ConfigurationRecorder }));
    if (withChannel) await client.send(new PutDeliveryChannelCommand({ DeliveryChannel: channel }));
  };
  await put(there, everything, true);
  if (settings !== null) await put(here, settings.group ?? everything, settings.channel ?? true);
  return {
    here,
    state: () => read(here),
    neighbours: () => read(there),
    about: (name: string) => sampleEvent(`config/${name}`, { [SAMPLE_ACCOUNT]: accountId }),
  };
}

testOnSandbox(control, {
  'the recorder is stopped': async (account) => {
    const { about, here: _, ...scene } = await regionWith(account, {});
    return { ...scene, event: about('StopConfigurationRecorder') };
  },
  'the recorder is deleted, and nobody has said how to make one': async (account) => {
    const { about, here: _, ...scene } = await regionWith(account, null);
    return { ...scene, event: about('DeleteConfigurationRecorder'), outcome: 'detected' };
  },
  'recorder and channel are deleted, and are to be made anew': async (account) => {
    const { about, here: _, ...scene } = await regionWith(account, null);
    return { ...scene, event: about('DeleteConfigurationRecorder'), parameters: anew };
  },
  'the channel is deleted, and is to be made anew': async (account) => {
    const { about, here: _, ...scene } = await regionWith(account, { channel: false });
    return { ...scene, event: about('DeleteDeliveryChannel'), parameters: anew };
  },
  'the recording group is narrowed, and is to be restored': async (account) => {
    const group = { allSupported: false, resourceTypes: ['AWS::EC2::Instance' as const] };
    const { about, here, ...scene } = await regionWith(account, { group });
    await here.send(new StartConfigurationRecorderCommand({ ConfigurationRecorderName: 'default' }));
    return { ...scene, event: about('PutConfigurationRecorder'), parameters: { recordingGroup: 'restored' } };
  },
});
