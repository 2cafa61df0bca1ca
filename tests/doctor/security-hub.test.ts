import { expect, test } from '@jest/globals';
import { securityHub } from '../../shared/doctor/security-hub.ts';
import {
  type Answers,
  awsError,
  contextWith,
  deploymentWith,
  resultsOf,
  stackResources,
} from '../support/doctor-context.ts';

const deployment = deploymentWith(stackResources('AWS::Lambda::Function', 'evenkeel-prod-outcomes'));
const configured = (value: string): Answers => ({
  GetFunctionConfiguration: () => ({ Environment: { Variables: { EVENKEEL_SECURITY_HUB: value } } }),
});
const found = (answers: Answers, deployed = deployment) =>
  resultsOf(securityHub, contextWith(answers, { deployment: deployed }));
const HUB = () => ({ HubArn: 'arn' });

test('enabled in every region, it is ok', async () => {
  expect(await found({ ...configured('true'), DescribeHub: HUB })).toMatchObject([
    { status: 'ok', message: 'is enabled in eu-west-1, us-east-1' },
  ]);
});

test.each(['InvalidAccessException', 'ResourceNotFoundException'])(
  'off in a region, by %s, it is a warning with the remedy',
  async (name) => {
    const DescribeHub = (_: unknown, region: string) => (region === 'us-east-1' ? awsError(name) : HUB());
    expect(await found({ ...configured('true'), DescribeHub })).toMatchObject([
      {
        status: 'warning',
        message: 'Security Hub is off in us-east-1: findings of there are not sent',
        remedy: expect.stringMatching(/^aws securityhub enable-security-hub .*--region us-east-1;/),
      },
    ]);
  },
);

test('a region that does not answer is an error, and hides no other that is off', async () => {
  const DescribeHub = (_: unknown, region: string) =>
    awsError(region === 'us-east-1' ? 'AccessDeniedException' : 'InvalidAccessException');
  expect(await found({ ...configured('true'), DescribeHub })).toMatchObject([
    { status: 'warning', message: expect.stringContaining('eu-west-1') },
    { status: 'error', subject: 'us-east-1' },
  ]);
});

test('where no findings are to be sent, nothing is said', async () => {
  expect(await found({}, deploymentWith())).toEqual([]);
  expect(await found(configured(''))).toEqual([]);
  expect(await found({ GetFunctionConfiguration: () => awsError('ResourceNotFoundException') })).toEqual([]);
});
