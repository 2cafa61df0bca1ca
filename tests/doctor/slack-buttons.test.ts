import { expect, test } from '@jest/globals';
import type { DoctorContext } from '../../shared/doctor/diagnosis.ts';
import { slackButtons } from '../../shared/doctor/slack-buttons.ts';
import { policyFrom } from '../../shared/policy/settings.ts';
import {
  type Answers,
  answeringAws,
  awsError,
  contextWith,
  deploymentWith,
  resultsOf,
  stackResources,
} from '../support/doctor-context.ts';
import { testEngine } from '../support/engine.ts';

const SECRET = 'secretsmanager:evenkeel/slack-signing';
const URL = 'https://abc.lambda-url.eu-west-1.on.aws/';
const FUNCTION = stackResources('AWS::Lambda::Function', 'evenkeel-prod-slack-actions');
const deployment = deploymentWith([...FUNCTION, ...stackResources('AWS::Lambda::Url', 'arn:of:the:function')], {
  outputs: { SlackActionsUrl: URL },
});
const WELL: Answers = {
  GetFunctionConfiguration: () => ({ Environment: { Variables: { EVENKEEL_SLACK_SIGNING_SECRET: SECRET } } }),
  DescribeSecret: () => ({}),
  GetFunctionUrlConfig: () => ({ FunctionUrl: URL, AuthType: 'NONE' }),
};
const READABLE: Partial<DoctorContext> = { secrets: async () => ({ kind: 'key' }) };
function found(answers: Answers, change: Partial<DoctorContext> = READABLE, approvers = ['U0123ABCD']) {
  const all = { ...WELL, ...answers };
  const engine = { ...testEngine(answeringAws(all), 'detect'), policy: policyFrom({ slack: { approvers } }) };
  return resultsOf(slackButtons, contextWith(all, { deployment, engine, ...change }));
}

test('with a secret, a URL and somebody who may press it is ok', async () => {
  expect(await found({})).toMatchObject([
    { status: 'ok', message: `1 approver, pressed at ${URL}, signed by ${SECRET}` },
  ]);
});

test('without an approver it says so', async () => {
  expect(await found({}, READABLE, [])).toMatchObject([
    {
      status: 'warning',
      subject: 'slack.approvers',
      message: expect.stringContaining('every press is refused: slack.approvers of policy.yml is empty'),
      remedy: expect.stringContaining('slack: { approvers: [U0123ABCD] }'),
    },
  ]);
});

test('of who may press, a policy that is not the deployed one says nothing', async () => {
  const outputs = { SlackActionsUrl: URL, PolicyVersion: 'another' };
  const elsewhere = { ...READABLE, deployment: { ...deployment, outputs } };
  for (const approvers of [[], ['U0123ABCD']])
    expect(await found({}, elsewhere, approvers)).toMatchObject([
      { status: 'ok', message: expect.stringMatching(/^the deployed policy\.yml's approvers, pressed at /) },
    ]);
});

test('a signing secret that is missing, or of no use, is an error', async () => {
  expect(await found({ DescribeSecret: () => awsError('ResourceNotFoundException') })).toMatchObject([
    { status: 'error', subject: SECRET, message: expect.stringMatching(/does not exist: every press .* is refused$/) },
  ]);
  expect(await found({}, { secrets: async () => ({ problem: 'the value of x is not it' }) })).toMatchObject([
    { status: 'error', remedy: expect.stringMatching(/^aws secretsmanager put-secret-value /) },
  ]);
  expect(await found({}, { secrets: async () => ({ denied: 'AccessDeniedException' }) })).toMatchObject([
    { status: 'ok', message: expect.stringMatching(/ \(what it holds was not checked: AccessDeniedException\)$/) },
  ]);
});

test('a URL that has gone, or that Slack cannot call, is an error', async () => {
  const without = { ...READABLE, deployment: deploymentWith(FUNCTION) };
  expect(await found({}, without)).toMatchObject([
    { status: 'error', subject: 'evenkeel-prod-slack-actions', remedy: 'npx serverless deploy' },
  ]);
  expect(await found({ GetFunctionUrlConfig: () => awsError('ResourceNotFoundException') })).toMatchObject([
    { status: 'error', message: expect.stringMatching(/^the URL of evenkeel-prod-slack-actions was deleted: /) },
  ]);
  expect(await found({ GetFunctionUrlConfig: () => ({ AuthType: 'AWS_IAM' }) })).toMatchObject([
    { status: 'error', message: expect.stringContaining('asks for an identity of AWS') },
  ]);
});

test('the watch function, which reads no secret, does not ask Lambda for the URL', async () => {
  const denied = { GetFunctionUrlConfig: () => awsError('AccessDeniedException') };
  expect(await found(denied, { deployment })).toMatchObject([{ status: 'ok' }]);
  await expect(found(denied)).rejects.toThrow('AccessDenied');
});

test('without buttons there is nothing to check', async () => {
  expect(await found({}, { deployment: deploymentWith() })).toEqual([]);
  expect(await found({ GetFunctionConfiguration: () => awsError('ResourceNotFoundException') })).toEqual([]);
});
