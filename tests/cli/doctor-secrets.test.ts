import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { secretReader } from '../../shared/cli/doctor-secrets.ts';
import type { SecretVariable } from '../../shared/doctor/diagnosis.ts';
import { answeringAws, awsError } from '../support/doctor-context.ts';

const read = (variable: SecretVariable, SecretString: string) =>
  secretReader(answeringAws({ GetSecretValue: () => ({ SecretString }) })('eu-west-1'))(variable, 'secretsmanager:x');

test.each([
  ['EVENKEEL_SLACK_SECRET', 'https://hooks.slack.com/services/T/B/x', 'webhook'],
  ['EVENKEEL_SLACK_SECRET', 'xoxb-1-2', 'bot'],
  ['EVENKEEL_SLACK_SIGNING_SECRET', '0123456789abcdef0123456789abcdef', 'key'],
  ['EVENKEEL_TEAMS_SECRET', '{"url":"https://a.logic.azure.com/x"}', 'webhook'],
  ['EVENKEEL_PAGERDUTY_SECRET', 'R0123456789abcdef0123456789abcde', 'key'],
] as const)('%s: what is in it', async (variable, value, kind) => {
  expect(await read(variable, value)).toEqual({ kind });
});

test('of a value that is of no use, nothing is repeated', async () => {
  const variables: readonly SecretVariable[] = [
    'EVENKEEL_SLACK_SECRET',
    'EVENKEEL_SLACK_SIGNING_SECRET',
    'EVENKEEL_TEAMS_SECRET',
    'EVENKEEL_PAGERDUTY_SECRET',
  ];
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...variables), fc.string({ minLength: 12, maxLength: 31 }), async (one, value) => {
      const [content, other] = [await read(one, `!${value}`), await read(one, '')];
      expect(content).toEqual({ problem: expect.stringContaining('the value of secretsmanager:x is not ') });
      expect(content).toEqual(other);
    }),
  );
});

test('who may not read it is told so, and what is not there is a problem', async () => {
  const failing = (name: string) =>
    secretReader(answeringAws({ GetSecretValue: () => awsError(name) })('eu-west-1'))(
      'EVENKEEL_TEAMS_SECRET',
      'secretsmanager:x',
    );
  expect(await failing('AccessDeniedException')).toEqual({ denied: expect.stringContaining('could not be read from') });
  expect(await failing('ResourceNotFoundException')).toEqual({ problem: expect.stringContaining('could not be read') });
});
