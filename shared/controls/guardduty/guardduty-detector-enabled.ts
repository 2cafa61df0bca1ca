import {
  CreateDetectorCommand,
  type CreateDetectorResponse,
  DeleteDetectorCommand,
  DetectorFeature,
  type DetectorFeatureConfiguration,
  type FeatureStatus,
  GuardDutyClient,
  UpdateDetectorCommand,
} from '@aws-sdk/client-guardduty';
import { byHand, compliant, defineControl, nonCompliant } from '../../control.ts';
import { requirements } from '../../frameworks.ts';
import { onResources } from '../../resource.ts';
import { type Detector, guarddutyAccount } from '../../resources/guardduty/account.ts';
import { set, step, stepBuilder, undoneBy } from '../../step.ts';

const DETECTORS = 'arn:${AWS::Partition}:guardduty:*:${AWS::AccountId}:detector/*';
const SERVICE_ROLES = 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/aws-service-role/';
const NEVER_SEEN =
  'GuardDuty has not been seen enabled here; it costs by what it analyzes (parameter enableFirstTime).';

const updateDetector = onResources(DETECTORS, 'guardduty:UpdateDetector');

const resume = ({ DetectorId, Status }: Detector) =>
  set(
    GuardDutyClient,
    UpdateDetectorCommand,
    { DetectorId },
    { Enable: Status === 'ENABLED' },
    { Enable: true },
    { permissions: updateDetector, elements: ['Enable'] },
  );

const isSettable = (name: string): name is DetectorFeature => Object.hasOwn(DetectorFeature, name);

/** The features of a detector as a new one takes them: what is left out GuardDuty would enable. It refuses both kinds of runtime monitoring together; the older one is part of the newer. */
function featuresOf({ Features }: Detector): DetectorFeatureConfiguration[] {
  const known = Features.filter(({ Name, Status }) => isSettable(Name) && Status !== null);
  const isOn = (name: string) => known.some(({ Name, Status }) => Name === name && Status === 'ENABLED');
  const dropped = isOn('EKS_RUNTIME_MONITORING') && !isOn('RUNTIME_MONITORING') ? 'RUNTIME' : 'EKS_RUNTIME';
  return known
    .filter(({ Name }) => Name !== `${dropped}_MONITORING`)
    .map(({ Name, Status, AdditionalConfiguration }) => ({
      Name: Name as DetectorFeature,
      Status: Status as FeatureStatus,
      ...(AdditionalConfiguration.length > 0 && {
        AdditionalConfiguration: AdditionalConfiguration as DetectorFeatureConfiguration['AdditionalConfiguration'],
      }),
    }));
}

const create = stepBuilder(
  {
    'guardduty:CreateDetector': '*',
    ...onResources(DETECTORS, 'guardduty:TagResource'),
    'iam:CreateServiceLinkedRole': {
      resources: [
        `${SERVICE_ROLES}guardduty.amazonaws.com/*`,
        `${SERVICE_ROLES}malware-protection.guardduty.amazonaws.com/*`,
      ],
      condition: {
        StringEquals: {
          'iam:AWSServiceName': ['guardduty.amazonaws.com', 'malware-protection.guardduty.amazonaws.com'],
        },
      },
    },
  },
  (lost: Detector | undefined) => {
    const elements = ['detector'];
    // AWS keeps the prefix for itself, and refuses tags that carry it.
    const tags = Object.entries(lost?.Tags ?? {}).filter(([key]) => !key.startsWith('aws:'));
    const features = lost === undefined ? [] : featuresOf(lost);
    const remove = ({ DetectorId }: CreateDetectorResponse) => {
      if (DetectorId === undefined) throw new TypeError('the id of the new detector is not known');
      return [step(GuardDutyClient, DeleteDetectorCommand, { DetectorId }, { elements })];
    };
    return step(
      GuardDutyClient,
      CreateDetectorCommand,
      {
        Enable: true,
        ...(lost?.FindingPublishingFrequency && { FindingPublishingFrequency: lost.FindingPublishingFrequency }),
        ...(features.length > 0 && { Features: features }),
        ...(tags.length > 0 && { Tags: Object.fromEntries(tags) }),
      },
      { elements, undo: remove },
    );
  },
);

