import { describe, expect, test } from '@jest/globals';
import { isPublic, whyNotPut } from '../../../shared/aws/s3/bucket-policy.ts';

const ARN = 'arn:aws:s3:::reports';
const allow = { Effect: 'Allow', Principal: '*' as unknown, Action: 's3:GetObject', Resource: `${ARN}/*` };
const when = (operator: string, key: string, value: unknown) => ({
  ...allow,
  Condition: { [operator]: { [key]: value } },
});

describe('S3 calls public', () => {
  test.each<[string, object]>([
    ['everybody', allow],
    ['everybody as an AWS principal', { ...allow, Principal: { AWS: ['arn:aws:iam::111122223333:root', '*'] } }],
    ['everybody but somebody', { ...allow, Principal: undefined, NotPrincipal: { AWS: '111122223333' } }],
    ['a condition on the request alone', when('Bool', 'aws:SecureTransport', 'true')],
    ['a referer, which anybody can send', when('StringLike', 'aws:Referer', 'https://example.com/*')],
    ['any organization', when('StringLike', 'aws:PrincipalOrgID', 'o-*')],
    ['all but one network', when('StringNotEquals', 'aws:SourceVpc', 'vpc-1')],
    ['every address', when('IpAddress', 'aws:SourceIp', ['10.0.0.0/8', '0.0.0.0/1'])],
    ['any role, whatever its account', when('ArnLike', 'aws:PrincipalArn', 'arn:aws:iam::*:role/reports')],
    ['where a key is absent', when('StringEqualsIfExists', 'aws:SourceVpce', 'vpce-1')],
  ])('%s', (_, statement) => {
    expect(isPublic([{ ...allow, Effect: 'Deny' }, statement])).toBe(true);
  });

  test.each<[string, object]>([
    ['a denial', { ...allow, Effect: 'Deny' }],
    ['one account', { ...allow, Principal: { AWS: '111122223333' } }],
    ['a service', { ...allow, Principal: { Service: 'cloudtrail.amazonaws.com' } }],
    ['one organization', when('StringEquals', 'aws:PrincipalOrgID', 'o-example')],
    ['one network', when('StringEquals', 'AWS:SourceVpce', ['vpce-1', 'vpce-2'])],
    ['a range of addresses', when('IpAddress', 'aws:SourceIp', '203.0.113.0/24')],
    ['roles of one account', when('ArnLike', 'aws:PrincipalArn', 'arn:aws:iam::111122223333:role/*')],
  ])('not: %s', (_, statement) => {
    expect(isPublic([statement])).toBe(false);
  });
});

describe('S3 would not take', () => {
  const deny = { Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*' };
  test.each<[string, object, string | null]>([
    ['a deleted role', { ...allow, Principal: { AWS: 'AROAEXAMPLEDELETED12' } }, 'AROAEXAMPLEDELETED12'],
    ['a denial of everything', deny, 'PutBucketPolicy'],
    [
      'a denial of everything on other resources',
      { ...deny, Resource: undefined, NotResource: `${ARN}/*` },
      'PutBucketPolicy',
    ],
    ['a denial of everything else', { ...deny, Action: undefined, NotAction: 's3:PutBucket*' }, null],
    ['a denial on another bucket', { ...deny, Resource: `${ARN}-2` }, null],
    ['a denial for one account', { ...deny, Principal: { AWS: '444455556666' } }, null],
    [
      'an access identity of CloudFront',
      { ...allow, Principal: { AWS: 'arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1' } },
      null,
    ],
  ])('%s', (_, statement, says) => {
    const reason = whyNotPut(JSON.stringify({ Statement: [statement] }), [statement], ARN);
    if (says === null) expect(reason).toBeNull();
    else expect(reason).toContain(says);
  });

  test('more than 20,480 bytes, counted as they are sent', () => {
    expect(whyNotPut('é'.repeat(10_240), [], ARN)).toBeNull();
    expect(whyNotPut('é'.repeat(10_241), [], ARN)).toContain('20482 bytes');
  });
});
