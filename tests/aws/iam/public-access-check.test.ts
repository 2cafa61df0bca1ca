import { SetQueueAttributesCommand, type SetQueueAttributesCommandInput, SQSClient } from '@aws-sdk/client-sqs';
import { expect, test } from '@jest/globals';
import { onePolicy } from '../../../shared/aws/iam/public-access-check.ts';
import type { Aws } from '../../../shared/resource.ts';
import { step } from '../../../shared/step.ts';

const { grants, ask, policies, edits } = onePolicy(
  'AWS::SQS::Queue',
  'policy',
  ({ Attributes }: SetQueueAttributesCommandInput) => Attributes?.Policy,
);
const put = (Attributes: Readonly<Record<string, string>>) =>
  step(SQSClient, SetQueueAttributesCommand, { QueueUrl: 'q', Attributes });

test('Access Analyzer is asked about the kind of policy, with the action that the check says', async () => {
  const sent: object[] = [];
  const send = async (command: { readonly input: object }) => {
    sent.push([command.constructor.name, command.input]);
    return { result: 'PASS', message: 'It is private.' };
  };
  expect(await ask((() => ({ send })) as unknown as Aws, '{}')).toEqual({ isPublic: false, says: 'It is private.' });
  expect(sent).toEqual([['CheckNoPublicAccessCommand', { resourceType: 'AWS::SQS::Queue', policyDocument: '{}' }]]);
  expect(grants).toEqual({ 'access-analyzer:CheckNoPublicAccess': '*' });
});

test('a resource with a policy has this one, and none without', () => {
  expect(policies({ policy: '{}' })).toEqual(['{}']);
  expect(policies({ policy: null })).toEqual([]);
});

test.each([
  ['puts another', [put({ Policy: '{"Id":"a"}' })], [{ before: '{}', after: '{"Id":"a"}' }]],
  ['removes it', [put({ Policy: '' })], [{ before: '{}', after: null }]],
  ['puts something else', [put({ DelaySeconds: '1' })], []],
  [
    'puts it twice',
    [put({ Policy: '{"Id":"a"}' }), put({ Policy: '{"Id":"b"}' }), put({ DelaySeconds: '1' })],
    [{ before: '{}', after: '{"Id":"b"}' }],
  ],
])('a plan that %s', (_, steps, expected) => {
  expect(edits({ policy: '{}' }, steps)).toEqual(expected);
});

test('a first policy is no edit of one', () => {
  expect(edits({ policy: null }, [put({ Policy: '{}' })])).toEqual([]);
});
