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
import { asInput, omissions, type Wanted, widened } from '../../aws/config/recording-group.ts';
import {
  byHand,
  type Context,
  compliant,
  defineControl,
  nonCompliant,
  type Parameters,
  type ParameterValues,
  type State,
} from '../../control.ts';
import { requirements } from '../../frameworks.ts';
import { onResources } from '../../resource.ts';
import { configAccount, type ServiceLinkedRecorder } from '../../resources/config/account.ts';
import { type Step, step, stepBuilder, undoneBy } from '../../step.ts';

const NEEDS = ['recorders', 'status', 'serviceLinked', 'deliveryChannels'] as const;
type ConfigState = State<typeof configAccount.facets, (typeof NEEDS)[number]>;

/** AWS's own name for the only recorder and the only channel of a region. */
const DEFAULT_NAME = 'default';
const SERVICE_LINKED_ROLE = ':role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig';

const PARAMETERS = {
  roleArn: {
    description:
      'The role for a recorder that has to be created. Empty: as it was, where Evenkeel has seen one; else a person creates it.',
    type: 'string',
    default: '',
  },
  s3BucketName: {
    description:
      'The bucket for a delivery channel that has to be created. Empty: as it was, where Evenkeel has seen one; else a person creates it.',
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
  acceptedExclusions: {
    description: 'Resource types that the recorder may exclude, as in AWS::EC2::NetworkInterface.',
    type: 'array',
    items: { type: 'string', pattern: '^[A-Za-z0-9]+::[A-Za-z0-9]+::[A-Za-z0-9:]+$' },
    uniqueItems: true,
    default: [] as readonly string[],
  },
  globalResourceTypesRegion: {
    description:
      'The region whose recorder must record global resource types (IAM). Empty: none has to, and a recorder that is created records them in the home region only.',
    type: 'string',
    default: '',
  },
  customerManagedRecorder: {
    description:
      'Whether a recorder of your own is needed where Security Hub has one for itself: kept, if Evenkeel has seen one; required; optional.',
    type: 'string',
    enum: ['kept', 'required', 'optional'],
    default: 'kept',
  },
  requireServiceLinkedRole: {
    description: 'Whether the recorder must use AWSServiceRoleForConfig, as Security Hub requires.',
    type: 'boolean',
    default: false as boolean,
  },
} satisfies Parameters;

type Settings = ParameterValues<typeof PARAMETERS>;
type ConfigContext = Context<typeof configAccount.facets, typeof PARAMETERS>;

/** A region has one recorder of the customer's. */
const recorderOf = ({ recorders }: ConfigState): ConfigurationRecorder | undefined => recorders[0];
const statusOf = ({ status }: ConfigState, recorder: ConfigurationRecorder) =>
  status.find(({ name }) => name === recorder.name);

/** What a recorder is asked to record in this region. */
const wantedIn = ({ ref }: ConfigState, { globalResourceTypesRegion, acceptedExclusions }: Settings): Wanted => ({
  globalTypes: ref.region === globalResourceTypesRegion,
  accepted: acceptedExclusions,
});

/** What the recorder leaves out of what it is to record, each in words. */
const omitted = (state: ConfigState, { recordingGroup = {} }: ConfigurationRecorder, settings: Settings) =>
  settings.recordingGroup === 'ignored' ? [] : omissions(recordingGroup, wantedIn(state, settings));

/** What is wrong with the recorder, each in words. */
function faults(state: ConfigState, recorder: ConfigurationRecorder, settings: Settings): readonly string[] {
  const status = statusOf(state, recorder);
  const recording = status?.recording === true;
  const failed = recording && status.lastStatus?.toUpperCase() === 'FAILURE';
  const role = recorder.roleARN ?? 'no role';
  return [
    ...(recording ? [] : ['is not recording']),
    ...(state.deliveryChannels.length > 0 ? [] : ['has no delivery channel']),
    ...omitted(state, recorder, settings),
    ...(failed ? [`could not deliver (${status.lastErrorCode ?? 'no error code'})`] : []),
    ...(settings.requireServiceLinkedRole && !role.endsWith(SERVICE_LINKED_ROLE) ? [`uses ${role}`] : []),
  ];
}

/** The recorder and the channel that there were, where Evenkeel has seen them. */
const lost = ({ lastKnown }: Pick<Context<typeof configAccount.facets>, 'lastKnown'>) => ({
  recorder: lastKnown?.recorders?.[0],
  channel: lastKnown?.deliveryChannels?.[0],
});

/** Without a recorder of the customer's: Security Hub's own counts where none is required. */
function withoutRecorder({ serviceLinked }: ConfigState, context: ConfigContext) {
  const { customerManagedRecorder } = context.parameters;
  const linked = serviceLinked.find(({ recording }) => recording);
  if (linked === undefined || customerManagedRecorder === 'required')
    return nonCompliant('There is no configuration recorder.');
  const only = `${linked.name} records for Security Hub alone: its items reach nobody else`;
  const { recorder } = lost(context);
  return recorder === undefined || customerManagedRecorder === 'optional'
    ? compliant(`${only}.`)
    : nonCompliant(`The recorder ${recorder.name} is gone; ${only}.`);
}

const ofSecurityHub = ({ name }: ServiceLinkedRecorder) =>
  byHand(
    `Security Hub manages its recorder ${name}. The parameter customerManagedRecorder says whether there has to be another, which is charged for (required), or none (optional).`,
  );

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

const createRecorder = ({ name = DEFAULT_NAME, ...settings }: ConfigurationRecorder): Step => {
  const byName = { ConfigurationRecorderName: name };
  return putRecorder({ name, ...settings }, () => [
    step(ConfigServiceClient, DeleteConfigurationRecorderCommand, byName, { elements: RECORDER }),
  ]);
};

const widen = (recorder: ConfigurationRecorder, wanted: Wanted): Step =>
  putRecorder({ ...recorder, recordingGroup: widened(recorder.recordingGroup ?? {}, wanted) }, () => [
    putRecorder(recorder, () => []),
  ]);

const createChannel = stepBuilder({ 'config:PutDeliveryChannel': '*' }, (channel: DeliveryChannel) => {
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

const start = stepBuilder(
  onResources(RECORDERS, 'config:StartConfigurationRecorder'),
  (ConfigurationRecorderName: string, standsOn: readonly string[]) => {
    const byName = { ConfigurationRecorderName };
    const elements = [...RECORDING, ...standsOn];
    const stop = () => [step(ConfigServiceClient, StopConfigurationRecorderCommand, byName, { elements })];
    return step(ConfigServiceClient, StartConfigurationRecorderCommand, byName, { elements, undo: stop });
  },
);

/** The channel to create: as policy.yml says, else as it was; null where nothing says it. */
function newChannel({ parameters, ...context }: ConfigContext): DeliveryChannel | null {
  const { channel } = lost(context);
  if (parameters.s3BucketName !== '') return { name: DEFAULT_NAME, s3BucketName: parameters.s3BucketName };
  return channel === undefined ? null : { ...channel, name: channel.name ?? DEFAULT_NAME };
}

/** The recorder to create: as policy.yml says, else as it was; null where nothing says it. Global types are recorded in one region, the home region unless said. */
function newRecorder({ ref }: ConfigState, { parameters, home, ...context }: ConfigContext) {
  const { recorder } = lost(context);
  const { roleArn, globalResourceTypesRegion } = parameters;
  if (roleArn === '') return recorder ?? null;
  const isGlobalRegion = ref.region === (globalResourceTypesRegion || home);
  return {
    name: DEFAULT_NAME,
    roleARN: roleArn,
    recordingGroup: { allSupported: true, includeGlobalResourceTypes: isGlobalRegion },
  };
}

export default defineControl({
  id: 'config-recorder-enabled',
  title: 'AWS Config recorder must be on and record all resources',
  severity: 'CRITICAL',
  resource: configAccount,
  needs: NEEDS,
  lastKnown: ['recorders', 'deliveryChannels'],
  securityControlIds: ['Config.1'],
  relatedRequirements: [
    'AWS FSBP Config.1',
    'CIS AWS v3.0 3.3',
    'CIS AWS v5.0 3.3',
    ...requirements('SOC 2', 'CC2.1 CC3.1 CC3.4 CC8.1 PI1.3'),
  ],
  description:
    'Each region must have a configuration recorder that is on, records every supported resource type but those in acceptedExclusions, and has a working delivery channel. A deleted recorder or channel is recreated as it was. Where there is none, the recorder that Security Hub has made for itself counts, as it does for Config.1; it is never changed.',
  rationale:
    'Without the recorder there is no history of resource configurations, and AWS Config rules and much of Security Hub stop reporting.',
  guidance:
    'Start the recorder. If it or its delivery channel is missing, recreate them with a role that AWS Config can assume and a bucket that it can deliver to.',
  impact: 'none',
  recommendedMode: 'remediate',
  permissions: { ...start.permissions, ...putRecorder.permissions, ...createChannel.permissions },
  // A recorder that has its resource types restored keeps its role, whichever that is.
  passedRoles: ({ roleArn, recordingGroup }) => (roleArn === '' || recordingGroup === 'restored' ? null : [roleArn]),
  // A region has one recorder of the customer's, under a name of its own.
  undoCalls: [
    undoneBy(ConfigServiceClient, StopConfigurationRecorderCommand, () => ({}), ['ConfigurationRecorderName']),
    undoneBy(ConfigServiceClient, PutConfigurationRecorderCommand, () => ({}), ['ConfigurationRecorder']),
    undoneBy(ConfigServiceClient, DeleteConfigurationRecorderCommand, () => ({}), ['ConfigurationRecorderName']),
    undoneBy(ConfigServiceClient, DeleteDeliveryChannelCommand, () => ({}), ['DeliveryChannelName']),
  ],
  parameters: PARAMETERS,
  evaluate(state, context) {
    const recorder = recorderOf(state);
    if (recorder === undefined) return withoutRecorder(state, context);
    const wrong = faults(state, recorder, context.parameters);
    if (wrong.length === 0) return compliant(`${recorder.name} records and delivers.`);
    return nonCompliant(`The recorder ${recorder.name} ${wrong.join(', ')}.`);
  },
  plan(state, context) {
    const { parameters } = context;
    const recorder = recorderOf(state);
    if (recorder === undefined && parameters.customerManagedRecorder !== 'required') {
      const [linked] = state.serviceLinked;
      if (linked !== undefined) return ofSecurityHub(linked);
    }
    const created = recorder ?? newRecorder(state, context);
    if (created === null) return byHand('Nothing says which role (roleArn) it is to use.');
    const isMissingChannel = state.deliveryChannels.length === 0;
    const wantedChannel = isMissingChannel ? newChannel(context) : null;
    if (isMissingChannel && wantedChannel === null)
      return byHand('Nothing says which bucket (s3BucketName) it is to use.');
    const channel = wantedChannel === null ? [] : [createChannel(wantedChannel)];
    // A recorder starts only where it has a channel to deliver to.
    const standsOn = channel.length > 0 ? CHANNEL : [];
    const name = created.name ?? DEFAULT_NAME;
    if (recorder === undefined) return [createRecorder(created), ...channel, start(name, [...RECORDER, ...standsOn])];
    const isNarrow = parameters.recordingGroup === 'restored' && omitted(state, recorder, parameters).length > 0;
    return [
      ...(isNarrow ? [widen(recorder, wantedIn(state, parameters))] : []),
      ...channel,
      ...(statusOf(state, recorder)?.recording === true ? [] : [start(name, standsOn)]),
    ];
  },
});
