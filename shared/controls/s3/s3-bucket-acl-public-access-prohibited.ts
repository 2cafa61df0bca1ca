import { type Grant, PutBucketAclCommand, S3Client } from '@aws-sdk/client-s3';
import { bucketTarget } from '../../aws/s3/bucket-target.ts';
import { grantName, isBlocked, publicGrants } from '../../aws/s3/public-bucket.ts';
import { compliant, defineControl, nonCompliant } from '../../control.ts';
import { bucket } from '../../resources/s3/bucket.ts';
import { set, undoneBy } from '../../step.ts';

const permissions = { 's3:PutBucketAcl': 'arn:${AWS::Partition}:s3:::*' };

export default defineControl({
  id: 's3-bucket-acl-public-access-prohibited',
  title: 'S3 bucket ACLs must not grant access to everybody',
  severity: 'CRITICAL',
  resource: bucket,
  needs: ['acl', 'ownershipControls', 'publicAccessBlock', 'accountPublicAccessBlock'],
  securityControlIds: ['S3.2', 'S3.3'],
  relatedRequirements: [],
  description:
    'The ACL of a bucket may not grant anything to the groups AllUsers and AuthenticatedUsers, unless ACLs are disabled (BucketOwnerEnforced) or Block Public Access ignores public ACLs, for the bucket or for its account. Those grants are removed; others stay, those of the log delivery group included, where AWS would put the ACL private. ACLs of objects are not judged, since nothing reports them; whether ACLs are disabled (S3.12) is not judged either.',
  rationale: 'Everybody can list a bucket with such an ACL, or write into it, or give themselves more by its ACL.',
  guidance:
    'Disable ACLs (Object Ownership: bucket owner enforced) and grant access by the bucket policy. Look at the objects: each may have a public ACL of its own.',
  impact: 'access',
  recommendedMode: 'remediate',
  overrides: 'ownership',
  permissions,
  undoCalls: [undoneBy(S3Client, PutBucketAclCommand, bucketTarget, ['AccessControlPolicy'])],
  parameters: {},
  evaluate(state) {
    const open = publicGrants(state.acl);
    if (open.length === 0) return compliant('The bucket ACL grants nothing to everybody.');
    if (state.ownershipControls === 'BucketOwnerEnforced')
      return compliant('ACLs are disabled: what the bucket ACL grants does not hold.');
    if (isBlocked(state, 'IgnorePublicAcls'))
      return compliant('Block Public Access ignores what the bucket ACL grants to everybody.');
    return nonCompliant(`The bucket ACL grants ${open.map(grantName).join(', ')}.`, open);
  },
  plan({ ref, acl }) {
    const open = publicGrants(acl);
    const left = acl.Grants.filter((grant) => !open.includes(grant));
    const put = (Grants: readonly Grant[]) => ({ AccessControlPolicy: { Owner: acl.Owner, Grants: [...Grants] } });
    const elements = open.map((grant) => `acl ${grantName(grant)}`);
    return [
      set(S3Client, PutBucketAclCommand, bucketTarget(ref), put(acl.Grants), put(left), { permissions, elements }),
    ];
  },
});
