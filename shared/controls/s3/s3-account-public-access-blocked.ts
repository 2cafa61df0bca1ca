import {
  DeletePublicAccessBlockCommand,
  PutPublicAccessBlockCommand,
  S3ControlClient,
} from '@aws-sdk/client-s3-control';
import { ALL_BLOCKED, missingFlags } from '../../aws/s3/public-access-block.ts';
import { byHand, compliant, defineControl, nonCompliant } from '../../control.ts';
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
  relatedRequirements: ['CIS AWS v3.0 2.1.4', 'CIS AWS v5.0 2.1.4'],
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
