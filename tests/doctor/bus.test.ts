import { expect, test } from '@jest/globals';
import { busOf } from '../../shared/doctor/bus.ts';
import { answeringAws, awsError } from '../support/doctor-context.ts';

test('all pages of rules are read, and which of them have one of the targets', async () => {
  const pages: Readonly<Record<string, object>> = {
    first: { Rules: [{ Name: 'a' }], NextToken: 'second' },
    second: { Rules: [{ Name: 'b', State: 'DISABLED' }] },
  };
  const aws = answeringAws({
    ListRules: ({ EventBusName, NamePrefix, NextToken = 'first' }) => {
      expect([EventBusName, NamePrefix]).toEqual(['own', 'evenkeel-']);
      return pages[NextToken as string] ?? {};
    },
    ListRuleNamesByTarget: ({ TargetArn, NextToken }) => {
      if (TargetArn === 'arn:one')
        return NextToken === undefined ? { RuleNames: [], NextToken: 'more' } : { RuleNames: ['b'] };
      return { RuleNames: ['elsewhere'] };
    },
  });
  const bus = await busOf(aws('eu-west-1'), 'own', ['arn:one', 'arn:two'], 'evenkeel-');
  expect(bus).toMatchObject({ name: 'own', exists: true });
  expect([...bus.rules]).toEqual([
    ['a', { Name: 'a' }],
    ['b', { Name: 'b', State: 'DISABLED' }],
  ]);
  expect([...bus.targeted].sort()).toEqual(['b', 'elsewhere']);
});

test('a bus that does not exist has no rules; any other error is thrown', async () => {
  const failing = (error: Error) => answeringAws({ ListRules: () => error })('eu-west-1');
  expect(await busOf(failing(awsError('ResourceNotFoundException')), 'own', [])).toMatchObject({ exists: false });
  await expect(busOf(failing(awsError('ThrottlingException')), 'own', [])).rejects.toThrow('ThrottlingException');
});
