import {
  ConfigServiceClient,
  type ConfigurationRecorder,
  DeleteConfigurationRecorderCommand,
  DeleteDeliveryChannelCommand,
  PutConfigurationRecorderCommand,
  PutDeliveryChannelCommand,
  type RecordingGroup,
  StartConfigurationRecorderCommand,
  StopConfigurationRecorderCommand,
} from '@aws-sdk/client-config-service';
import { byHand, compliant, defineControl, nonCompliant, type State } from '../../control.ts';
import { onResources } from '../../resource.ts';
import { configAccount } from '../../resources/config/account.ts';
import { type Step, step, stepBuilder, undoneBy } from '../../step.ts';

const NEEDS = ['recorders', 'status', 'deliveryChannels'] as const;
type ConfigState = State<typeof configAccount.facets, (typeof NEEDS)[number]>;

/** AWS's own name for the only recorder and the only channel of a region. */
const DEFAULT_NAME = 'default';
const SERVICE_LINKED_ROLE = ':role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig';

interface Wanted {
  readonly recordingGroup: string;
  readonly globalResourceTypesRegion: string;
  readonly requireServiceLinkedRole: boolean;
}

/** A region has one recorder of the customer's. */
const recorderOf = ({ recorders }: ConfigState): ConfigurationRecorder | undefined => recorders[0];
const statusOf = ({ status }: ConfigState, recorder: ConfigurationRecorder) =>
  status.find(({ name }) => name === recorder.name);

/** What the recorder leaves out of the resource types that it is to record, each in words. */
function omissions({ ref }: ConfigState, group: RecordingGroup | undefined, wanted: Wanted): readonly string[] {
  if (wanted.recordingGroup === 'ignored') return [];
  const all = group?.allSupported === true || group?.recordingStrategy?.useOnly === 'ALL_SUPPORTED_RESOURCE_TYPES';
  const global = ref.region !== wanted.globalResourceTypesRegion || group?.includeGlobalResourceTypes === true;
  return [
    ...(all ? [] : ['does not record every supported resource type']),
    ...(global ? [] : ['does not record global resource types']),
  ];
}

/** What is wrong with the recorder, each in words. */
function faults(state: ConfigState, recorder: ConfigurationRecorder, wanted: Wanted): readonly string[] {
  const status = statusOf(state, recorder);
  const recording = status?.recording === true;
  const failed = recording && status.lastStatus?.toUpperCase() === 'FAILURE';
  const role = recorder.roleARN ?? 'no role';
  return [
    ...(recording ? [] : ['is not recording']),
    ...(state.deliveryChannels.length > 0 ? [] : ['has no delivery channel']),
    ...omissions(state, recorder.recordingGroup, wanted),
    ...(failed ? [`could not deliver (${status.lastErrorCode ?? 'no error code'})`] : []),
    ...(wanted.requireServiceLinkedRole && !role.endsWith(SERVICE_LINKED_ROLE) ? [`uses ${role}`] : []),
  ];
}

const RECORDERS = 'arn:${AWS::Partition}:config:*:${AWS::AccountId}:configuration-recorder/*';
const RECORDER = ['ConfigurationRecorder'];
const CHANNEL = ['DeliveryChannel'];
const RECORDING = ['recording'];

const putRecorder = stepBuilder(
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
      { ConfigurationRecorder: { name, roleARN, recordingGroup, ...(recordingMode ? { recordingMode } : {}) } },
      { elements: RECORDER, undo },
    ),
);

const createRecorder = (roleARN: string, includeGlobalResourceTypes: boolean): Step => {
  const recordingGroup = { allSupported: true, includeGlobalResourceTypes };
  const byName = { ConfigurationRecorderName: DEFAULT_NAME };
  return putRecorder({ name: DEFAULT_NAME, roleARN, recordingGroup }, () => [
    step(ConfigServiceClient, DeleteConfigurationRecorderCommand, byName, { elements: RECORDER }),
  ]);
};

const widen = (recorder: ConfigurationRecorder, includeGlobalResourceTypes: boolean): Step => {
  const recordingStrategy = { useOnly: 'ALL_SUPPORTED_RESOURCE_TYPES' } as const;
  const recordingGroup = { allSupported: true, includeGlobalResourceTypes, recordingStrategy };
  return putRecorder({ ...recorder, recordingGroup }, () => [putRecorder(recorder, () => [])]);
};

const createChannel = stepBuilder({ 'config:PutDeliveryChannel': '*' }, (s3BucketName: string) => {
  const byName = { DeliveryChannelName: DEFAULT_NAME };
  return step(
    ConfigServiceClient,
    PutDeliveryChannelCommand,
    { DeliveryChannel: { name: DEFAULT_NAME, s3BucketName } },
    {
      elements: CHANNEL,
      undo: () => [step(ConfigServiceClient, DeleteDeliveryChannelCommand, byName, { elements: CHANNEL })],
    },
  );
});

