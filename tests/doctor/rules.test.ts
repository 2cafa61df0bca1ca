import { describe, expect, test } from '@jest/globals';
import { forwarding, rules } from '../../shared/doctor/rules.ts';
import {
  type Answers,
  awsError,
  contextWith,
  deploymentWith,
  resultsOf,
  stackResources,
} from '../support/doctor-context.ts';

const ARN = 'arn:aws:events:eu-west-1:111122223333:event-bus/evenkeel-prod';

describe('the rules of the home region', () => {
  const deployment = deploymentWith([
    ...stackResources('AWS::Events::Rule', 'to-bus', 'evenkeel-prod|to-queue'),
    ...stackResources('AWS::SQS::Queue', 'https://sqs.eu-west-1.amazonaws.com/111122223333/evenkeel-prod-data'),
  ]);
  const onBus: Readonly<Record<string, string>> = { default: 'to-bus', 'evenkeel-prod': 'to-queue' };
  const healthy: Answers = {
    ListRules: ({ EventBusName }) => ({ Rules: [{ Name: onBus[String(EventBusName)], State: 'ENABLED' }] }),
    ListRuleNamesByTarget: ({ EventBusName, TargetArn }) => {
      const target = EventBusName === 'default' ? ARN : 'arn:aws:sqs:eu-west-1:111122223333:evenkeel-prod-data';
      return { RuleNames: TargetArn === target ? [onBus[String(EventBusName)]] : [] };
    },
  };
  const found = (answers: Answers) => resultsOf(rules, contextWith({ ...healthy, ...answers }, { deployment }));

  test('that are enabled and have their targets are one line', async () => {
    expect(await found({})).toMatchObject([{ status: 'ok', message: '2 rules, all enabled' }]);
  });

  test('that are disabled are enabled by the remedy, on their own bus', async () => {
    const ListRules: Answers[string] = ({ EventBusName }) => ({
      Rules: [{ Name: onBus[String(EventBusName)], State: 'DISABLED' }],
    });
    expect(await found({ ListRules })).toMatchObject([
      { status: 'error', subject: 'to-bus', remedy: 'aws events enable-rule --name to-bus --region eu-west-1' },
      {
        subject: 'to-queue',
        remedy: 'aws events enable-rule --name to-queue --event-bus-name evenkeel-prod --region eu-west-1',
      },
    ]);
  });

  test('that are missing or without target are errors', async () => {
    expect(await found({ ListRules: () => ({}) })).toMatchObject([
      { message: 'the rule to-bus is missing' },
      { message: 'the rule to-queue is missing' },
    ]);
    expect(await found({ ListRuleNamesByTarget: () => ({}) })).toMatchObject([
      { message: 'the rule to-bus has no target', remedy: expect.stringContaining('REVERT_DRIFT') },
      { message: 'the rule to-queue has no target' },
    ]);
  });

  test('of a bus that is missing are that one error', async () => {
    const ListRules: Answers[string] = (input, region) =>
      input.EventBusName === 'evenkeel-prod'
        ? awsError('ResourceNotFoundException')
        : (healthy.ListRules?.(input, region) ?? {});
    expect(await found({ ListRules })).toMatchObject([
      { subject: 'evenkeel-prod', message: 'the event bus evenkeel-prod is missing: no events arrive' },
    ]);
  });
});

describe('the forwarding of the other regions', () => {
  const deployment = deploymentWith([], { regions: ['eu-west-1', 'us-east-1', 'eu-north-1'] });
  const rule = (Name: string, State = 'ENABLED') => ({ Name, State });
  const found = (inEast: object, targeted: readonly string[] = ['forward-1', 'forward-2']) =>
    resultsOf(
      forwarding,
      contextWith(
        {
          ListRules: ({ NamePrefix }, region) => {
            expect(NamePrefix).toBe('evenkeel-prod-forward-');
            return region === 'us-east-1' ? inEast : { Rules: [rule('forward-1'), rule('forward-2')] };
          },
          ListRuleNamesByTarget: ({ TargetArn }, region) => {
            expect(TargetArn).toBe(ARN);
            return { RuleNames: region === 'us-east-1' ? targeted : ['forward-1', 'forward-2'] };
          },
        },
        { deployment },
      ),
    );

  test('is ok where every region has the same rules', async () => {
    expect(await found({ Rules: [rule('forward-1'), rule('forward-2')] })).toMatchObject([
      { status: 'ok', message: '2 regions forwarding to eu-west-1' },
    ]);
  });

  test.each<[string, object, readonly string[], string]>([
    ['without rules', {}, [], 'us-east-1: no rule forwards its events to eu-west-1: changes there go unseen'],
    ['that lacks a rule', { Rules: [rule('forward-1')] }, ['forward-1'], 'us-east-1: the rule forward-2 is missing'],
    [
      'with a disabled rule',
      { Rules: [rule('forward-1'), rule('forward-2', 'DISABLED')] },
      ['forward-1', 'forward-2'],
      'us-east-1: the rule forward-2 is disabled',
    ],
    [
      'with a rule that has no target',
      { Rules: [rule('forward-1'), rule('forward-2')] },
      ['forward-1'],
      'us-east-1: the rule forward-2 has no target',
    ],
    ['that cannot be read', awsError('Throttled'), [], 'us-east-1: could not be checked: Throttled: Throttled'],
  ])('of a region %s is that one error', async (_, inEast, targeted, message) => {
    expect(await found(inEast, targeted)).toMatchObject([{ status: 'error', message }]);
  });

  test('of a single region has nothing to check', async () => {
    const alone = contextWith({}, { deployment: deploymentWith([], { regions: ['eu-west-1'] }) });
    expect(await resultsOf(forwarding, alone)).toEqual([]);
  });
});
