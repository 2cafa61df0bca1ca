import { describe, expect, test } from '@jest/globals';
import { namedBy, namesSource, narrowingConditions, sparesOnlyFixed } from '../../../shared/aws/iam/conditions.ts';

const OWN = '111122223333';
const isNarrow = (condition: object) => narrowingConditions(condition).length > 0;
const when = (operator: string, key: string, value: unknown) => ({ [operator]: { [key]: value } });

describe('a grant is narrowed', () => {
  test.each<[string, object]>([
    ['to an account', when('StringEquals', 'aws:PrincipalAccount', OWN)],
    ['to several accounts', when('StringEquals', 'aws:SourceAccount', [OWN, '444455556666'])],
    ['to an account by an operator that takes wildcards', when('StringLike', 'aws:SourceOwner', OWN)],
    ['by a number', when('StringEquals', 'kms:CallerAccount', 111122223333)],
    ['to an organization', when('StringEquals', 'aws:PrincipalOrgID', ['o-example1', 'o-example2'])],
    ['to the organization of the source', when('StringLike', 'aws:SourceOrgID', 'o-123456')],
    ['to paths of an organization', when('ForAnyValue:StringLike', 'aws:PrincipalOrgPaths', 'o-example/r-ab12/*')],
    ['to the organization of the resource', when('StringEquals', 'aws:PrincipalOrgID', '${aws:ResourceOrgID}')],
    ['to the account of the resource', when('StringEquals', 'aws:PrincipalAccount', '${aws:ResourceAccount}')],
    ['to a role', when('ArnEquals', 'aws:PrincipalArn', `arn:aws:iam::${OWN}:role/reports`)],
    ['to all roles of an account', when('ArnLike', 'aws:PrincipalArn', `arn:aws:iam::${OWN}:role/*`)],
    ['to trails of every region', when('StringLike', 'aws:SourceArn', `arn:aws:cloudtrail:*:${OWN}:trail/*`)],
    ['to everything of an account', when('ArnLike', 'aws:SourceArn', `arn:aws:*:*:${OWN}:*`)],
    ['to a bucket, whose ARN has no account', when('ArnLike', 'AWS:SourceArn', 'arn:aws:s3:::reports')],
    [
      'to access points of an account',
      when('StringLike', 's3:DataAccessPointArn', `arn:aws:s3:*:${OWN}:accesspoint/*`),
    ],
    ['to networks', when('StringEquals', 'aws:sourcevpc', ['vpc-1', 'vpc-2'])],
    ['to an endpoint, the operator in small letters', when('stringequals', 'AWS:SOURCEVPCE', 'vpce-1')],
    ['to addresses', when('IpAddress', 'aws:SourceIp', ['203.0.113.0/24', '192.0.2.7', '2001:db8::/32'])],
    ['to a range as broad as S3 allows', when('IpAddress', 'aws:SourceIp', '10.0.0.0/8')],
    ['to a role by its unique id', when('StringLike', 'aws:userid', 'AROAEXAMPLEROLEID123:*')],
    ['to a service', when('StringEquals', 'aws:PrincipalServiceName', 'cloudtrail.amazonaws.com')],
    ['to services', when('Bool', 'aws:PrincipalIsAWSService', true)],
    [
      'to services, of requests that somebody signed',
      { ...when('BoolIfExists', 'aws:PrincipalIsAWSService', 'true'), Null: { 'aws:PrincipalIsAWSService': 'false' } },
    ],
    ['to who knows a token', when('StringEquals', 'lambda:EventSourceToken', 'token')],
    ['to who knows an external id', when('StringEquals', 'sts:ExternalId', 'example')],
    ['to subscriptions of one domain', when('StringLike', 'SNS:Endpoint', '*@example.com')],
    [
      'to one subscription',
      when('StringEquals', 'sns:Endpoint', `arn:aws:sns:eu-west-2:${OWN}:topic:995be20c-a7e3-44ca-8c18-77cb263d15e7`),
    ],
    [
      'by one of two conditions',
      { ...when('Bool', 'aws:SecureTransport', 'true'), ...when('StringEquals', 'aws:SourceVpc', 'vpc-1') },
    ],
    ['by one of two keys', { StringEquals: { 'aws:Referer': 'x', 'aws:SourceAccount': OWN } }],
    [
      'by an operator that lets an absent key through, where the key has to be there',
      { StringEqualsIfExists: { 'aws:SourceVpce': 'vpce-1' }, Null: { 'AWS:SourceVpce': 'false' } },
    ],
    [
      'by all values, where there has to be one',
      {
        'ForAllValues:StringLike': { 'aws:PrincipalOrgPaths': 'o-example/*' },
        Null: { 'aws:PrincipalOrgPaths': false },
      },
    ],
  ])('%s', (_, condition) => expect(isNarrow(condition)).toBe(true));

  test.each<[string, object | undefined]>([
    ['no condition', undefined],
    ['an empty one', {}],
    ['no value', when('StringEquals', 'aws:SourceAccount', [])],
    ['any account', when('StringLike', 'aws:SourceAccount', '*')],
    ['a beginning of an account', when('StringLike', 'aws:PrincipalAccount', '1111*')],
    ['one account or any', when('StringLike', 'aws:SourceAccount', [OWN, '*'])],
    ['any organization', when('StringEquals', 'aws:PrincipalOrgID', ['o-example', '*'])],
    ['what only begins like an organization', when('StringLike', 'aws:PrincipalOrgID', 'o-*')],
    ['paths of any organization', when('ForAnyValue:StringLike', 'aws:PrincipalOrgPaths', 'o-*/r-ab12/*')],
    ['roles of any account', when('ArnLike', 'aws:PrincipalArn', 'arn:aws:iam::*:role/reports')],
    ['buckets of anybody', when('ArnLike', 'aws:SourceArn', 'arn:aws:s3:::*')],
    ['functions of any account', when('ArnLike', 'aws:SourceArn', 'arn:aws:lambda:us-east-1:*:function:orders')],
    ['an account that a star could move', when('StringLike', 'aws:SourceArn', `arn:aws:*:${OWN}:*`)],
    ['any network', when('StringLike', 'aws:SourceVpc', 'vpc-*')],
    ['every address', when('IpAddress', 'aws:SourceIp', '0.0.0.0/0')],
    ['every address, by a star', when('IpAddress', 'aws:SourceIp', ['192.168.1.1', '*'])],
    ['half of all addresses', when('IpAddress', 'aws:SourceIp', ['10.0.0.0/8', '0.0.0.0/1'])],
    [
      'all addresses in narrow pieces',
      when(
        'IpAddress',
        'aws:SourceIp',
        Array.from({ length: 256 }, (_, first) => `${first}.0.0.0/8`),
      ),
    ],
    ['too many IPv6 addresses', when('IpAddress', 'aws:SourceIp', '2001::/16')],
    ['what is no address', when('IpAddress', 'aws:SourceIp', 'invalid.ip.address')],
    ['an address within whoever’s network', when('IpAddress', 'aws:VpcSourceIp', '10.0.0.0/24')],
    ['any session', when('StringLike', 'aws:userid', '*:session')],
    ['a variable that the caller decides', when('StringEquals', 'aws:SourceAccount', '${aws:PrincipalAccount}')],
    ['whose resource it is', when('StringEquals', 'aws:ResourceAccount', OWN)],
    ['whose bucket it is', when('StringEquals', 's3:ResourceAccount', OWN)],
    ['a tag, which anybody can give', when('StringEquals', 'aws:PrincipalTag/team', 'reports')],
    ['a name, which anybody can take', when('StringEquals', 'aws:username', 'reports')],
    ['a referer', when('StringLike', 'aws:Referer', 'https://example.com/*')],
    ['a prefix of objects', when('StringLike', 's3:prefix', 'home/')],
    ['by which service a key is used', when('StringEquals', 'kms:ViaService', 's3.eu-west-1.amazonaws.com')],
    ['TLS', when('Bool', 'aws:SecureTransport', 'true')],
    ['no service', when('Bool', 'aws:PrincipalIsAWSService', 'false')],
    ['a service, or whoever does not sign', when('BoolIfExists', 'aws:PrincipalIsAWSService', 'true')],
    ['all but one network', when('StringNotEquals', 'aws:SourceVpc', 'vpc-1')],
    ['all but some addresses', when('NotIpAddress', 'aws:SourceIp', '203.0.113.0/24')],
    ['or where the key is absent', when('StringEqualsIfExists', 'aws:SourceVpce', 'vpce-1')],
    ['or where there is no value', when('ForAllValues:StringEquals', 'aws:PrincipalOrgPaths', 'o-example/r-1/')],
    ['only where the key is absent', when('Null', 'aws:SourceVpce', 'true')],
    ['any value of a key', when('Null', 'aws:PrincipalOrgID', 'false')],
    [
      'another key has to be there',
      { ...when('StringEqualsIfExists', 'aws:SourceVpce', 'vpce-1'), ...when('Null', 'aws:SourceIp', 'false') },
    ],
    ['subscriptions of any domain', when('StringLike', 'sns:Endpoint', '*@*')],
    ['subscriptions of many domains', when('StringLike', 'sns:Endpoint', '*@example.*')],
    ['any path of a host', when('StringLike', 'sns:Endpoint', 'https://events.example.com/*/enqueue')],
    ['an operator that is none', when('Equals', 'aws:SourceAccount', OWN)],
    ['no object', { StringEquals: 'aws:SourceAccount' }],
  ])('not by %s', (_, condition) => expect(narrowingConditions(condition)).toEqual([]));
});

