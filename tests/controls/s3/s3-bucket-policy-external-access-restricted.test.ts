import scene from '../../../scenes/s3/s3-bucket-policy-external-access-restricted.ts';
import control from '../../../shared/controls/s3/s3-bucket-policy-external-access-restricted.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const BUCKET = 'exports';
const STRANGER = 'arn:aws:iam::777788889999:root';
const trusted = { accounts: ['444455556666'], organizations: ['o-example'] };
const tls = {
  Sid: 'RequireTls',
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:*',
  Resource: [`arn:aws:s3:::${BUCKET}`, `arn:aws:s3:::${BUCKET}/*`],
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
};
const read = (principal: unknown, rest: object = {}) => ({
  Sid: 'Read',
  Effect: 'Allow',
  Principal: principal,
  Action: 's3:GetObject',
  Resource: `arn:aws:s3:::${BUCKET}/*`,
  ...rest,
});
const text = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const policy = (...statements: object[]) => ({ policy: text(...statements) });
const put = (Policy: string) =>
  ['PutBucketPolicy', { Bucket: BUCKET, ExpectedBucketOwner: '111122223333', Policy }] as const;
const own = { AWS: 'arn:aws:iam::111122223333:root' };

// S3 refuses a policy with a deleted principal, or over 20 KB, which the sibling's tests hold; moto takes both.
testControl(control, {
  resourceId: BUCKET,
  compliant: {
    'no policy': { policy: null },
    'the own account': policy(read(own)),
    'a service': policy(read({ Service: 'logging.s3.amazonaws.com' })),
    'a trusted account': { ...policy(read({ AWS: '444455556666' })), trusted },
    'the trusted organization': {
      ...policy(read('*', { Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-example' } } })),
      trusted,
    },
    'everybody, which is the sibling’s': policy(read('*')),
  },
  nonCompliant: {
    'another account': {
      given: policy(read({ AWS: STRANGER }), tls),
      trusted,
      plan: [put(text(tls))],
      undo: [put(text(read({ AWS: STRANGER }), tls))],
      after: policy(tls),
      says: 'The bucket policy grants access to 777788889999.',
      elements: [['statement Read']],
    },
    'a canonical user beside the own account': {
      given: policy(read({ ...own, CanonicalUser: '79a59d' })),
      trusted,
      plan: [put(text(read(own)))],
      undo: [put(text(read({ ...own, CanonicalUser: '79a59d' })))],
      after: policy(read(own)),
      says: 'canonical user 79a59d',
    },
    'nobody else at all': { given: policy(read({ AWS: STRANGER })), trusted, plan: [], byHand: 'delete it' },
    'whom policy.yml might trust': { given: policy(read({ AWS: STRANGER })), plan: [], byHand: 'under `trusted`' },
    'a deleted role that stays': {
      given: policy(read({ AWS: [STRANGER, 'AROAEXAMPLEDELETED12'] })),
      trusted,
      plan: [],
      byHand: 'AROAEXAMPLEDELETED12',
    },
  },
});

testScene(control, scene);
