import { describe, expect, test } from '@jest/globals';
import type { DoctorContext } from '../../shared/doctor/diagnosis.ts';
import { pagerDuty, teams } from '../../shared/doctor/receivers.ts';
import {
  type Answers,
  awsError,
  contextWith,
  deploymentWith,
  resultsOf,
  stackResources,
} from '../support/doctor-context.ts';

const topicArn = 'arn:aws:sns:eu-west-1:111122223333:notices';

describe.each([
  [teams, 'EVENKEEL_TEAMS_SECRET', 'posts to the workflow in', 'nothing is posted to Microsoft Teams'],
  [pagerDuty, 'EVENKEEL_PAGERDUTY_SECRET', 'sends alerts by the key in', 'no alert is sent'],
] as const)('$name', (check, variable, does, without) => {
  const SECRET = `secretsmanager:evenkeel/${check.name}`;
  const queue = `arn:aws:sqs:eu-west-1:111122223333:evenkeel-prod-${check.name}`;
  const deployment = deploymentWith(stackResources('AWS::Lambda::Function', `evenkeel-prod-${check.name}`));
  const found = (answers: Answers, change: Partial<DoctorContext> = {}) =>
    resultsOf(
      check,
      contextWith(
        {
          GetFunctionConfiguration: () => ({ Environment: { Variables: { [variable]: SECRET } } }),
          ListSubscriptionsByTopic: () => ({ Subscriptions: [{ Endpoint: queue }] }),
          DescribeSecret: () => ({}),
          ...answers,
        },
        { deployment, topicArn, ...change },
      ),
    );

  test('with a secret and a subscription it is ok, and its value is read only where that is allowed', async () => {
    expect(await found({})).toMatchObject([{ status: 'ok', message: `${does} ${SECRET}` }]);
    const asked: unknown[] = [];
    const secrets: DoctorContext['secrets'] = async (...question) => {
      asked.push(question);
      return { denied: 'AccessDeniedException' };
    };
    expect(await found({}, { secrets })).toMatchObject([
      { status: 'ok', message: expect.stringMatching(/ \(what it holds was not checked: AccessDeniedException\)$/) },
    ]);
    expect(asked).toEqual([[variable, SECRET]]);
  });

  test('a secret that is missing is created, one to be deleted restored, one of no use stored anew', async () => {
    const name = `evenkeel/${check.name}`;
    expect(await found({ DescribeSecret: () => awsError('ResourceNotFoundException') })).toMatchObject([
      {
        status: 'error',
        message: expect.stringMatching(new RegExp(`does not exist: ${without}$`)),
        remedy: expect.stringMatching(new RegExp(`^aws secretsmanager create-secret --name ${name} `)),
      },
    ]);
    expect(await found({ DescribeSecret: () => ({ DeletedDate: new Date() }) })).toMatchObject([
      { status: 'error', remedy: `aws secretsmanager restore-secret --secret-id ${name} --region eu-west-1` },
    ]);
    expect(await found({}, { secrets: async () => ({ problem: 'the value is no such thing' }) })).toMatchObject([
      { status: 'error', subject: SECRET, message: `the value is no such thing; ${without}` },
    ]);
  });

  test('a queue that is not subscribed is subscribed by the remedy', async () => {
    expect(await found({ ListSubscriptionsByTopic: () => ({ Subscriptions: [] }) })).toMatchObject([
      {
        status: 'error',
        subject: `evenkeel-prod-${check.name}`,
        remedy: `aws sns subscribe --topic-arn ${topicArn} --protocol sqs --notification-endpoint ${queue} --region eu-west-1`,
      },
    ]);
  });

  test('where it is not used, there is nothing to check', async () => {
    expect(await found({}, { deployment: deploymentWith() })).toEqual([]);
    expect(await found({ GetFunctionConfiguration: () => ({}) })).toEqual([]);
  });
});