describe('a denial spares only what is fixed', () => {
  const outsiders = when('StringNotEqualsIfExists', 'aws:PrincipalOrgID', 'o-example');
  test.each<[string, object | undefined, boolean]>([
    ['nothing', undefined, true],
    ['an organization', outsiders, true],
    [
      'an organization and AWS services',
      { ...outsiders, ...when('BoolIfExists', 'aws:PrincipalIsAWSService', 'false') },
      true,
    ],
    [
      'an organization, AWS services and whoever does not sign',
      { ...outsiders, ...when('Bool', 'aws:PrincipalIsAWSService', 'false') },
      false,
    ],
    ['addresses', when('NotIpAddress', 'aws:SourceIp', '203.0.113.0/24'), true],
    ['a role', when('ArnNotLike', 'aws:PrincipalArn', `arn:aws:iam::${OWN}:role/*`), true],
    ['any organization', when('StringNotLike', 'aws:PrincipalOrgID', 'o-*'), false],
    ['requests with TLS', when('Bool', 'aws:SecureTransport', 'false'), false],
    ['whoever is not in the organization', when('StringEquals', 'aws:PrincipalOrgID', 'o-example'), false],
    ['what comes by a service', { ...outsiders, ...when('Bool', 'aws:ViaAWSService', 'false') }, false],
    ['who has one right value', when('ForAllValues:StringNotLike', 'aws:PrincipalOrgPaths', 'o-example/*'), false],
  ])('%s: %#', (_, condition, expected) => expect(sparesOnlyFixed(condition)).toBe(expected));
});

