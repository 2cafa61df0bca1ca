import { describe, expect, test } from '@jest/globals';
import { policyText } from '../../../shared/aws/iam/policy-text.ts';
import { restrictedToAccount, withoutPublicStatements } from '../../../shared/aws/iam/public-removal.ts';

const ROOT = 'arn:aws:iam::111122223333:root';
const open = { Sid: 'Open', Effect: 'Allow', Principal: '*' as unknown, Action: 'sqs:SendMessage' };
const closed = { Sid: 'Own', Effect: 'Allow', Principal: { AWS: ROOT }, Action: 'sqs:*' };
const text = (...Statement: object[]) => policyText(JSON.stringify({ Version: '2012-10-17', Statement }, null, 2));
const twice = policyText(
  '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"sqs:SendMessage","Action":"sqs:ReceiveMessage"}]}',
);
const deleted = { ...closed, Principal: { AWS: 'AROAEXAMPLEDELETED12' } };

describe('without public statements', () => {
  test('a policy keeps the others', () => {
    expect(withoutPublicStatements(text(open, closed))).toEqual({
      text: text(closed).text,
      left: [closed],
      elements: ['statement Open'],
    });
  });
  test('a policy with a deleted principal in what goes', () => {
    const both = { ...open, Principal: { AWS: ['*', 'AROAEXAMPLEDELETED12'] } };
    expect(withoutPublicStatements(text(both, closed))).toMatchObject({ left: [closed] });
  });
  test.each([
    ['a deleted principal stays', text(open, deleted), 'AROAEXAMPLEDELETED12'],
    ['a key stands twice', twice, 'a key twice'],
    ['the list stands twice', policyText(`{"Statement":[${JSON.stringify(open)}],"statement":[]}`), 'a key twice'],
  ])('a person has to edit it where %s', (_, policy, says) => {
    expect(withoutPublicStatements(policy)).toEqual({ byHand: expect.stringContaining(says) });
  });
});

describe('with the own account for everybody', () => {
  test.each<[string, unknown, unknown]>([
    ['a star', '*', { AWS: ROOT }],
    ['all AWS principals', { AWS: '*' }, { AWS: ROOT }],
    [
      'everybody beside others',
      { AWS: ['*', '444455556666'], Service: 's3.amazonaws.com' },
      { AWS: ['444455556666', ROOT], Service: 's3.amazonaws.com' },
    ],
    ['any canonical user', { CanonicalUser: '*' }, { AWS: ROOT }],
  ])('%s', (_, before, after) => {
    const policy = text(closed, { ...open, Principal: before }, { ...open, Sid: 'Second' });
    const expected = JSON.stringify({
      Version: '2012-10-17',
      Statement: [closed, { ...open, Principal: after }, { ...open, Sid: 'Second', Principal: { AWS: ROOT } }],
    });
    const result = restrictedToAccount(policy, ROOT);
    if (!('text' in result)) throw new Error(result.byHand);
    expect(JSON.stringify(JSON.parse(result.text))).toBe(expected);
    expect(result.elements).toEqual(['statement Open', 'statement Second']);
  });

  test.each([
    ['a deleted principal', text(open, deleted), 'AROAEXAMPLEDELETED12'],
    ['a key twice', twice, 'a key twice'],
    ['everybody but some', text({ ...open, Principal: undefined, NotPrincipal: { AWS: ROOT } }), 'statement "Open"'],
    [
      'users of an open identity provider',
      text({ ...open, Principal: { Federated: 'graph.facebook.com' } }),
      'statement "Open"',
    ],
  ])('a person has to edit it where there is %s', (_, policy, says) => {
    expect(restrictedToAccount(policy, ROOT)).toEqual({ byHand: expect.stringContaining(says) });
  });
});
