import {
  DeletePublicAccessBlockCommand,
  type PublicAccessBlockConfiguration,
  PutPublicAccessBlockCommand,
  S3ControlClient,
} from '@aws-sdk/client-s3-control';
import { ALL_BLOCKED, missingFlags } from '../../aws/s3/public-access-block.ts';
import { compliant, defineControl, nonCompliant, type Step, step } from '../../control.ts';
import { s3Account } from '../../resources/s3/account.ts';

const block = (AccountId: string, before: PublicAccessBlockConfiguration | null): Step =>
  step(
    S3ControlClient,
    PutPublicAccessBlockCommand,
    { AccountId, PublicAccessBlockConfiguration: ALL_BLOCKED },
    { undo: () => [restore(AccountId, before)] },
  );

const restore = (AccountId: string, before: PublicAccessBlockConfiguration | null): Step =>
  before === null
    ? step(S3ControlClient, DeletePublicAccessBlockCommand, { AccountId })
    : step(S3ControlClient, PutPublicAccessBlockCommand, { AccountId, PublicAccessBlockConfiguration: before });

export default defineControl({
  id: 's3-account-public-access-blocked',
  title: 'S3 account-level Block Public Access must be fully on',
  severity: 'HIGH',
  resource: s3Account,
  needs: ['publicAccessBlock'],
  securityControlIds: ['S3.1'],
  relatedRequirements: ['CIS AWS v3.0 2.1.4', 'CIS AWS v5.0 2.1.4'],
  description:
    'The four flags of Block Public Access must be on for the account. Where buckets are allowed to be public it is told only, since the account-wide block would close these too.',
  rationale: "The account's block holds for every bucket, also for those that are made tomorrow.",
  guidance:
    'Turn Block Public Access on for the account once no bucket has to be public; serve public content through CloudFront.',
  impact: 'access',
  recommendedMode: 'remediate',
  permissions: { 's3:PutAccountPublicAccessBlock': '*' },
  parameters: {
    excludedPublicBuckets: {
      description: 'Names of buckets that may be public; while there are any, the account is not blocked but told.',
      type: 'array',
      items: { type: 'string' },
      default: [] as readonly string[],
    },
  },
  evaluate({ publicAccessBlock }, { excludedPublicBuckets }) {
    const missing = missingFlags(publicAccessBlock);
    if (missing.length === 0) return compliant('Block Public Access is fully on for the account.');
    const off = `Block Public Access of the account is not fully on: ${missing.join(', ')}.`;
    const open = excludedPublicBuckets.length;
    return nonCompliant(
      open === 0 ? off : `${off} ${open} bucket(s) may be public and would be closed, so a person has to decide.`,
    );
  },
  plan: ({ ref, publicAccessBlock }, { excludedPublicBuckets }) =>
    excludedPublicBuckets.length === 0 ? [block(ref.accountId, publicAccessBlock)] : [],
});
