import { describe, expect, test } from '@jest/globals';
import {
  explicitDenial,
  isDefiniteRefusal,
  lastingRefusal,
  missingPermission,
  wasRetried,
} from '../../shared/aws/refusals.ts';

const PUT_POLICY = { service: 's3', operation: 'PutBucketPolicy' };
const REVOKE = { service: 'ec2', operation: 'RevokeSecurityGroupIngress' };
const errorOf = (name: string, message = '', metadata?: object) =>
  Object.assign(new Error(message), { name, ...(metadata === undefined ? {} : { $metadata: metadata }) });

describe('a refusal that lasts', () => {
  /** As AWS words it (IAM User Guide, "Troubleshoot access denied error messages"). */
  const denied = (where: string) =>
    errorOf(
      'UnauthorizedOperation',
      `User: arn:aws:sts::111122223333:assumed-role/evenkeel/x is not authorized to perform: ec2:RevokeSecurityGroupIngress on resource: arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1 with an explicit deny in ${where}`,
    );

  test.each([
    ['a service control policy', /service control policy/],
    ['a resource control policy', /resource control policy/],
    ['a resource-based policy', /policy of the resource itself/],
    ['a VPC endpoint policy', /VPC endpoint/],
    ['a permissions boundary', /Evenkeel's own role/],
    ['an identity-based policy', /Evenkeel's own role/],
    ['a session policy', /Evenkeel's own role/],
  ])('is an explicit deny in %s: who refuses, and what a person can do', (where, by) => {
    expect(lastingRefusal(denied(where), REVOKE)).toEqual({
      by: expect.stringMatching(by),
      remedy: expect.stringMatching(/^\p{Ll}/u),
    });
  });

  test('is one that its service and operation say lasts, and by no other call', () => {
    const malformed = errorOf('MalformedPolicy', 'Invalid principal in policy');
    expect(lastingRefusal(malformed, PUT_POLICY)).toMatchObject({ by: expect.stringMatching(/^S3/) });
    expect(lastingRefusal(malformed, { ...PUT_POLICY, operation: 'PutBucketAcl' })).toBeNull();
    expect(lastingRefusal(malformed, { ...PUT_POLICY, service: 'sns' })).toBeNull();
  });

  test.each<[string, unknown]>([
    [
      'a permission of ours that is missing: IAM takes time to spread',
      errorOf('AccessDenied', 'not authorized because no identity-based policy allows the action'),
    ],
    ['a quota or a throttle by its name', errorOf('LimitExceededException', 'Rate exceeded')],
    ['what the service does not answer', errorOf('TimeoutError')],
    ['a name that every object has', errorOf('constructor')],
    ['what is no error', 'an explicit deny in a service control policy'],
  ])('is not %s', (_what, error) => {
    expect(lastingRefusal(error, PUT_POLICY)).toBeNull();
  });

  test('is read in the cause, too', () => {
    const error = new Error('refused', { cause: denied('a service control policy') });
    expect(lastingRefusal(error, REVOKE)).not.toBeNull();
  });
});

test('S3 that takes no public policy, and an organization that rules, refuse for good whatever was called', () => {
  const bpa = errorOf(
    'AccessDenied',
    'User: x is not authorized to perform: s3:PutBucketPolicy on resource: "arn:aws:s3:::b" because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.',
  );
  expect(explicitDenial(bpa)?.by).toMatch(/Block Public Access/);
  expect(explicitDenial(errorOf('OperationNotPermitted', 'blocked by a declarative policy'))?.by).toMatch(
    /organization/,
  );
});

describe('a missing permission', () => {
  test.each([
    [
      'User: x is not authorized to perform: ec2:RevokeSecurityGroupIngress on resource: y',
      'ec2:RevokeSecurityGroupIngress',
    ],
    ['because no identity-based policy allows the s3:PutBucketPolicy action', 's3:PutBucketPolicy'],
    ['Access Denied', 's3:GetBucketTagging'],
  ])('names the action, or else the call: %s', (message, action) => {
    expect(missingPermission(errorOf('AccessDenied', message), 's3:GetBucketTagging')).toEqual({
      by: expect.stringContaining(action),
      remedy: expect.stringMatching(/^deploy again/),
    });
  });

  test('is read in the cause, and in no other error', () => {
    expect(missingPermission(new Error('x', { cause: errorOf('AccessDeniedException') }), 'x')).not.toBeNull();
    for (const error of [errorOf('Throttling', 'not authorized to perform: a:B'), null, 'AccessDenied'])
      expect(missingPermission(error, 'x')).toBeNull();
  });
});

describe('a definite refusal', () => {
  test.each([
    [400, true],
    [403, true],
    [429, true],
    [499, true],
    [399, false],
    [500, false],
    [503, false],
    [200, false],
    [undefined, false],
  ])('is an answer with a status of 4xx: %s', (httpStatusCode, expected) => {
    expect(isDefiniteRefusal(errorOf('X', '', { httpStatusCode }))).toBe(expected);
  });

  test.each([[new Error('ECONNRESET')], [null], [undefined], ['oops']])('is not %s', (error) => {
    expect(isDefiniteRefusal(error)).toBe(false);
  });
});

test('a call was retried where the SDK says so', () => {
  const attempts = [undefined, 0, 1, 2, 3];
  expect(attempts.map((count) => wasRetried(errorOf('X', '', { attempts: count })))).toEqual([
    false,
    false,
    false,
    true,
    true,
  ]);
  expect([new Error('x'), null, undefined].map(wasRetried)).toEqual([false, false, false]);
});
