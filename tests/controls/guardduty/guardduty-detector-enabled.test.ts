import scene from '../../../scenes/guardduty/guardduty-detector-enabled.ts';
import control from '../../../shared/controls/guardduty/guardduty-detector-enabled.ts';
import { SAMPLE_ACCOUNT } from '../../support/samples.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const DetectorId = '3a1b2c3d4e5f60718293a4b5c6d7e8f9';
const feature = (Name: string, Status: 'ENABLED' | 'DISABLED', AdditionalConfiguration: never[] | [object] = []) =>
  ({ Name, Status, AdditionalConfiguration }) as const;
const agent = { Name: 'EC2_AGENT_MANAGEMENT', Status: 'DISABLED' } as const;
const enabled = {
  DetectorId,
  Status: 'ENABLED',
  FindingPublishingFrequency: 'ONE_HOUR',
  Features: [
    { Name: 'CLOUD_TRAIL', Status: 'ENABLED', AdditionalConfiguration: [] },
    { Name: 'S3_DATA_EVENTS', Status: 'DISABLED', AdditionalConfiguration: [] },
    { Name: 'EKS_RUNTIME_MONITORING', Status: 'DISABLED', AdditionalConfiguration: [] },
    { Name: 'RUNTIME_MONITORING', Status: 'ENABLED', AdditionalConfiguration: [agent] },
  ],
  Tags: { team: 'security', 'aws:cloudformation:stack-name': 'baseline' },
} as const;
const suspended = { ...enabled, Status: 'DISABLED' } as const;
const plain = { ...enabled, FindingPublishingFrequency: null, Features: [], Tags: {} };
const lastKnown = { detector: enabled };
const administrator = { AccountId: '444455556666', RelationshipStatus: 'Enabled' };

const resume = ['UpdateDetector', { DetectorId, Enable: true }] as const;
const create = (settings: object = {}) => ['CreateDetector', { Enable: true, ...settings }] as const;
const withFeatures = (...Features: readonly object[]) => [create({ Features })] as const;
const lost = (Features: readonly object[]) => ({ detector: { ...plain, Features } as typeof plain });

testControl(control, {
  resourceId: SAMPLE_ACCOUNT,
  answers: { CreateDetector: { DetectorId } },
  compliant: { 'a detector that is enabled': { detector: enabled } },
  nonCompliant: {
    'suspended, and seen enabled before': {
      given: { detector: suspended, administrator: null },
      lastKnown,
      plan: [resume],
      undo: [['UpdateDetector', { DetectorId, Enable: false }]],
      after: { detector: enabled },
      says: 'suspended in eu-west-1',
    },
    'suspended, and never seen enabled': {
      given: { detector: suspended, administrator: null },
      plan: [],
      byHand: 'enableFirstTime',
    },
    'suspended, to be enabled for the first time too': {
      given: { detector: suspended, administrator: null },
      parameters: { enableFirstTime: true },
      plan: [resume],
      after: { detector: enabled },
    },
    'suspended in a member account': {
      given: { detector: suspended, administrator },
      lastKnown,
      plan: [],
      byHand: 'Account 444455556666 manages',
    },
  },
  deleted: {
    'never seen': { lastKnown: null, plan: [], byHand: 'enableFirstTime', says: 'no detector' },
    'never seen, to be enabled for the first time too': {
      lastKnown: null,
      parameters: { enableFirstTime: true },
      plan: [create()],
      after: { detector: plain },
    },
    'seen with all its settings': {
      lastKnown,
      plan: [
        create({
          FindingPublishingFrequency: 'ONE_HOUR',
          Features: [
            { Name: 'S3_DATA_EVENTS', Status: 'DISABLED' },
            { Name: 'RUNTIME_MONITORING', Status: 'ENABLED', AdditionalConfiguration: [agent] },
          ],
          Tags: { team: 'security' },
        }),
      ],
      after: { detector: enabled },
    },
    'seen with the older kind of runtime monitoring': {
      lastKnown: lost([feature('EKS_RUNTIME_MONITORING', 'ENABLED'), feature('RUNTIME_MONITORING', 'DISABLED')]),
      plan: withFeatures({ Name: 'EKS_RUNTIME_MONITORING', Status: 'ENABLED' }),
      after: { detector: plain },
    },
    'seen without any runtime monitoring': {
      lastKnown: lost([feature('EKS_RUNTIME_MONITORING', 'DISABLED'), feature('RUNTIME_MONITORING', 'DISABLED')]),
      plan: withFeatures({ Name: 'RUNTIME_MONITORING', Status: 'DISABLED' }),
      after: { detector: plain },
    },
    'seen with a feature that cannot be set': {
      lastKnown: lost([feature('DNS_LOGS', 'ENABLED'), { ...feature('LAMBDA_NETWORK_LOGS', 'ENABLED'), Status: null }]),
      plan: [create()],
      after: { detector: plain },
    },
  },
  besides: {
    'guardduty:TagResource': 'CreateDetector tags the new detector',
    'iam:CreateServiceLinkedRole': 'CreateDetector creates the roles of GuardDuty where it was never enabled',
  },
});

testScene(control, scene);
