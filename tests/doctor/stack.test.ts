import { expect, test } from '@jest/globals';
import { deploymentAt } from '../../shared/doctor/stack.ts';
import { type Answers, answeringAws, awsError, contextWith, resultsOf } from '../support/doctor-context.ts';

const found = async (DescribeStacks: Answers[string]) => {
  const aws = answeringAws({ DescribeStacks, ListStackResources: () => ({}) });
  const { deployment, check } = await deploymentAt(aws('eu-west-1'), 'eu-west-1', 'evenkeel-prod');
  return { deployment, results: await resultsOf(check, contextWith({}, { deployment })) };
};

test.each([
  ['CREATE_COMPLETE', 'ok'],
  ['UPDATE_COMPLETE', 'ok'],
  ['IMPORT_COMPLETE', 'ok'],
  ['UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'ok'],
  ['UPDATE_IN_PROGRESS', 'warning'],
  ['UPDATE_ROLLBACK_COMPLETE', 'warning'],
  ['ROLLBACK_COMPLETE', 'error'],
  ['UPDATE_ROLLBACK_FAILED', 'error'],
  ['DELETE_FAILED', 'error'],
])('a stack that is %s is %s', async (stackStatus, status) => {
  const { deployment, results } = await found(() => ({ Stacks: [{ StackStatus: stackStatus }] }));
  expect(deployment?.status).toBe(stackStatus);
  expect(results).toMatchObject([
    { status, message: expect.stringContaining(`evenkeel-prod in eu-west-1 is ${stackStatus}`) },
  ]);
});

test('a stack that may not be read is an error, and is not taken for none', async () => {
  const { deployment, results } = await found(() => awsError('AccessDenied', 'Not you.'));
  expect(deployment).toBeNull();
  expect(results).toMatchObject([
    {
      status: 'error',
      message: 'could not be checked: AccessDenied: Not you.',
      remedy: expect.stringContaining('--stack'),
    },
  ]);
});

test('no stack is a warning that says how to deploy one', async () => {
  const { deployment, results } = await found(() => awsError('ValidationError', 'Stack evenkeel-prod does not exist'));
  expect(deployment).toBeNull();
  expect(results).toMatchObject([
    {
      status: 'warning',
      message: 'there is no stack evenkeel-prod in eu-west-1: nothing is deployed there',
      remedy: expect.stringContaining('npx serverless deploy --region eu-west-1'),
    },
  ]);
});