test('a condition names accounts or organizations, or something else', () => {
  const named = (condition: object) => narrowingConditions(condition).map(namedBy);
  expect(named(when('StringEquals', 'aws:SourceAccount', OWN))).toEqual([{ accounts: [OWN], organizations: [] }]);
  expect(named(when('ArnLike', 'aws:SourceArn', `arn:aws:sns:*:${OWN}:*`))).toEqual([
    { accounts: [OWN], organizations: [] },
  ]);
  expect(named(when('ForAnyValue:StringLike', 'aws:PrincipalOrgPaths', 'o-example/r-1/*'))).toEqual([
    { accounts: [], organizations: ['o-example'] },
  ]);
  expect(named(when('StringEquals', 'aws:PrincipalOrgID', 'o-example'))).toEqual([
    { accounts: [], organizations: ['o-example'] },
  ]);
  expect(named(when('ArnLike', 'aws:SourceArn', 'arn:aws:s3:::reports'))).toEqual([null]);
  expect(named(when('StringEquals', 'aws:SourceVpc', 'vpc-1'))).toEqual([null]);
});

test('a grant to a service names whose resource is meant', () => {
  expect(namesSource(when('ArnLike', 'aws:SourceArn', 'arn:aws:s3:::reports'))).toBe(true);
  expect(namesSource(when('StringEquals', 'aws:SourceOrgID', 'o-example'))).toBe(true);
  expect(namesSource(when('StringEquals', 'aws:PrincipalOrgID', 'o-example'))).toBe(false);
  expect(namesSource(when('ArnLike', 'aws:SourceArn', 'arn:aws:s3:::*'))).toBe(false);
  expect(namesSource(undefined)).toBe(false);
});
