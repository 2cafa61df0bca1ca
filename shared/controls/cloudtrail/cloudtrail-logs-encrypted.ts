import { CloudTrailClient, UpdateTrailCommand } from '@aws-sdk/client-cloudtrail';
import { OWN_TRAILS, ownTrailName } from '../../aws/cloudtrail/trail-arn.ts';
import { byHand, compliant, defineControl, nonCompliant, notApplicable } from '../../control.ts';
import { requirements } from '../../frameworks.ts';
import { trail } from '../../resources/cloudtrail/trail.ts';
import { set, undoneBy } from '../../step.ts';

const permissions = { 'cloudtrail:UpdateTrail': OWN_TRAILS };
/** What CloudTrail accepts for "no key". */
const NONE = { KmsKeyId: '' };

export default defineControl({
  id: 'cloudtrail-logs-encrypted',
  title: 'CloudTrail logs must be encrypted with a KMS key',
  severity: 'MEDIUM',
  resource: trail,
  needs: ['encryption'],
  lastKnown: ['encryption'],
  securityControlIds: ['CloudTrail.2'],
  relatedRequirements: [
    'AWS FSBP CloudTrail.2',
    'CIS AWS v3.0 3.5',
    'CIS AWS v5.0 3.5',
    ...requirements('PCI DSS v4.0', '3.5.1 8.3.2 10.3.2 10.3.3 10.3.4 A1.2.1'),
    ...requirements('NIST 800-53 r5', 'AU-9(3) CM-6 CM-9 CP-9 SC-8(3) SC-8(4) SC-13 SC-28(1) SI-19(4)'),
  ],
  description:
    'Every trail of the account must have a KMS key. A key that was removed is restored; a trail that never had one gets that of kmsKeyArn. The key has to be in the region of the bucket, and its policy has to allow cloudtrail.amazonaws.com to encrypt with it: CloudTrail refuses any other.',
  rationale:
    'With a KMS key, reading the logs requires a permission on the key too: access to the bucket alone is not enough.',
  guidance:
    'Allow cloudtrail.amazonaws.com kms:GenerateDataKey* and kms:DescribeKey on the key, and the readers of the logs kms:Decrypt; then set the key of the trail.',
  impact: 'access',
  recommendedMode: 'remediate',
  permissions,
  undoCalls: [
    undoneBy(
      CloudTrailClient,
      UpdateTrailCommand,
      (ref) => ({ Name: ownTrailName(ref.resourceId, ref.accountId) ?? '' }),
      ['KmsKeyId'],
    ),
  ],
  parameters: {
    kmsKeyArn: {
      description: 'The KMS key that trails are encrypted with; empty: only a key that was removed is restored.',
      type: 'string',
      pattern: '^(arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+)?$',
      default: '',
    },
  },
  evaluate({ ref, encryption: { KmsKeyId } }) {
    const name = ownTrailName(ref.resourceId, ref.accountId);
    if (name === null) return notApplicable('The trail belongs to another account.');
    if (KmsKeyId !== null) return compliant(`The logs of ${name} are encrypted with ${KmsKeyId}.`);
    return nonCompliant(`The logs of ${name} are not encrypted with a KMS key.`);
  },
  plan({ ref }, { parameters: { kmsKeyArn }, lastKnown }) {
    const Name = ownTrailName(ref.resourceId, ref.accountId);
    const KmsKeyId = lastKnown?.encryption?.KmsKeyId ?? kmsKeyArn;
    if (KmsKeyId === '') return byHand('The parameter kmsKeyArn is empty.');
    return Name === null
      ? []
      : [set(CloudTrailClient, UpdateTrailCommand, { Name }, NONE, { KmsKeyId }, { permissions })];
  },
});
