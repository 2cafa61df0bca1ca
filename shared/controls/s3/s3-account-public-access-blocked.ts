import {
  DeletePublicAccessBlockCommand,
  PutPublicAccessBlockCommand,
  S3ControlClient,
} from '@aws-sdk/client-s3-control';
import { ALL_BLOCKED, missingFlags } from '../../aws/s3/public-access-block.ts';
import { byHand, compliant, defineControl, nonCompliant } from '../../control.ts';
import { requirements } from '../../frameworks.ts';
import { s3Account } from '../../resources/s3/account.ts';
import { replace, undoOfReplace } from '../../step.ts';

const publicAccessBlockOfAccount = {
  client: S3ControlClient,
  put: PutPublicAccessBlockCommand,
  delete: DeletePublicAccessBlockCommand,
  member: 'PublicAccessBlockConfiguration',
  permissions: { 's3:PutAccountPublicAccessBlock': '*' },
} as const;

export default defineControl({
  id: 's3-account-public-access-blocked',
  title: 'S3 account-level Block Public Access must be fully on',
  severity: 'HIGH',
  resource: s3Account,
  needs: ['publicAccessBlock'],
  securityControlIds: ['S3.1'],
  relatedRequirements: [
    'AWS FSBP S3.1',
    'CIS AWS v3.0 2.1.4',
    'CIS AWS v5.0 2.1.4',
    ...requirements('PCI DSS v4.0', '1.2.8 1.3.1 1.3.2 1.4.2 1.5.1 3.5.1.3 10.3.2 A1.1.2 A1.1.3 A3.4.1'),
    ...requirements(
      'NIST 800-53 r5',
      'AC-2(6) AC-3 AC-3(7) AC-4(21) AC-6 AC-17 AC-17(1) AC-17(4) AC-17(9) AC-17(10) CM-6 CM-9 MP-2 SC-7 SC-7(2) SC-7(3) SC-7(7) SC-7(9) SC-7(11) SC-7(12) SC-7(16) SC-7(20) SC-7(21) SC-7(24) SC-7(25) SC-7(26) SC-7(27) SC-7(28) SC-25',
    ),
  ],
  description:
    'The four flags of Block Public Access must be on for the account. Where buckets may be public a person decides, since the account-wide block would close these too.',
  rationale: "The account's block applies to every bucket, including future ones.",
  guidance:
    'Enable Block Public Access for the account once no bucket has to be public; serve public content through CloudFront.',
  impact: 'access',
  recommendedMode: 'remediate',
  permissions: publicAccessBlockOfAccount.permissions,
  undoCalls: undoOfReplace(publicAccessBlockOfAccount, ({ accountId: AccountId }) => ({ AccountId })),
  parameters: {
    excludedPublicBuckets: {
      description:
        'Names of buckets that may be public; while there are any, a person has to enable the block for the account.',
      type: 'array',
      items: { type: 'string' },
      default: [] as readonly string[],
    },
  },
  evaluate({ publicAccessBlock }) {
    const missing = missingFlags(publicAccessBlock);
    if (missing.length === 0) return compliant('Block Public Access is fully on for the account.');
    return nonCompliant(`Block Public Access of the account is not fully on: ${missing.join(', ')}.`, missing);
  },
  plan({ ref, publicAccessBlock }, { parameters: { excludedPublicBuckets } }) {
    if (excludedPublicBuckets.length > 0)
      return byHand(`The block would close ${excludedPublicBuckets.length} bucket(s) that may be public.`);
    return [replace(publicAccessBlockOfAccount, { AccountId: ref.accountId }, publicAccessBlock, ALL_BLOCKED)];
  },
});