/** A region has one detector, whose id GuardDuty chooses. */
const idIn = (after: unknown) => ({ DetectorId: (after as { detector: Detector }).detector.DetectorId });

export default defineControl({
  id: 'guardduty-detector-enabled',
  title: 'GuardDuty must be enabled in every region',
  severity: 'HIGH',
  resource: guarddutyAccount,
  needs: ['detector'],
  planNeeds: ['administrator'],
  lastKnown: ['detector'],
  securityControlIds: ['GuardDuty.1'],
  relatedRequirements: [
    'AWS FSBP GuardDuty.1',
    ...requirements('PCI DSS v4.0', '11.5.1 11.5.1.1'),
    ...requirements(
      'NIST 800-53 r5',
      'AC-2(12) AC-3(12) AU-3(1) AU-6(1) AU-6(5) AU-12(3) AU-14 CA-2 CA-7 CM-8(3) PE-6(2) PE-6(4) PM-14 PM-16 PM-31 RA-1 RA-3 RA-3(4) RA-5 RA-5(4) RA-10 SC-5 SC-5(1) SC-5(3) SC-43 SI-3(8) SI-4 SI-4(1) SI-4(2) SI-4(3) SI-4(4) SI-4(10) SI-4(13) SI-4(14) SI-4(23) SI-4(25) SI-5 SI-5(1)',
    ),
    ...requirements('SOC 2', 'CC3.1 CC3.2 CC4.2 CC6.8 CC7.1 CC7.2 CC7.3 CC7.4'),
  ],
  description:
    'Each region must have a GuardDuty detector that is enabled. A suspended detector is resumed, a deleted one is recreated with its features, frequency and tags.',
  rationale:
    'GuardDuty detects what a compromised credential or instance does; suspending or deleting it is how an intruder evades detection, also in a region that is not used.',
  guidance:
    'Find out who suspended or deleted the detector, and enable it. The findings, suppression rules, address lists and export settings of a deleted detector are lost; configure these again. In a member account only the administrator account can enable GuardDuty.',
  impact: 'none',
  recommendedMode: 'remediate',
  permissions: { ...updateDetector, ...create.permissions },
  undoCalls: [
    undoneBy(GuardDutyClient, UpdateDetectorCommand, () => ({ Enable: false }), ['DetectorId']),
    undoneBy(GuardDutyClient, DeleteDetectorCommand, () => ({}), ['DetectorId'], {
      permissions: onResources(DETECTORS, 'guardduty:DeleteDetector'),
      lost: { operation: 'CreateDetector', input: (_, after) => idIn(after) },
    }),
  ],
  parameters: {
    enableFirstTime: {
      description:
        'Whether to enable GuardDuty also where Evenkeel has not seen it enabled before. It is charged by the volume that it analyzes.',
      type: 'boolean',
      default: false as boolean,
    },
  },
  evaluate: ({ ref, detector: { Status } }) =>
    Status === 'ENABLED'
      ? compliant(`GuardDuty is enabled in ${ref.region}.`)
      : nonCompliant(`GuardDuty is suspended in ${ref.region}.`),
  plan({ detector, administrator }, { parameters, lastKnown }) {
    if (administrator !== null) return byHand(`Account ${administrator.AccountId} manages GuardDuty here.`);
    const isKnown = lastKnown?.detector !== undefined;
    return isKnown || parameters.enableFirstTime ? [resume(detector)] : byHand(NEVER_SEEN);
  },
  whenDeleted: {
    evaluate: () => nonCompliant('GuardDuty is not enabled: the region has no detector.'),
    plan: ({ detector }, { parameters }) =>
      detector !== undefined || parameters.enableFirstTime ? [create(detector)] : byHand(NEVER_SEEN),
  },
});
