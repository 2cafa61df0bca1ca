import { expect, test } from '@jest/globals';
import { functions } from '../../shared/doctor/functions.ts';
import {
  type Answers,
  awsError,
  contextWith,
  deploymentWith,
  resultsOf,
  stackResources,
} from '../support/doctor-context.ts';

const deployment = deploymentWith(stackResources('AWS::Lambda::Function', 'one', 'two'));
const READY = { State: 'Active', LastUpdateStatus: 'Successful' };
/** What is found where function `two` answers so. */
const found = (two: object, concurrency: object = {}) => {
  const answers: Answers = {
    GetFunctionConfiguration: ({ FunctionName }) => (FunctionName === 'two' ? two : READY),
    GetFunctionConcurrency: ({ FunctionName }) => (FunctionName === 'two' ? concurrency : {}),
  };
  return resultsOf(functions, contextWith(answers, { deployment }));
};

test('functions that are ready are one line, also with concurrency reserved', async () => {
  expect(await found(READY, { ReservedConcurrentExecutions: 2 })).toMatchObject([
    { status: 'ok', message: '2 functions, all ready' },
  ]);
});

test.each<[string, object, object, string, RegExp]>([
  ['missing', awsError('ResourceNotFoundException'), {}, 'the function two is missing', /REVERT_DRIFT/],
  [
    'without concurrency',
    READY,
    { ReservedConcurrentExecutions: 0 },
    'two cannot run: its reserved concurrency is 0',
    /^aws lambda delete-function-concurrency --function-name two --region eu-west-1$/,
  ],
  [
    'whose update failed',
    { ...READY, LastUpdateStatus: 'Failed', LastUpdateStatusReason: 'the key is disabled' },
    {},
    'two is in a failed state: the key is disabled',
    /^npx serverless deploy --region eu-west-1$/,
  ],
  [
    'that failed',
    { State: 'Failed' },
    {},
    'two is in a failed state: Lambda gives no reason',
    /^npx serverless deploy/,
  ],
  [
    'that may not be read',
    awsError('AccessDenied', 'No.'),
    {},
    'two: could not be checked: AccessDenied: No.',
    /permissions/,
  ],
])('one %s is named, and the other is not', async (_, two, concurrency, message, remedy) => {
  expect(await found(two, concurrency)).toEqual([
    { status: 'error', subject: 'two', message, remedy: expect.stringMatching(remedy) },
  ]);
});
