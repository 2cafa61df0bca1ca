import scene from '../../../scenes/cloudtrail/cloudtrail-bucket-public-access-prohibited.ts';
import control from '../../../shared/controls/s3/cloudtrail-bucket-public-access-prohibited.ts';
import { Unreadable } from '../../../shared/resource.ts';
import { SAMPLE_ACCOUNT } from '../../support/samples.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const NAME = 'audit-logs-111122223333';
const TARGET = { Bucket: NAME, ExpectedBucketOwner: SAMPLE_ACCOUNT };
const ALL = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };
const open = {
  Sid: 'Open',
  Effect: 'Allow',
  Principal: '*',
  Action: 's3:GetObject',
  Resource: `arn:aws:s3:::${NAME}/*`,
};
const trail = { ...open, Sid: 'Trail', Principal: { Service: 'cloudtrail.amazonaws.com' }, Action: 's3:PutObject' };
const siem = { ...open, Sid: 'Siem', Principal: { AWS: '444455556666' } };
const text = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const Owner = { ID: '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be' };
const URI = 'http://acs.amazonaws.com/groups/global/AllUsers';
const listed = { Owner, Grants: [{ Grantee: { Type: 'Group' as const, URI }, Permission: 'READ' as const }] };
const closed = {
  trails: ['main'] as readonly string[],
  policy: text(trail) as string | null,
  policyStatus: { isPublic: new Unreadable("S3's word on the policy", new Error('AccessDenied')) },
  acl: { Owner, Grants: [] },
  ownershipControls: null,
  publicAccessBlock: null,
  accountPublicAccessBlock: null,
  website: null,
};
const put = ['PutPublicAccessBlock', { ...TARGET, PublicAccessBlockConfiguration: ALL }] as const;

// moto lets everybody read through Block Public Access; CloudTrail goes on delivering through it on AWS.
testControl(control, {
  resourceId: NAME,
  compliant: {
    'CloudTrail alone': closed,
    'a SIEM that is named': { ...closed, policy: text(trail, siem) },
    'all is blocked': { ...closed, policy: text(open), acl: listed, publicAccessBlock: ALL },
    'ACLs are disabled': { ...closed, acl: listed, ownershipControls: 'BucketOwnerEnforced' },
  },
  notApplicable: { 'no trail': { ...closed, policy: text(open), trails: [] } },
  nonCompliant: {
    'a public policy': {
      given: { ...closed, policy: text(trail, open) },
      plan: [put],
      undo: [['DeletePublicAccessBlock', TARGET]],
      after: { ...closed, policy: text(trail, open), publicAccessBlock: ALL },
      says: 'It holds the logs of main.',
      same: { 'a second trail': { trails: ['main', 'second'] } },
      other: { 'a public ACL too': { acl: listed } },
    },
    'a public ACL, and a SIEM that stays': {
      given: { ...closed, policy: text(trail, siem), acl: listed },
      plan: [put],
      after: { ...closed, acl: listed, publicAccessBlock: ALL },
      says: 'READ to AllUsers',
    },
    'a public policy, and a SIEM that the block would cut off': {
      given: { ...closed, policy: text(open, siem) },
      plan: [],
      byHand: '444455556666',
    },
  },
});

testScene(control, scene);
