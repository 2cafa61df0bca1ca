import type { RecordingGroup } from '@aws-sdk/client-config-service';
import { expect, test } from '@jest/globals';
import scene from '../../../scenes/config/config-recorder-enabled.ts';
import { asInput } from '../../../shared/aws/config/recording-group.ts';
import control from '../../../shared/controls/config/config-recorder-enabled.ts';
import { defaultParameters } from '../../../shared/policy/defaults.ts';
import { Unreadable } from '../../../shared/resource.ts';
import { callOf } from '../../../shared/step.ts';
import { REGION, SAMPLE_ACCOUNT } from '../../support/samples.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const roleArn = `arn:aws:iam::${SAMPLE_ACCOUNT}:role/config`;
const everything = { allSupported: true, includeGlobalResourceTypes: false };
const recorder = { name: 'default', roleARN: roleArn, recordingGroup: everything };
const recording = { name: 'default', recording: true, lastStatus: 'Success' as const, lastErrorCode: undefined };
const channel = { name: 'default', s3BucketName: 'config-logs' };
const good = { recorders: [recorder], status: [recording], serviceLinked: [], deliveryChannels: [channel] };
const nothing = { recorders: [], status: [], serviceLinked: [], deliveryChannels: [] };
const ofSecurityHub = {
  name: 'AWSConfigurationRecorderForSecurityHubCSPM',
  servicePrincipal: 'securityhub.amazonaws.com',
  recording: true,
};
const linkedOnly = { ...nothing, serviceLinked: [ofSecurityHub] };
const withGroup = (recordingGroup: RecordingGroup) => ({ ...good, recorders: [{ ...recorder, recordingGroup }] });
const instancesOnly = withGroup({
  allSupported: false,
  includeGlobalResourceTypes: false,
  resourceTypes: ['AWS::EC2::Instance'],
  recordingStrategy: { useOnly: 'INCLUSION_BY_RESOURCE_TYPES' },
});
const excluding = (...resourceTypes: string[]) =>
  withGroup({
    allSupported: false,
    includeGlobalResourceTypes: false,
    resourceTypes: [],
    exclusionByResourceTypes: { resourceTypes: resourceTypes as never },
    recordingStrategy: { useOnly: 'EXCLUSION_BY_RESOURCE_TYPES' },
  });
const INTERFACE = 'AWS::EC2::NetworkInterface';
const IAM = ['AWS::IAM::Group', 'AWS::IAM::Policy', 'AWS::IAM::Role', 'AWS::IAM::User'];
const withGlobals = withGroup({ ...everything, includeGlobalResourceTypes: true });
const stopped = { ...good, status: [{ ...recording, recording: false }] };

const anew = { roleArn, s3BucketName: 'config-logs' };
const start = ['StartConfigurationRecorder', { ConfigurationRecorderName: 'default' }] as const;
const stop = ['StopConfigurationRecorder', { ConfigurationRecorderName: 'default' }] as const;
const removeRecorder = ['DeleteConfigurationRecorder', { ConfigurationRecorderName: 'default' }] as const;
const removeChannel = ['DeleteDeliveryChannel', { DeliveryChannelName: 'default' }] as const;
const putRecorder = (recordingGroup: RecordingGroup) =>
  [
    'PutConfigurationRecorder',
    { ConfigurationRecorder: { ...recorder, recordingGroup: asInput(recordingGroup) } },
  ] as const;
const putChannel = ['PutDeliveryChannel', { DeliveryChannel: channel }] as const;
const widened = { ...everything, recordingStrategy: { useOnly: 'ALL_SUPPORTED_RESOURCE_TYPES' as const } };

