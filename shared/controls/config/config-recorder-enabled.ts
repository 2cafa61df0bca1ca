import type { ConfigurationRecorder } from '@aws-sdk/client-config-service';
import { newChannel, newRecorder } from '../../aws/config/new-recorder.ts';
import { PARAMETERS } from '../../aws/config/recorder-parameters.ts';
import {
  CHANNEL,
  createChannel,
  createRecorder,
  DEFAULT_NAME,
  putRecorder,
  RECORDER,
  start,
  undoOfRecorder,
  widen,
} from '../../aws/config/recorder-steps.ts';
import { omissions, type Wanted } from '../../aws/config/recording-group.ts';
import {
  byHand,
  type Context,
  compliant,
  defineControl,
  nonCompliant,
  type ParameterValues,
  type State,
} from '../../control.ts';
import { requirements } from '../../frameworks.ts';
import { configAccount, type ServiceLinkedRecorder } from '../../resources/config/account.ts';

const NEEDS = ['recorders', 'status', 'serviceLinked', 'deliveryChannels'] as const;
type ConfigState = State<typeof configAccount.facets, (typeof NEEDS)[number]>;

const SERVICE_LINKED_ROLE = ':role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig';

type Settings = ParameterValues<typeof PARAMETERS>;
type ConfigContext = Context<typeof configAccount.facets, typeof PARAMETERS>;

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
  undoCalls: undoOfRecorder,
  parameters: PARAMETERS,
  evaluate(state, context) {
    const [recorder] = state.recorders;
    if (recorder === undefined) return withoutRecorder(state, context);
    const wrong = faults(state, recorder, context.parameters);
    if (wrong.length === 0) return compliant(`${recorder.name} records and delivers.`);
    return nonCompliant(`The recorder ${recorder.name} ${wrong.join(', ')}.`);
  },
  plan(state, context) {
    const { parameters } = context;
    const [recorder] = state.recorders;
    if (recorder === undefined && parameters.customerManagedRecorder !== 'required') {
      const [linked] = state.serviceLinked;
      if (linked !== undefined) return ofSecurityHub(linked);
    }
    // Global types are recorded in the home region unless another is named.
    const isGlobal = state.ref.region === (parameters.globalResourceTypesRegion || context.home);
    const created = recorder ?? newRecorder(parameters.roleArn, isGlobal, lost(context));
    if (created === null) return byHand('Nothing says which role (roleArn) it is to use.');
    const isMissingChannel = state.deliveryChannels.length === 0;
    const wantedChannel = isMissingChannel ? newChannel(parameters.s3BucketName, lost(context)) : null;
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
