import scene from '../../../scenes/s3/s3-bucket-tls-required.ts';
import control from '../../../shared/controls/s3/s3-bucket-tls-required.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const NAME = 'reports-eu-west-1-111122223333';
const ARN = `arn:aws:s3:::${NAME}`;
const SID = 'EvenkeelDenyInsecureTransport';
const insecure = { Bool: { 'aws:SecureTransport': 'false' } };
const deny = {
  Effect: 'Deny',
  Principal: '*' as unknown,
  Action: 's3:*' as unknown,
  Resource: [ARN, `${ARN}/*`] as unknown,
  Condition: insecure as unknown,
};
const ours = (arn: string) => ({ Sid: SID, ...deny, Resource: [arn, `${arn}/*`] });
const partner = {
  Sid: 'Partner',
  Effect: 'Allow',
  Principal: { AWS: 'arn:aws:iam::444455556666:root' },
  Action: 's3:GetObject',
  Resource: `${ARN}/partner/*`,
};
const text = (...Statement: unknown[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const policy = (...statements: unknown[]) => ({ policy: text(...statements) });
const put = (document: string) => ['PutBucketPolicy', { Bucket: NAME, Policy: document }] as const;

/** A statement that looks like the denial and is not: ours is added to it. */
const tooLittle = (statement: object, says?: string) => ({
  given: policy(statement),
  plan: [put(text(statement, ours(ARN)))],
  after: policy(statement, ours(ARN)),
  ...(says === undefined ? {} : { says }),
});

testControl(control, {
  resourceId: NAME,
  compliant: {
    'our own statement': policy(ours(ARN)),
    'beside other statements': policy(partner, deny),
    'a single bare statement': { policy: JSON.stringify({ Statement: deny }) },
    'the principal as an AWS account': policy({ ...deny, Principal: { AWS: '*' } }),
    'the principal in a list': policy({ ...deny, Principal: { AWS: ['*'] } }),
    'every action of every service': policy({ ...deny, Action: '*' }),
    'a list of actions, in capitals': policy({ ...deny, Action: ['s3:GetObject', 'S3:*'] }),
    'every resource': policy({ ...deny, Resource: '*' }),
    'one pattern for the bucket and its objects': policy({ ...deny, Resource: `${ARN}*` }),
    'a boolean false': policy({ ...deny, Condition: { Bool: { 'aws:SecureTransport': false } } }),
    'a list of one False, the key in small letters': policy({
      ...deny,
      Condition: { Bool: { 'aws:securetransport': ['False'] } },
    }),
    BoolIfExists: policy({ ...deny, Condition: { BoolIfExists: { 'aws:SecureTransport': 'false' } } }),
    'one statement for the bucket and one for its objects': policy(
      { ...deny, Resource: ARN },
      { ...deny, Resource: `${ARN}/*` },
    ),
  },
  nonCompliant: {
    'no policy': {
      given: { policy: null },
      plan: [put(text(ours(ARN)))],
      undo: [['DeleteBucketPolicy', { Bucket: NAME }]],
      after: policy(ours(ARN)),
      says: 'no bucket policy',
      elements: [[`statement ${SID}`]],
      same: { 'a policy that says nothing of TLS': policy(partner) },
      other: { 'its objects alone': policy({ ...deny, Resource: ARN }) },
    },
    'other statements, kept in their order with the rest of the document': {
      given: { policy: JSON.stringify({ Version: '2008-10-17', Id: 'p1', Statement: [partner] }) },
      plan: [put(JSON.stringify({ Version: '2008-10-17', Id: 'p1', Statement: [partner, ours(ARN)] }))],
      after: policy(partner, ours(ARN)),
    },
    'a single bare statement': {
      given: { policy: JSON.stringify({ Version: '2012-10-17', Statement: partner }) },
      plan: [put(text(partner, ours(ARN)))],
      after: policy(partner, ours(ARN)),
    },
    'our statement, altered': {
      given: policy({ ...ours(ARN), Action: 's3:GetObject' }, partner),
      plan: [put(text(ours(ARN), partner))],
      after: policy(ours(ARN), partner),
    },
    'objects only': tooLittle({ ...deny, Resource: `${ARN}/*` }, 'reach the bucket.'),
    'the bucket only': tooLittle({ ...deny, Resource: ARN }, 'reach its objects.'),
    'some objects only': tooLittle({ ...deny, Resource: [ARN, `${ARN}/private/*`] }, 'its objects'),
    'keys of one character only': tooLittle({ ...deny, Resource: [ARN, `${ARN}/?`] }),
    'another bucket': tooLittle({ ...deny, Resource: [`${ARN}-2`, `${ARN}-2/*`] }, 'the bucket and its objects'),
    'everything but some resource': tooLittle({ ...deny, Resource: undefined, NotResource: `${ARN}/open/*` }),
    'some actions only': tooLittle({ ...deny, Action: ['s3:GetObject', 's3:PutObject'] }),
    'everything but some action': tooLittle({ ...deny, Action: undefined, NotAction: 's3:GetObject' }),
    'one account only': tooLittle({ ...deny, Principal: { AWS: 'arn:aws:iam::444455556666:root' } }),
    'a service only': tooLittle({ ...deny, Principal: { Service: '*' } }),
    'everybody but somebody': tooLittle({
      ...deny,
      Principal: undefined,
      NotPrincipal: { AWS: 'arn:aws:iam::444455556666:root' },
    }),
    'narrowed by an address': tooLittle({
      ...deny,
      Condition: { ...insecure, NotIpAddress: { 'aws:SourceIp': '10.0.0.0/8' } },
    }),
    'narrowed by a second key': tooLittle({
      ...deny,
      Condition: { Bool: { 'aws:SecureTransport': 'false', 'aws:ViaAWSService': 'false' } },
    }),
    'secure transport denied': tooLittle({ ...deny, Condition: { Bool: { 'aws:SecureTransport': 'true' } } }),
    'another operator': tooLittle({ ...deny, Condition: { Null: { 'aws:SecureTransport': 'false' } } }),
    'old TLS denied, no TLS let in': tooLittle({
      ...deny,
      Condition: { NumericLessThan: { 's3:TlsVersion': '1.2' } },
    }),
    'no condition': tooLittle({ ...deny, Condition: undefined, Action: 's3:*', Resource: `${ARN}/secret/*` }),
    'allowed, not denied': tooLittle({ ...deny, Effect: 'Allow' }),
  },
});

testScene(control, scene);