testControl(control, {
  resourceId: SAMPLE_ACCOUNT,
  compliant: {
    'a recorder that records and delivers': good,
    'the newer word for all types': withGroup({ recordingStrategy: { useOnly: 'ALL_SUPPORTED_RESOURCE_TYPES' } }),
    'a recorder that has just been started': { ...good, status: [{ ...recording, lastStatus: 'Pending' }] },
    "Security Hub's own recorder alone": linkedOnly,
    "Security Hub's own recorder alone, where another could be made": { ...linkedOnly, parameters: anew },
    "Security Hub's own recorder alone, where another was and is not needed": {
      ...linkedOnly,
      lastKnown: { recorders: [recorder] },
      parameters: { customerManagedRecorder: 'optional' },
    },
    'an excluded type, which is accepted': {
      ...excluding(INTERFACE),
      parameters: { acceptedExclusions: [INTERFACE] },
    },
    'global types, which another region records': excluding(...IAM),
    'no excluded type': { ...excluding(), parameters: { globalResourceTypesRegion: 'eu-west-1' } },
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
      undo: [removeRecorder, removeChannel, stop],
      after: good,
    },
    "no recorder but Security Hub's own, where another is required": {
      given: linkedOnly,
      parameters: { ...anew, customerManagedRecorder: 'required' },
      plan: [putRecorder({ ...everything, includeGlobalResourceTypes: true }), putChannel, start],
      after: good,
    },
    "no recorder but Security Hub's own, beside which there was another": {
      given: linkedOnly,
      parameters: anew,
      lastKnown: { recorders: [recorder], deliveryChannels: [channel] },
      plan: [],
      byHand: 'customerManagedRecorder',
      says: 'The recorder default is gone',
    },
    "no recorder, and Security Hub's own does not record": {
      given: { ...nothing, serviceLinked: [{ ...ofSecurityHub, recording: false }] },
      parameters: anew,
      plan: [],
      byHand: 'Security Hub manages its recorder',
      says: 'There is no configuration recorder.',
    },
    "a recorder that was stopped, beside Security Hub's own": {
      given: { ...stopped, serviceLinked: [ofSecurityHub] },
      plan: [start],
      after: good,
    },
    'no recorder, and what there was is known': {
      given: nothing,
      lastKnown: {
        recorders: [
          { ...recorder, name: 'main', arn: 'arn', recordingGroup: instancesOnly.recorders[0]?.recordingGroup },
        ],
        deliveryChannels: [{ ...channel, name: 'main', s3KmsKeyArn: 'key' }],
      },
      parameters: { recordingGroup: 'ignored' },
      plan: [
        [
          'PutConfigurationRecorder',
          {
            ConfigurationRecorder: {
              ...recorder,
              name: 'main',
              recordingGroup: instancesOnly.recorders[0]?.recordingGroup,
            },
          },
        ],
        ['PutDeliveryChannel', { DeliveryChannel: { ...channel, name: 'main', s3KmsKeyArn: 'key' } }],
        ['StartConfigurationRecorder', { ConfigurationRecorderName: 'main' }],
      ],
      undo: [
        ['DeleteConfigurationRecorder', { ConfigurationRecorderName: 'main' }],
        ['DeleteDeliveryChannel', { DeliveryChannelName: 'main' }],
        ['StopConfigurationRecorder', { ConfigurationRecorderName: 'main' }],
      ],
      after: good,
    },
    'an excluded type': {
      given: excluding(INTERFACE, 'AWS::S3::Bucket'),
      parameters: { acceptedExclusions: [INTERFACE] },
      plan: [],
      says: 'excludes AWS::S3::Bucket.',
      other: { 'and another one': excluding(INTERFACE, 'AWS::KMS::Key', 'AWS::S3::Bucket') },
    },
    'excluded types, to be restored but for the accepted one and those of another region': {
      given: excluding(INTERFACE, 'AWS::S3::Bucket', ...IAM),
      parameters: { acceptedExclusions: [INTERFACE], recordingGroup: 'restored' },
      plan: [putRecorder(excluding(INTERFACE, ...IAM).recorders[0]?.recordingGroup ?? {})],
      undo: [putRecorder(excluding(INTERFACE, 'AWS::S3::Bucket', ...IAM).recorders[0]?.recordingGroup ?? {})],
      after: good,
    },
    'an excluded type beside global ones that are recorded, to be restored': {
      given: excluding('AWS::S3::Bucket'),
      parameters: { recordingGroup: 'restored' },
      plan: [putRecorder({ ...widened, includeGlobalResourceTypes: true })],
      after: withGlobals,
    },
    'excluded global types, asked for here': {
      given: excluding(...IAM),
      parameters: { globalResourceTypesRegion: 'eu-west-1' },
      plan: [],
      says: 'excludes AWS::IAM::Group, AWS::IAM::Policy, AWS::IAM::Role, AWS::IAM::User',
    },
    'no recorder, global types being recorded elsewhere': {
      given: { ...good, recorders: [], status: [] },
      parameters: { ...anew, globalResourceTypesRegion: 'us-east-1' },
      plan: [putRecorder(everything), start],
      undo: [removeRecorder, stop],
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
      undo: [removeChannel, stop],
      after: good,
      elements: [['DeliveryChannel'], ['recording', 'DeliveryChannel']],
    },
    'some types only': { given: instancesOnly, plan: [], says: 'does not record every supported resource type' },
    'some types only, which is to be restored': {
      given: instancesOnly,
      parameters: { recordingGroup: 'restored' },
      plan: [putRecorder(widened)],
      undo: [putRecorder(instancesOnly.recorders[0]?.recordingGroup ?? {})],
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

test.each([
  ['eu-west-1', 'eu-west-1', true],
  ['eu-central-1', 'eu-west-1', false],
  ['eu-west-1', undefined, false],
])('a recorder made anew in %s, the home region being %s, records global types: %s', (region, home, isGlobal) => {
  const ref = { resourceType: 'AWS::::Account', resourceId: SAMPLE_ACCOUNT, accountId: SAMPLE_ACCOUNT, region };
  const parameters = { ...defaultParameters(control), ...anew };
  const context = { parameters, now: new Date(), lastKnown: null, ...(home === undefined ? {} : { home }) };
  const plan = control.plan?.({ ...nothing, ref }, context as never) ?? [];
  expect('byHand' in plan ? plan : plan.map(callOf)[0]?.input).toMatchObject({
    ConfigurationRecorder: { recordingGroup: { includeGlobalResourceTypes: isGlobal } },
  });
});

test("what Security Hub's own recorder is matters only where there is no other", () => {
  // As the engine gives it: touching what could not be read throws.
  const state = ({ serviceLinked: _, ...given }: object & { readonly serviceLinked: unknown }) =>
    Object.defineProperty({ ...given, ref }, 'serviceLinked', {
      get() {
        throw new Unreadable('serviceLinked', new Error('Not you.')).error;
      },
    }) as never;
  const ref = { resourceType: 'AWS::::Account', resourceId: SAMPLE_ACCOUNT, accountId: SAMPLE_ACCOUNT, region: REGION };
  const context = { parameters: defaultParameters(control), now: new Date(), lastKnown: null } as never;
  expect(control.evaluate(state(good), context).complianceType).toBe('COMPLIANT');
  expect(control.plan?.(state(stopped), context)).toHaveLength(1);
  expect(() => control.evaluate(state(nothing), context)).toThrow('could not read serviceLinked');
});

testScene(control, scene);
