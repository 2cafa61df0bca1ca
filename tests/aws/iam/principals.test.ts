import { describe, expect, test } from '@jest/globals';
import { accountOf, isForEverybody, openProviders } from '../../../shared/aws/iam/principals.ts';

const ROOT = 'arn:aws:iam::111122223333:root';

test.each<[string, object, boolean]>([
  ['a star', { Principal: '*' }, true],
  ['a list with a star', { Principal: ['*'] }, true],
  ['all AWS principals', { Principal: { AWS: '*' } }, true],
  ['the type in small letters', { principal: { aws: '*' } }, true],
  ['a star in a list', { Principal: { AWS: [ROOT, '*'] } }, true],
  ['the roots of all accounts', { Principal: { AWS: 'arn:aws:iam::*:root' } }, true],
  ['the roots of all accounts, as a text', { Principal: 'arn:aws:iam::*:root' }, true],
  ['a role of any account', { Principal: { AWS: 'arn:aws:iam::?11122223333:role/x' } }, true],
  ['any canonical user', { Principal: { CanonicalUser: '*' } }, true],
  [
    'any canonical user beside others',
    { Principal: { AWS: ROOT, Service: 'lambda.amazonaws.com', CanonicalUser: '*' } },
    true,
  ],
  ['whoever is federated', { Principal: { Federated: '*' } }, true],
  ['everybody but one', { NotPrincipal: { AWS: ROOT } }, true],
  ['an account', { Principal: { AWS: ROOT } }, false],
  ['all roles of an account', { Principal: { AWS: 'arn:aws:iam::111122223333:role/*' } }, false],
  ['a service', { Principal: { Service: 'lambda.amazonaws.com' } }, false],
  ['an access identity of CloudFront', { Principal: { AWS: 'arn:aws:iam::cloudfront:user/CloudFront E1' } }, false],
  ['a deleted role', { Principal: { AWS: 'AROAEXAMPLEDELETED12' } }, false],
  ['nobody', { Principal: '' }, false],
  ['no principal', {}, false],
  ['null', { Principal: null }, false],
])('%s is everybody: %#', (_, statement, expected) => expect(isForEverybody(statement)).toBe(expected));

describe('an identity provider that everybody can sign in to', () => {
  const GITHUB = 'token.actions.githubusercontent.com';
  const trusting = (Federated: unknown, condition?: object) => ({
    Effect: 'Allow',
    Principal: { Federated },
    Action: 'sts:AssumeRoleWithWebIdentity',
    ...(condition ? { Condition: condition } : {}),
  });
  const github = (condition?: object) =>
    openProviders(trusting(`arn:aws:iam::111122223333:oidc-provider/${GITHUB}`, condition));
  const sub = (operator: string, value: unknown) => ({ [operator]: { [`${GITHUB}:sub`]: value } });

  test.each<[string, object | undefined]>([
    ['no condition', undefined],
    ['the audience alone', { StringEquals: { [`${GITHUB}:aud`]: 'sts.amazonaws.com' } }],
    ['any repository', sub('StringLike', 'repo:*')],
    ['any owner', sub('StringLike', 'repo:*/infrastructure:*')],
    ['owners that begin alike', sub('StringLike', 'repo:example*')],
    ['anything', sub('StringLike', ['repo:example/*', '*'])],
    ['no value', sub('StringEquals', [])],
    ['an absent claim', sub('StringEqualsIfExists', 'repo:example/site:ref:refs/heads/main')],
    ['all but one', sub('StringNotEquals', 'repo:example/site:ref:refs/heads/main')],
    ['a variable', sub('StringLike', 'repo:example/${aws:PrincipalTag/x}')],
  ])('is open with %s', (_, condition) => expect(github(condition)).toEqual([GITHUB]));

  test.each<[string, object]>([
    ['a branch', sub('StringEquals', 'repo:example/site:ref:refs/heads/main')],
    ['an owner', sub('StringLike', 'repo:example/*')],
    ['an owner by a claim of its own', { StringEquals: { [`${GITHUB}:repository_owner_id`]: '12345' } }],
    ['one value of several', sub('ForAnyValue:StringLike', 'repo:example/site:*')],
  ])('is not with %s', (_, condition) => expect(github(condition)).toEqual([]));

  test('others say who it is by claims of theirs', () => {
    expect(openProviders(trusting(['graph.facebook.com', 'cognito-identity.amazonaws.com']))).toEqual([
      'graph.facebook.com',
      'cognito-identity.amazonaws.com',
    ]);
    const pool = { StringEquals: { 'cognito-identity.amazonaws.com:aud': 'eu-west-1:12345678' } };
    expect(openProviders(trusting('cognito-identity.amazonaws.com', pool))).toEqual([]);
    const terraform = { StringLike: { 'app.terraform.io:sub': 'organization:example:project:*' } };
    expect(openProviders(trusting('arn:aws:iam::111122223333:oidc-provider/app.terraform.io', terraform))).toEqual([]);
  });

  test('those of an organization of its own are not open', () => {
    expect(openProviders(trusting('arn:aws:iam::111122223333:saml-provider/example'))).toEqual([]);
    const cluster = 'arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE';
    expect(openProviders(trusting(cluster))).toEqual([]);
  });
});

test.each([
  ['111122223333', '111122223333'],
  [ROOT, '111122223333'],
  ['arn:aws-cn:sts::111122223333:assumed-role/x/y', '111122223333'],
  ['*', null],
  ['AROAEXAMPLEDELETED12', null],
  ['arn:aws:iam::cloudfront:user/CloudFront E1', null],
])('the account of %s is %s', (principal, account) => expect(accountOf(principal)).toBe(account));
