import scene from '../../../scenes/s3/s3-bucket-tls-required.ts';
import control from '../../../shared/controls/s3/s3-bucket-tls-required.ts';
import { SAMPLE_ACCOUNT } from '../../support/samples.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const NAME = 'reports-eu-west-1-111122223333';
const TARGET = { Bucket: NAME, ExpectedBucketOwner: SAMPLE_ACCOUNT };
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
const put = (document: string) => ['PutBucketPolicy', { ...TARGET, Policy: document }] as const;

/** Block Public Access of the bucket and of the account: off, unless a case says otherwise. */
const blocks = { publicAccessBlock: null, accountPublicAccessBlock: null };
const BLOCKED = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};
const open = {
  Sid: 'Open',
  Effect: 'Allow',
  Principal: '*' as unknown,
  Action: 's3:GetObject',
  Resource: `${ARN}/*`,
};
/** A policy that S3 would refuse with our statement: no call is made. */
const leftToAPerson = (byHand: string | RegExp, rest: object = {}, ...statements: unknown[]) => ({
  given: { ...policy(...statements), ...blocks, ...rest },
  plan: [],
  byHand,
});
/** A text to which only our statement is added, where `@` stands. */
const keepsTheRest = (marked: string, rest: { readonly ours?: string } = {}) => ({
  given: { policy: marked.replace('@', ''), ...blocks },
  plan: [put(marked.replace('@', () => rest.ours ?? `,${JSON.stringify(ours(ARN))}`))],
  undo: [put(marked.replace('@', ''))],
  after: { policy: marked.replace('@', () => rest.ours ?? `,${JSON.stringify(ours(ARN))}`) },
});

