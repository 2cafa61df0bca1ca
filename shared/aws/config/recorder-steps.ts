import {
  ConfigServiceClient,
  type ConfigurationRecorder,
  DeleteConfigurationRecorderCommand,
  DeleteDeliveryChannelCommand,
  type DeliveryChannel,
  PutConfigurationRecorderCommand,
  PutDeliveryChannelCommand,
  StartConfigurationRecorderCommand,
  StopConfigurationRecorderCommand,
} from '@aws-sdk/client-config-service';
import { onResources } from '../../resource.ts';
import { type Step, step, stepBuilder, undoneBy } from '../../step.ts';
import { asInput, type Wanted, widened } from './recording-group.ts';

/** AWS's own name for the only recorder and the only channel of a region. */
export const DEFAULT_NAME = 'default';

const RECORDERS = 'arn:${AWS::Partition}:config:*:${AWS::AccountId}:configuration-recorder/*';
export const RECORDER = ['ConfigurationRecorder'];
export const CHANNEL = ['DeliveryChannel'];
const RECORDING = ['recording'];

export const putRecorder = stepBuilder(
  {
    ...onResources(RECORDERS, 'config:PutConfigurationRecorder'),
    'iam:PassRole': {
      resources: 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/*',
      condition: { StringEquals: { 'iam:PassedToService': 'config.amazonaws.com' } },
    },
  },
  ({ name, roleARN, recordingGroup, recordingMode }: ConfigurationRecorder, undo: () => readonly Step[]) =>
    step(
      ConfigServiceClient,
      PutConfigurationRecorderCommand,
      {
        ConfigurationRecorder: {
          name,
          roleARN,
          ...(recordingGroup ? { recordingGroup: asInput(recordingGroup) } : {}),
          ...(recordingMode ? { recordingMode } : {}),
        },
      },
      { elements: RECORDER, undo },
    ),
);

export const createRecorder = ({ name = DEFAULT_NAME, ...settings }: ConfigurationRecorder): Step => {
  const byName = { ConfigurationRecorderName: name };
  return putRecorder({ name, ...settings }, () => [
    step(ConfigServiceClient, DeleteConfigurationRecorderCommand, byName, { elements: RECORDER }),
  ]);
};

/** Has a recorder record what it leaves out, and all else as before. */
export const widen = (recorder: ConfigurationRecorder, wanted: Wanted): Step =>
  putRecorder({ ...recorder, recordingGroup: widened(recorder.recordingGroup ?? {}, wanted) }, () => [
    putRecorder(recorder, () => []),
  ]);

export const createChannel = stepBuilder({ 'config:PutDeliveryChannel': '*' }, (channel: DeliveryChannel) => {
  const byName = { DeliveryChannelName: channel.name };
  return step(
    ConfigServiceClient,
    PutDeliveryChannelCommand,
    { DeliveryChannel: channel },
    {
      elements: CHANNEL,
      undo: () => [step(ConfigServiceClient, DeleteDeliveryChannelCommand, byName, { elements: CHANNEL })],
    },
  );
});

/** Starts a recorder; `standsOn`: the elements of earlier steps that it depends on. */
export const start = stepBuilder(
  onResources(RECORDERS, 'config:StartConfigurationRecorder'),
  (ConfigurationRecorderName: string, standsOn: readonly string[]) => {
    const byName = { ConfigurationRecorderName };
    const elements = [...RECORDING, ...standsOn];
    const stop = () => [step(ConfigServiceClient, StopConfigurationRecorderCommand, byName, { elements })];
    return step(ConfigServiceClient, StartConfigurationRecorderCommand, byName, { elements, undo: stop });
  },
);

/** What undoes these steps. A region has one recorder of the customer's, under a name of its own. */
export const undoOfRecorder = [
  undoneBy(ConfigServiceClient, StopConfigurationRecorderCommand, () => ({}), ['ConfigurationRecorderName'], {
    permissions: onResources(RECORDERS, 'config:StopConfigurationRecorder'),
  }),
  undoneBy(ConfigServiceClient, PutConfigurationRecorderCommand, () => ({}), ['ConfigurationRecorder']),
  undoneBy(ConfigServiceClient, DeleteConfigurationRecorderCommand, () => ({}), ['ConfigurationRecorderName'], {
    permissions: onResources(RECORDERS, 'config:DeleteConfigurationRecorder'),
  }),
  undoneBy(ConfigServiceClient, DeleteDeliveryChannelCommand, () => ({}), ['DeliveryChannelName'], {
    permissions: { 'config:DeleteDeliveryChannel': '*' },
  }),
];
