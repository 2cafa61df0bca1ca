import { DisableKeyRotationCommand, EnableKeyRotationCommand, KMSClient } from '@aws-sdk/client-kms';
import { compliant, defineControl, nonCompliant, notApplicable } from '../../control.ts';
import { requirements } from '../../frameworks.ts';
import { onResources } from '../../resource.ts';
import { kmsKey } from '../../resources/kms/key.ts';
import { step, stepBuilder, undoneBy } from '../../step.ts';

const KEYS = 'arn:${AWS::Partition}:kms:*:${AWS::AccountId}:key/*';

const enableRotation = stepBuilder(
  onResources(KEYS, 'kms:EnableKeyRotation'),
  (KeyId: string, RotationPeriodInDays: number | null) => {
    const elements = ['KeyRotationEnabled'];
    const undo = () => [step(KMSClient, DisableKeyRotationCommand, { KeyId }, { elements })];
    const input = { KeyId, ...(RotationPeriodInDays !== null && { RotationPeriodInDays }) };
    return step(KMSClient, EnableKeyRotationCommand, input, { elements, undo });
  },
);

export default defineControl({
  id: 'kms-key-rotation-enabled',
  title: 'KMS keys must rotate every year',
  severity: 'MEDIUM',
  resource: kmsKey,
  needs: ['rotation'],
  lastKnown: ['rotation'],
  securityControlIds: ['KMS.4'],
  relatedRequirements: [
    'CIS AWS v3.0 3.6',
    'CIS AWS v5.0 3.6',
    ...requirements('PCI DSS v4.0', '3.7.4 3.7.5'),
    ...requirements('NIST 800-53 r5', 'CM-6 CM-9 SA-9(6) SC-12 SC-12(2) SC-12(6)'),
    'SOC 2 PI1.5',
  ],
  description:
    'Automatic rotation must be enabled for every customer managed key that can rotate by itself: symmetric, with key material of KMS, enabled, and no replica, since replicas rotate with their primary key. A previous rotation period is restored.',
  rationale:
    'The more data one key material has encrypted, the more is exposed with it. Rotation requires no change of applications: KMS keeps the old material to decrypt what it has encrypted.',
  guidance:
    'Enable automatic rotation of the key. KMS charges for the first two rotations of a key as for a further key each.',
  impact: 'none',
  recommendedMode: 'remediate',
  permissions: enableRotation.permissions,
  undoCalls: [
    undoneBy(KMSClient, DisableKeyRotationCommand, ({ resourceId: KeyId }) => ({ KeyId }), [], {
      permissions: onResources(KEYS, 'kms:DisableKeyRotation'),
    }),
  ],
  parameters: {},
  evaluate({ rotation: { KeyManager, KeyState, MultiRegionKeyType, status } }) {
    if (KeyManager === 'AWS') return notApplicable('The key is managed by an AWS service, and AWS rotates it.');
    if (status === null)
      return notApplicable(
        'Such a key (asymmetric, HMAC, imported, or of a custom key store) does not rotate by itself.',
      );
    if (MultiRegionKeyType === 'REPLICA')
      return notApplicable('The key is a replica, which rotates with its primary key.');
    if (status.KeyRotationEnabled) return compliant('The key rotates.');
    if (KeyState !== 'Enabled') return notApplicable(`The key is ${KeyState}: KMS does not change its rotation now.`);
    return nonCompliant('The key does not rotate.');
  },
  plan: ({ ref }, { lastKnown }) => [
    enableRotation(ref.resourceId, lastKnown?.rotation?.status?.RotationPeriodInDays ?? null),
  ],
});