/** A statement that looks like the denial and is not: ours is added to it. */
const tooLittle = (statement: object, says?: string) => ({
  given: { ...policy(statement), ...blocks },
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
    'a key of at least one character, which all have': policy({ ...deny, Resource: [ARN, `${ARN}/?*`] }),
    'one star too many': policy({ ...deny, Resource: [ARN, `${ARN}/**`] }),
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
      given: { policy: null, ...blocks },
      plan: [put(text(ours(ARN)))],
      undo: [['DeleteBucketPolicy', TARGET]],
      after: policy(ours(ARN)),
      says: 'no bucket policy',
      elements: [[`statement ${SID}`]],
      same: { 'a policy that says nothing of TLS': policy(partner) },
      other: { 'its objects alone': policy({ ...deny, Resource: ARN }) },
    },
    'other statements, kept in their order with the rest of the document': {
      given: { policy: JSON.stringify({ Version: '2008-10-17', Id: 'p1', Statement: [partner] }), ...blocks },
      plan: [put(JSON.stringify({ Version: '2008-10-17', Id: 'p1', Statement: [partner, ours(ARN)] }))],
      after: policy(partner, ours(ARN)),
    },
    'a single bare statement': {
      given: { policy: JSON.stringify({ Version: '2012-10-17', Statement: partner }), ...blocks },
      plan: [put(text(partner, ours(ARN)))],
      after: policy(partner, ours(ARN)),
    },
    "somebody else's statement of our name, which stays": {
      given: { ...policy({ ...partner, Sid: SID }), ...blocks },
      plan: [put(text({ ...partner, Sid: SID }, { ...ours(ARN), Sid: `${SID}2` }))],
      after: policy({ ...partner, Sid: SID }, { ...ours(ARN), Sid: `${SID}2` }),
      elements: [[`statement ${SID}`]],
    },
    'our statement, altered by somebody, and a second of our name': {
      given: { ...policy({ ...ours(ARN), Action: 's3:GetObject' }, { ...partner, Sid: `${SID}2` }), ...blocks },
      plan: [
        put(
          text(
            { ...ours(ARN), Action: 's3:GetObject' },
            { ...partner, Sid: `${SID}2` },
            { ...ours(ARN), Sid: `${SID}3` },
          ),
        ),
      ],
      after: policy({ ...ours(ARN), Sid: `${SID}3` }),
    },
    'no statements yet': {
      given: { policy: '{"Version":"2012-10-17","Statement":[ ]}', ...blocks },
      plan: [put(`{"Version":"2012-10-17","Statement":[ ${JSON.stringify(ours(ARN))}]}`)],
      after: policy(ours(ARN)),
    },
    'a number that JavaScript cannot hold, a key that stands twice, odd spacing': keepsTheRest(
      `{ "Version":"2012-10-17",\t"Id" : "a",  "Id":"b","Statement" :[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"s3:GetObject","Resource":"${ARN}/*","Condition":{"NumericLessThan":{"s3:max-keys":9007199254740993},"NumericLessThan":{"s3:max-keys":1e2}}}@ ] }`,
    ),
    'a policy in lines': keepsTheRest(
      `{\n    "Statement": [\n        {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:*", "Resource": "${ARN}"}@\n    ]\n}\n`,
      { ours: `,\n        ${JSON.stringify(ours(ARN), null, 2).replaceAll('\n', '\n        ')}` },
    ),
    'a denial with a key that stands twice: nobody knows which of them AWS reads': keepsTheRest(
      `{"Statement":[{"Effect":"Deny","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}@]}`,
    ),
    'two lists of statements': {
      given: { policy: `{"Statement":[${JSON.stringify(deny)}],"Statement":[${JSON.stringify(deny)}]}`, ...blocks },
      plan: [],
      byHand: 'the key Statement twice',
    },
    'a role that was deleted': leftToAPerson(
      'names AROAEXAMPLEDELETED12, a principal that was deleted',
      {},
      { ...partner, Principal: { AWS: ['arn:aws:iam::111122223333:role/reports', 'AROAEXAMPLEDELETED12'] } },
    ),
    'a user that was deleted, in a denial for all others': leftToAPerson('AIDAEXAMPLEDELETED12', {}, partner, {
      ...deny,
      Principal: undefined,
      NotPrincipal: { AWS: 'AIDAEXAMPLEDELETED12' },
      Condition: undefined,
    }),
    'a policy that would be too large': leftToAPerson(
      /would have 20\d{3} bytes; S3 accepts 20480/,
      {},
      { ...partner, Sid: 'x'.repeat(20_300) },
    ),
    'a policy with room for our statement, to the byte': {
      ...keepsTheRest(
        text({ ...partner, Sid: 'y'.repeat(20_480 - text(partner, ours(ARN)).length + 7) }).replace(']', '@]'),
      ),
    },
    'PutBucketPolicy denied to everybody': leftToAPerson(
      'denies PutBucketPolicy to everybody',
      {},
      { ...deny, Action: ['s3:DeleteBucketPolicy', 's3:putbucket*'], Resource: ARN, Condition: undefined },
    ),
    'everything but reading denied to everybody': leftToAPerson(
      'denies PutBucketPolicy to everybody',
      {},
      { ...deny, Action: undefined, NotAction: 's3:Get*', Principal: { AWS: '*' }, Condition: {} },
    ),
    'PutBucketPolicy denied outside a network: the call will show': tooLittle({
      ...deny,
      Action: 's3:PutBucketPolicy',
      Condition: { StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } },
    }),
    'PutBucketPolicy denied on its objects, which says nothing': tooLittle({
      ...deny,
      Action: 's3:PutBucketPolicy',
      Resource: `${ARN}/*`,
      Condition: undefined,
    }),
    "a public policy while the bucket's Block Public Access is on": leftToAPerson(
      'refuses public policies',
      { publicAccessBlock: BLOCKED },
      open,
    ),
    "a public policy while the account's Block Public Access is on": leftToAPerson(
      'refuses public policies',
      { accountPublicAccessBlock: { BlockPublicPolicy: true } },
      { ...open, Condition: { StringLike: { 'aws:PrincipalOrgID': '*' } } },
    ),
    'a public policy where nothing blocks it': tooLittle(open),
    'a policy for one organization while Block Public Access is on': {
      ...tooLittle({ ...open, Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-example' } } }),
      given: {
        ...policy({ ...open, Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-example' } } }),
        publicAccessBlock: BLOCKED,
        accountPublicAccessBlock: BLOCKED,
      },
    },
    'keys of at least two characters only': tooLittle({ ...deny, Resource: [ARN, `${ARN}/??*`] }, 'its objects'),
    'keys of 64 characters only': tooLittle({ ...deny, Resource: [ARN, `${ARN}/${'?'.repeat(64)}`] }, 'its objects'),
    'keys with a slash only': tooLittle({ ...deny, Resource: [ARN, `${ARN}*/?`] }),
    'keys that end in a letter only': tooLittle({ ...deny, Resource: [ARN, `${ARN}/*\u0001`] }),
    'a star that is meant as one': tooLittle({ ...deny, Resource: [ARN, `${ARN}/\${*}`] }),
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
