import { afterEach, expect, test } from '@jest/globals';
import { callerOf } from '../../shared/cli/caller.ts';
import { answeringAws, awsError } from '../support/doctor-context.ts';

const before = { ...process.env };
afterEach(() => {
  process.env = before;
});
const inRegion = (AWS_REGION = '') => {
  process.env = { ...before, AWS_REGION, AWS_DEFAULT_REGION: '' };
};
const Arn = 'arn:aws:sts::111122223333:assumed-role/Admin/jo';
/** Who calls, and in which region that is asked. */
const asked: string[] = [];
const aws = answeringAws({
  GetCallerIdentity: (_, region) => {
    asked.push(region);
    return { Account: '111122223333', Arn };
  },
});

test('AWS is asked in the default region, else in the one that is given', async () => {
  inRegion('eu-west-1');
  expect(await callerOf(aws, 'us-east-1')).toEqual({ accountId: '111122223333', arn: Arn });
  inRegion();
  await callerOf(aws, 'us-east-1');
  expect(asked.splice(0)).toEqual(['eu-west-1', 'us-east-1']);
  await expect(callerOf(aws)).rejects.toMatchObject({
    name: 'UsageError',
    message: expect.stringMatching(/^no region/),
  });
});

test('an answer without an account is no answer', async () => {
  inRegion('eu-west-1');
  for (const answer of [{}, { Account: '', Arn }, { Account: '<html>', Arn }])
    await expect(callerOf(answeringAws({ GetCallerIdentity: () => answer }))).rejects.toThrow(
      'AWS did not say which account this is',
    );
  const expired = answeringAws({ GetCallerIdentity: () => awsError('ExpiredToken') });
  await expect(callerOf(expired)).rejects.toMatchObject({ name: 'ExpiredToken' });
});
