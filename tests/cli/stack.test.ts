import { expect, test } from '@jest/globals';
import { outputOf } from '../../shared/cli/stack.ts';
import { answeringAws, awsError } from '../support/doctor-context.ts';

const OUTPUT = { OutputKey: 'DeadLetterQueueUrl', OutputValue: 'https://sqs.eu-west-1.amazonaws.com/1/q' };
const stackOf = (answer: object) => answeringAws({ DescribeStacks: () => answer })('eu-west-1');

test('gives the output of that name', async () => {
  const aws = stackOf({ Stacks: [{ Outputs: [{ OutputKey: 'Other', OutputValue: 'x' }, OUTPUT] }] });
  expect(await outputOf('evenkeel-prod', 'DeadLetterQueueUrl', aws)).toBe(OUTPUT.OutputValue);
});

test.each([
  [
    'no such stack',
    awsError('ValidationError', 'Stack with id evenkeel-prod does not exist'),
    'there is no stack evenkeel-prod in this region',
  ],
  ['a stack without outputs', { Stacks: [{}] }, 'the stack evenkeel-prod has no output DeadLetterQueueUrl'],
  [
    'a stack without this one',
    { Stacks: [{ Outputs: [{ ...OUTPUT, OutputKey: 'Other' }] }] },
    'has no output DeadLetterQueueUrl',
  ],
])('%s is wrong usage', async (_name, answer, message) => {
  const found = outputOf('evenkeel-prod', 'DeadLetterQueueUrl', stackOf(answer));
  await expect(found).rejects.toMatchObject({ name: 'UsageError', message: expect.stringContaining(message) });
});

test("every other error is AWS's own: it is not taken for a missing stack", async () => {
  const denied = stackOf(awsError('AccessDenied', 'Not you.'));
  await expect(outputOf('evenkeel-prod', 'DeadLetterQueueUrl', denied)).rejects.toMatchObject({ name: 'AccessDenied' });
  const throttled = stackOf(awsError('ValidationError', 'Rate exceeded'));
  await expect(outputOf('evenkeel-prod', 'X', throttled)).rejects.toMatchObject({ name: 'ValidationError' });
});
