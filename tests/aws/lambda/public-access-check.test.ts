import { LambdaClient, RemovePermissionCommand } from '@aws-sdk/client-lambda';
import { describe, expect, test } from '@jest/globals';
import { functionPolicies } from '../../../shared/aws/lambda/public-access-check.ts';
import { step } from '../../../shared/step.ts';

const open = { Sid: 'Open', Effect: 'Allow', Principal: '*', Action: 'lambda:InvokeFunction', Resource: 'f' };
const own = { ...open, Sid: 'Own', Principal: { AWS: '111122223333' } };
const url = {
  ...open,
  Sid: 'Url',
  Action: 'lambda:InvokeFunctionUrl',
  Condition: { StringEquals: { 'lambda:FunctionUrlAuthType': 'NONE' } },
};
const bucket = { ...open, Sid: 'Bucket', Principal: { Service: 's3.amazonaws.com' } };

const text = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const policy = (qualifier: string | null, ...statements: object[]) => ({ qualifier, text: text(...statements) });
const remove = (StatementId: string, Qualifier?: string) =>
  step(LambdaClient, RemovePermissionCommand, {
    FunctionName: 'f',
    StatementId,
    ...(Qualifier === undefined ? {} : { Qualifier }),
  });

describe('the policies of a function', () => {
  test('are checked without what is not public by itself', () => {
    const policies = [policy(null, own, url, open, bucket), policy('live', own), policy('1', url), policy('2', bucket)];
    expect(functionPolicies.policies({ policies })).toEqual([text(own, open), text(own)]);
  });

  test('lose what the steps remove, each where the step says', () => {
    const policies = [policy(null, own, url, open), policy('live', open), policy('1', open, own)];
    expect(functionPolicies.edits({ policies }, [remove('Open'), remove('Open', 'live')])).toEqual([
      { before: text(own, open), after: text(own) },
      { before: text(open), after: null },
    ]);
  });

  test('that a step only closes to buckets of others are not edited in what is checked', () => {
    expect(functionPolicies.edits({ policies: [policy(null, own, bucket)] }, [remove('Bucket')])).toEqual([]);
  });

  test('stay public where a gate holds one of two steps', () => {
    const second = { ...open, Sid: 'Second' };
    expect(functionPolicies.edits({ policies: [policy(null, open, second)] }, [remove('Second')])).toEqual([
      { before: text(open, second), after: text(open) },
    ]);
  });

  test('are checked as they stand where they cannot be taken apart', () => {
    const twice = `{"Statement":[${JSON.stringify(open)}],"statement":[${JSON.stringify(url)}]}`;
    expect(functionPolicies.policies({ policies: [{ qualifier: null, text: twice }] })).toEqual([twice]);
  });
});
