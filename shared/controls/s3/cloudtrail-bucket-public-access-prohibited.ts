import { bucketTarget } from '../../aws/s3/bucket-target.ts';
import { ALL_BLOCKED, publicAccessBlockOfBucket } from '../../aws/s3/public-access-block.ts';
import { grantName, isBlocked, publicGrants, publicPolicy, whyNotBlock } from '../../aws/s3/public-bucket.ts';
import { byHand, compliant, defineControl, nonCompliant, notApplicable } from '../../control.ts';
import { bucket } from '../../resources/s3/bucket.ts';
import { replace, undoOfReplace } from '../../step.ts';

export default defineControl({
  id: 'cloudtrail-bucket-public-access-prohibited',
  title: 'The bucket of a CloudTrail trail must not be public',
  severity: 'CRITICAL',
  resource: bucket,
  needs: [
    'trails',
    'policy',
    'policyStatus',
    'acl',
    'ownershipControls',
    'publicAccessBlock',
    'accountPublicAccessBlock',
  ],
  planNeeds: ['website'],
  securityControlIds: ['CloudTrail.6'],
  relatedRequirements: [],
  description:
    'A bucket into which a trail of the account delivers may be public neither by its policy nor by its ACL, unless Block Public Access restricts it. Block Public Access is enabled completely; CloudTrail keeps delivering, as an AWS service. A bucket that hosts a website, and one whose policy grants access to other accounts, which the block would revoke as long as the policy is public, is left to a person. A bucket of another account, to which the trails of an organization deliver, is evaluated there.',
  rationale: 'The logs show an attacker every user, role and address of the account, and how it is monitored.',
  guidance:
    'Allow CloudTrail alone to write, and name the accounts that read. Check the access logs of the bucket for what was read, and consider the names and addresses in the logs disclosed.',
  impact: 'access',
  recommendedMode: 'remediate',
  overrides: 'ownership',
  permissions: publicAccessBlockOfBucket.permissions,
  undoCalls: undoOfReplace(publicAccessBlockOfBucket, bucketTarget),
  parameters: {},
  evaluate(state) {
    if (state.trails.length === 0) return notApplicable('No trail of the account delivers into the bucket.');
    const policy = isBlocked(state, 'RestrictPublicBuckets') ? null : publicPolicy(state);
    const hasAcls = state.ownershipControls !== 'BucketOwnerEnforced' && !isBlocked(state, 'IgnorePublicAcls');
    const grants = hasAcls ? publicGrants(state.acl) : [];
    const trails = state.trails.join(', ');
    if (policy === null && grants.length === 0) return compliant(`The bucket of ${trails} is not public.`);
    const sentences = [
      ...(policy === null ? [] : [policy.says]),
      ...(grants.length === 0 ? [] : [`The bucket ACL grants ${grants.map(grantName).join(', ')}.`]),
    ];
    return nonCompliant(`${sentences.join(' ')} It holds the logs of ${trails}.`, [policy?.open ?? null, grants]);
  },
  plan({ ref, policy, policyStatus, publicAccessBlock, website }) {
    const refusal = whyNotBlock({ policy, policyStatus, website }, ref.accountId);
    if (refusal !== null) return byHand(refusal);
    return [replace(publicAccessBlockOfBucket, bucketTarget(ref), publicAccessBlock, ALL_BLOCKED)];
  },
});
