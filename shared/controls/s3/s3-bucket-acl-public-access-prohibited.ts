import { type Grant, PutBucketAclCommand, S3Client } from '@aws-sdk/client-s3';
import { bucketTarget } from '../../aws/s3/bucket-target.ts';
import { grantName, isBlocked, publicGrants } from '../../aws/s3/public-bucket.ts';
import { compliant, defineControl, nonCompliant } from '../../control.ts';
import { requirements } from '../../frameworks.ts';
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
  relatedRequirements: [
    'AWS FSBP S3.2',
    'AWS FSBP S3.3',
    ...requirements(
      'PCI DSS v4.0',
      '1.2.8 1.3.1 1.3.2 1.4.2 1.5.1 3.5.1.3 7.2.1 7.2.2 7.2.5 7.3.1 7.3.2 7.3.3 8.2.7 8.2.8 8.3.4 10.3.2 A1.1.2 A1.1.3 A3.4.1',
    ),
    ...requirements(
      'NIST 800-53 r5',
      'AC-2(6) AC-3 AC-3(7) AC-4(21) AC-6 AC-17 AC-17(1) AC-17(4) AC-17(9) AC-17(10) CM-6 CM-9 MP-2 SC-7 SC-7(2) SC-7(3) SC-7(7) SC-7(9) SC-7(11) SC-7(12) SC-7(16) SC-7(20) SC-7(21) SC-7(24) SC-7(25) SC-7(26) SC-7(27) SC-7(28) SC-25',
    ),
  ],
  description:
    'The ACL of a bucket may not grant anything to the groups AllUsers and AuthenticatedUsers, unless ACLs are disabled (BucketOwnerEnforced) or Block Public Access ignores public ACLs, for the bucket or for its account. Those grants are removed; others stay, those of the log delivery group included, where the runbook of AWS sets the ACL private. ACLs of objects are not evaluated, since nothing reports them; whether ACLs are disabled (S3.12) is not evaluated either.',
  rationale: 'Everybody can list a bucket with such an ACL, or write into it, or give themselves more by its ACL.',
  guidance:
    'Disable ACLs (Object Ownership: bucket owner enforced) and grant access by the bucket policy. Check the objects: each may have a public ACL of its own.',
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
      return compliant('ACLs are disabled: what the bucket ACL grants has no effect.');
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
