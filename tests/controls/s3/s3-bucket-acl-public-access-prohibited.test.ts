import scene from '../../../scenes/s3/s3-bucket-acl-public-access-prohibited.ts';
import control from '../../../shared/controls/s3/s3-bucket-acl-public-access-prohibited.ts';
import { SAMPLE_ACCOUNT } from '../../support/samples.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const NAME = 'reports-eu-west-1-111122223333';
const Owner = { ID: '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be' };
const own = { Grantee: { Type: 'CanonicalUser' as const, ID: Owner.ID }, Permission: 'FULL_CONTROL' as const };
const to = (URI: string) => ({ Type: 'Group' as const, URI: `http://acs.amazonaws.com/groups/${URI}` });
const everybody = { Grantee: to('global/AllUsers'), Permission: 'READ' as const };
const signedIn = { Grantee: to('global/AuthenticatedUsers'), Permission: 'WRITE_ACP' as const };
const logs = { Grantee: to('s3/LogDelivery'), Permission: 'WRITE' as const };
const none = { ownershipControls: null, publicAccessBlock: null, accountPublicAccessBlock: null };
const acl = (...Grants: (typeof own | typeof everybody | typeof signedIn | typeof logs)[]) => ({
  ...none,
  acl: { Owner, Grants },
});
const put = (...Grants: object[]) =>
  [
    'PutBucketAcl',
    { Bucket: NAME, ExpectedBucketOwner: SAMPLE_ACCOUNT, AccessControlPolicy: { Owner, Grants } },
  ] as const;

// Where ACLs are disabled S3 refuses PutBucketAcl (AccessControlListNotSupported), and with BlockPublicAcls it refuses the
// undo; moto takes both.
testControl(control, {
  resourceId: NAME,
  compliant: {
    'the owner alone': acl(own),
    'the log delivery group': acl(own, logs),
    'ACLs are disabled': { ...acl(own, everybody), ownershipControls: 'BucketOwnerEnforced' },
    'ignored for the bucket': { ...acl(own, everybody), publicAccessBlock: { IgnorePublicAcls: true } },
    'ignored for the account': { ...acl(own, everybody), accountPublicAccessBlock: { IgnorePublicAcls: true } },
  },
  nonCompliant: {
    'grants to everybody beside others': {
      given: acl(own, everybody, logs, signedIn),
      plan: [put(own, logs)],
      undo: [put(own, everybody, logs, signedIn)],
      after: acl(own, logs),
      says: 'The bucket ACL grants READ to AllUsers, WRITE_ACP to AuthenticatedUsers.',
      elements: [['acl READ to AllUsers', 'acl WRITE_ACP to AuthenticatedUsers']],
      same: { 'other grants beside them': acl(own, everybody, signedIn) },
      other: { 'one of them': acl(own, everybody) },
    },
    'new public ACLs blocked, this one not ignored': {
      given: {
        ...acl(own, everybody),
        publicAccessBlock: { BlockPublicAcls: true },
        ownershipControls: 'ObjectWriter',
      },
      plan: [put(own)],
      after: acl(own),
    },
  },
});

testScene(control, scene);
