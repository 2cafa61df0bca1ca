import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type PolicyStatement, parsePolicy, statementsOf } from '../../../shared/aws/iam/policy-document.ts';
import { policyText } from '../../../shared/aws/iam/policy-text.ts';
import { elementOf, namesOf, publicStatements } from '../../../shared/aws/iam/public-access.ts';

const ARN = 'arn:aws:sqs:eu-west-1:111122223333:orders';
const allow = { Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: ARN };
const deny = { ...allow, Effect: 'Deny', Action: 'sqs:*' };
const outsiders = { StringNotEquals: { 'aws:PrincipalOrgID': 'o-example' } };
const isPublic = (...statements: PolicyStatement[]) => publicStatements(statements).length > 0;

describe('a policy is public', () => {
  test.each<[string, PolicyStatement[]]>([
    ['for everybody', [allow]],
    ['beside what is not', [{ ...allow, Principal: { AWS: '111122223333' } }, allow]],
    ['for everything but one action', [{ ...allow, Action: undefined, NotAction: 'sqs:DeleteQueue' }]],
    ['for all but one resource', [{ ...allow, Resource: undefined, NotResource: `${ARN}-2` }]],
    ['with a condition that narrows nothing', [{ ...allow, Condition: { Bool: { 'aws:SecureTransport': 'true' } } }]],
    [
      'with a denial of what comes without TLS',
      [allow, { ...deny, Condition: { Bool: { 'aws:SecureTransport': 'false' } } }],
    ],
    ['with a denial of another action', [allow, { ...deny, Action: 'sqs:ReceiveMessage', Condition: outsiders }]],
    [
      'with a denial of what only looks alike',
      [
        { ...allow, Action: 'sqs:Send*' },
        { ...deny, Action: 'sqs:Send?' },
      ],
    ],
    ['with a denial on another resource', [allow, { ...deny, Resource: `${ARN}-2`, Condition: outsiders }]],
    ['with a denial on all but some', [allow, { ...deny, Resource: undefined, NotResource: ARN }]],
    ['with a denial for one account', [allow, { ...deny, Principal: { AWS: '444455556666' } }]],
    ['with a denial for all but everybody', [allow, { ...deny, Principal: undefined, NotPrincipal: { AWS: '*' } }]],
    [
      'with a denial for any organization',
      [allow, { ...deny, Condition: { StringNotLike: { 'aws:PrincipalOrgID': 'o-*' } } }],
    ],
    [
      'with an allowance that looks like a denial',
      [allow, { ...deny, Effect: 'Allow', Principal: { AWS: '111122223333' } }],
    ],
    ['for all users of an open identity provider', [{ ...allow, Principal: { Federated: 'graph.facebook.com' } }]],
  ])('%s', (_, statements) => expect(isPublic(...statements)).toBe(true));

  test.each<[string, PolicyStatement[]]>([
    ['no statement', []],
    ['a denial', [deny]],
    ['an account', [{ ...allow, Principal: { AWS: '444455556666' } }]],
    ['a service', [{ ...allow, Principal: { Service: 'sns.amazonaws.com' } }]],
    ['an effect that is none', [{ ...allow, Effect: 'Maybe' }]],
    ['a narrow condition', [{ ...allow, Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::reports' } } }]],
    ['a denial of outsiders', [allow, { ...deny, Condition: outsiders }]],
    [
      'a denial of outsiders for the action',
      [allow, { ...deny, Action: ['sqs:Receive*', 'SQS:Send*'], Condition: outsiders }],
    ],
    [
      'a denial of outsiders on everything',
      [
        { ...allow, Action: undefined, NotAction: 'sqs:DeleteQueue' },
        { ...deny, Action: '*', Resource: '*', Condition: outsiders },
      ],
    ],
    [
      'a denial for all but an account',
      [allow, { ...deny, Principal: undefined, NotPrincipal: { AWS: ['111122223333'] } }],
    ],
    ['a denial of everything', [allow, deny]],
  ])('not with %s', (_, statements) => expect(isPublic(...statements)).toBe(false));
});

test('a statement is called by its Sid, else by its place, and its element by its Sid, else by its content', () => {
  const statements = [{ ...allow, Sid: 'Open' }, allow];
  expect(namesOf(statements, statements)).toBe('statements "Open", no. 2');
  expect(namesOf([allow], statements)).toBe('statement no. 2');
  expect(elementOf({ ...allow, Sid: 'Open' })).toBe('statement Open');
  expect(elementOf(allow)).toMatch(/^statement [0-9a-f]{12}$/);
  expect(elementOf(allow)).toBe(elementOf({ ...allow }));
  expect(elementOf(allow)).not.toBe(elementOf({ ...allow, Action: 'sqs:*' }));
});

describe('whatever the policy', () => {
  const ROOT = 'arn:aws:iam::444455556666:root';
  const oneOrMore = <T>(one: fc.Arbitrary<T>) => fc.oneof(one, fc.array(one, { minLength: 1, maxLength: 3 }));
  const principal = fc.oneof(
    fc.constant('*'),
    fc.record({ AWS: oneOrMore(fc.constantFrom('*', ROOT, 'arn:aws:iam::*:root')) }),
    fc.constant({ Service: 's3.amazonaws.com' }),
    fc.constant({ Federated: 'accounts.google.com' }),
  );
  const NARROW: readonly (readonly [string, string, string])[] = [
    ['StringEquals', 'aws:SourceAccount', '111122223333'],
    ['StringEquals', 'aws:PrincipalOrgID', 'o-example'],
    ['ArnLike', 'aws:SourceArn', 'arn:aws:sns:*:111122223333:*'],
    ['IpAddress', 'aws:SourceIp', '203.0.113.0/24'],
  ];
  const condition = fc.constantFrom(
    ...NARROW,
    ['Bool', 'aws:SecureTransport', 'false'] as const,
    ['StringLike', 'aws:PrincipalOrgID', 'o-*'] as const,
    ['StringNotEquals', 'aws:PrincipalOrgID', 'o-example'] as const,
    ['StringEqualsIfExists', 'aws:SourceVpce', 'vpce-1'] as const,
  );
  const conditions = fc
    .uniqueArray(condition, { maxLength: 3, selector: ([operator]) => operator })
    .map((triples) => Object.fromEntries(triples.map(([operator, key, value]) => [operator, { [key]: value }])));
  const statement: fc.Arbitrary<PolicyStatement> = fc.record(
    {
      Effect: fc.constantFrom('Allow', 'Deny'),
      Principal: principal,
      Action: oneOrMore(fc.constantFrom('sqs:SendMessage', 'sqs:*', 'sqs:Send*', '*')),
      Resource: oneOrMore(fc.constantFrom(ARN, '*')),
      Condition: conditions,
    },
    { requiredKeys: ['Effect', 'Principal', 'Action', 'Resource'] },
  );
  const policy = fc.array(statement, { maxLength: 5 });
  const scrambled = (text: string) =>
    [...text].map((letter, index) => (index % 2 === 0 ? letter.toUpperCase() : letter.toLowerCase())).join('');

  test('one more narrow condition of a grant makes nothing public', () => {
    fc.assert(
      fc.property(policy, fc.nat(), fc.constantFrom(...NARROW), (statements, at, [operator, key, value]) => {
        const index = at % Math.max(1, statements.length);
        const narrowed = statements.map((one, place) => {
          if (place !== index || one.Effect !== 'Allow') return one;
          const before = (one.Condition ?? {}) as Record<string, object>;
          return { ...one, Condition: { ...before, [operator]: { ...before[operator], [key]: value } } };
        });
        const before = publicStatements(statements).map((one) => statements.indexOf(one));
        const after = publicStatements(narrowed).map((one) => narrowed.indexOf(one));
        expect(before).toEqual(expect.arrayContaining(after));
        if (statements[index]?.Effect === 'Allow') expect(after).not.toContain(index);
      }),
    );
  });

  test('without the statements that are named it is not public, and the others are the same', () => {
    fc.assert(
      fc.property(policy, fc.constantFrom(0, 2), (statements, indentation) => {
        const text = policyText(JSON.stringify({ Version: '2012-10-17', Statement: statements }, null, indentation));
        const left = policyText(text.withoutStatements(publicStatements(text.statements)) ?? '');
        expect(publicStatements(left.statements)).toEqual([]);
        const named = publicStatements(statements);
        expect(left.statements).toEqual(statements.filter((one) => !named.includes(one)));
      }),
    );
  });

  test('the order of statements and keys, and the case of keys, do not matter', () => {
    fc.assert(
      fc.property(policy, (statements) => {
        const reordered = statements.toReversed().map((one) => rekeyed(one, (key) => key) as PolicyStatement);
        const named = publicStatements(statements).map((one) => statements.indexOf(one));
        const placed = (turned: readonly PolicyStatement[]) =>
          publicStatements(turned)
            .map((one) => statements.length - 1 - turned.indexOf(one))
            .toSorted();
        expect(placed(reordered)).toEqual(named);
        expect(placed(statements.toReversed().map((one) => rekeyed(one, scrambled) as PolicyStatement))).toEqual(named);
      }),
    );
  });

  test('one value and a list of it are the same, and one statement and a list of it', () => {
    fc.assert(
      fc.property(statement, (one) => {
        const listed = listedValues(one) as PolicyStatement;
        expect(isPublic(listed)).toBe(isPublic(one));
        const bare = statementsOf(parsePolicy(JSON.stringify({ Statement: one })));
        expect(isPublic(...bare)).toBe(isPublic(one));
      }),
    );
  });
});

/** The same object with its keys in another order, each spelled by `spell`. */
const rekeyed = (value: unknown, spell: (key: string) => string): unknown =>
  typeof value !== 'object' || value === null || Array.isArray(value)
    ? value
    : Object.fromEntries(
        Object.entries(value)
          .toReversed()
          .map(([key, member]) => [spell(key), rekeyed(member, spell)]),
      );

/** The same statement with every single value in a list, but for its effect and the principal `*`. */
const listedValues = (value: unknown, key = ''): unknown => {
  if (typeof value === 'string') return key === 'Effect' || key === 'Principal' ? value : [value];
  if (Array.isArray(value) || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, listedValues(member, name)]));
};