const start = stepBuilder(
  onResources(RECORDERS, 'config:StartConfigurationRecorder'),
  (ConfigurationRecorderName: string, standsOn: readonly string[]) => {
    const byName = { ConfigurationRecorderName };
    const elements = [...RECORDING, ...standsOn];
    const stop = () => [step(ConfigServiceClient, StopConfigurationRecorderCommand, byName, { elements })];
    return step(ConfigServiceClient, StartConfigurationRecorderCommand, byName, { elements, undo: stop });
  },
);

export default defineControl({
  id: 'config-recorder-enabled',
  title: 'AWS Config recorder must be on and record all resources',
  severity: 'CRITICAL',
  resource: configAccount,
  needs: NEEDS,
  securityControlIds: ['Config.1'],
  relatedRequirements: ['CIS AWS v3.0 3.3', 'CIS AWS v5.0 3.3'],
  description:
    'Each region must have a configuration recorder that is on, records every supported resource type and has a working delivery channel.',
  rationale:
    'Without the recorder there is no history of resource configurations, and AWS Config rules and much of Security Hub stop reporting.',
  guidance:
    'Start the recorder. If it or its delivery channel is missing, recreate them with a role that AWS Config can assume and a bucket that it can deliver to.',
  impact: 'none',
  recommendedMode: 'remediate',
  permissions: { ...start.permissions, ...putRecorder.permissions, ...createChannel.permissions },
  // A region has one recorder of the customer's, under a name of its own.
  undoCalls: [
    undoneBy(ConfigServiceClient, StopConfigurationRecorderCommand, () => ({}), ['ConfigurationRecorderName']),
    undoneBy(ConfigServiceClient, PutConfigurationRecorderCommand, () => ({}), ['ConfigurationRecorder']),
    undoneBy(ConfigServiceClient, DeleteConfigurationRecorderCommand, () => ({
      ConfigurationRecorderName: DEFAULT_NAME,
    })),
    undoneBy(ConfigServiceClient, DeleteDeliveryChannelCommand, () => ({ DeliveryChannelName: DEFAULT_NAME })),
  ],
  parameters: {
    roleArn: {
      description: 'The role for a recorder that has to be created. Empty: a person creates it.',
      type: 'string',
      default: '',
    },
    s3BucketName: {
      description: 'The bucket for a delivery channel that has to be created. Empty: a person creates it.',
      type: 'string',
      default: '',
    },
    recordingGroup: {
      description:
        'What to do if the recorder excludes resource types: report it, restore all types (which is charged by the item), or ignore it.',
      type: 'string',
      enum: ['reported', 'restored', 'ignored'],
      default: 'reported',
    },
    globalResourceTypesRegion: {
      description: 'The region whose recorder must record global resource types (IAM). Empty: none has to.',
      type: 'string',
      default: '',
    },
    requireServiceLinkedRole: {
      description: 'Whether the recorder must use AWSServiceRoleForConfig, as Security Hub requires.',
      type: 'boolean',
      default: false as boolean,
    },
  },
  evaluate(state, { parameters: wanted }) {
    const recorder = recorderOf(state);
    if (recorder === undefined) return nonCompliant('There is no configuration recorder.');
    const wrong = faults(state, recorder, wanted);
    if (wrong.length === 0) return compliant(`${recorder.name} records and delivers.`);
    return nonCompliant(`The recorder ${recorder.name} ${wrong.join(', ')}.`);
  },
  plan(state, { parameters }) {
    const { roleArn, s3BucketName, globalResourceTypesRegion } = parameters;
    const recorder = recorderOf(state);
    const missingRole = recorder === undefined && roleArn === '';
    const missingBucket = state.deliveryChannels.length === 0 && s3BucketName === '';
    if (missingRole || missingBucket)
      return byHand(
        `Nothing says ${missingRole ? 'which role (roleArn)' : 'which bucket (s3BucketName)'} it is to use.`,
      );
    const channel = state.deliveryChannels.length > 0 ? [] : [createChannel(s3BucketName)];
    // A recorder starts only where it has a channel to deliver to.
    const standsOn = channel.length > 0 ? CHANNEL : [];
    const globals = ['', state.ref.region].includes(globalResourceTypesRegion);
    if (recorder === undefined)
      return [createRecorder(roleArn, globals), ...channel, start(DEFAULT_NAME, [...RECORDER, ...standsOn])];

    const group = recorder.recordingGroup;
    const narrow = parameters.recordingGroup === 'restored' && omissions(state, group, parameters).length > 0;
    const asked = globalResourceTypesRegion === state.ref.region || group?.includeGlobalResourceTypes === true;
    return [
      ...(narrow ? [widen(recorder, asked)] : []),
      ...channel,
      ...(statusOf(state, recorder)?.recording === true ? [] : [start(recorder.name ?? DEFAULT_NAME, standsOn)]),
    ];
  },
});
