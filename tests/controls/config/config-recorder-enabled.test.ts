import type { RecordingGroup } from '@aws-sdk/client-config-service';
import scene from '../../../scenes/config/config-recorder-enabled.ts';
import control from '../../../shared/controls/config/config-recorder-enabled.ts';
import { SAMPLE_ACCOUNT } from '../../support/samples.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

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
const stop = ['StopConfigurationRecorder', { ConfigurationRecorderName: 'default' }] as const;
const removeRecorder = ['DeleteConfigurationRecorder', { ConfigurationRecorderName: 'default' }] as const;
const removeChannel = ['DeleteDeliveryChannel', { DeliveryChannelName: 'default' }] as const;
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
      undo: [removeRecorder, removeChannel, stop],
      after: good,
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

testScene(control, scene);
