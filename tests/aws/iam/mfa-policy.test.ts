import { expect, test } from '@jest/globals';
import { mfaPolicy, requiresMfa } from '../../../shared/aws/iam/mfa-policy.ts';

const { PolicyDocument } = mfaPolicy;
const document = JSON.parse(PolicyDocument);
const withText = (text: string) => requiresMfa({ ...mfaPolicy, PolicyDocument: text });

test('the policy is known by what it says, whatever its spacing', () => {
  expect(requiresMfa(mfaPolicy)).toBe(true);
  expect(withText(JSON.stringify(document, null, 2))).toBe(true);
});

test.each([
  ['another name', { ...mfaPolicy, PolicyName: 'RequireMFA' }],
  ['no statements', { ...mfaPolicy, PolicyDocument: '{"Version":"2012-10-17","Statement":[]}' }],
  ['no denial', { ...mfaPolicy, PolicyDocument: JSON.stringify({ ...document, Statement: [document.Statement[0]] }) }],
  [
    'one more statement',
    {
      ...mfaPolicy,
      PolicyDocument: JSON.stringify({
        ...document,
        Statement: [...document.Statement, { Effect: 'Allow', Action: '*', Resource: '*' }],
      }),
    },
  ],
])('and not by its name alone: %s', (_, policy) => expect(requiresMfa(policy)).toBe(false));

test('what registers a device is not denied, and holds for the own user alone', () => {
  const [allowed, denied] = document.Statement;
  expect(allowed.Action.filter((action: string) => !denied.NotAction.includes(action))).toEqual([]);
  expect(allowed.Resource).toEqual([
    'arn:*:iam::*:mfa/*',
    'arn:*:iam::*:user/${aws:username}',
    'arn:*:iam::*:user/*/${aws:username}',
  ]);
});
