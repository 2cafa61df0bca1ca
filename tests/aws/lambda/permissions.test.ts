import { describe, expect, test } from '@jest/globals';
import { isOfPublicUrl, openPermissions, permissionOf } from '../../../shared/aws/lambda/permissions.ts';

const allow = { Sid: 'a', Effect: 'Allow', Principal: '*' as unknown, Action: 'lambda:InvokeFunction' as unknown };
const when = (operator: string, key: string, value: unknown) => ({ Condition: { [operator]: { [key]: value } } });
const s3 = { Service: 's3.amazonaws.com' };

describe('a statement of a function URL', () => {
  test.each<[string, object, boolean]>([
    [
      'without authentication',
      { ...allow, Action: 'lambda:InvokeFunctionUrl', ...when('StringEquals', 'lambda:FunctionUrlAuthType', 'NONE') },
      true,
    ],
    ['that lets it invoke the function', { ...allow, ...when('Bool', 'lambda:InvokedViaFunctionUrl', true) }, true],
    [
      'with authentication',
      {
        ...allow,
        Action: 'lambda:InvokeFunctionUrl',
        ...when('StringEquals', 'lambda:FunctionUrlAuthType', 'AWS_IAM'),
      },
      false,
    ],
    [
      'that lets it do anything',
      { ...allow, Action: 'lambda:*', ...when('Bool', 'lambda:InvokedViaFunctionUrl', 'true') },
      false,
    ],
    ['not by its URL', { ...allow, ...when('Bool', 'lambda:InvokedViaFunctionUrl', 'false') }, false],
    ['of none', allow, false],
  ])('%s', (_, statement, expected) => expect(isOfPublicUrl(statement)).toBe(expected));
});

describe('everybody can use a function', () => {
  test.each<[string, object, boolean]>([
    ['by a star', allow, true],
    ['from an organization alone', { ...allow, ...when('StringEquals', 'aws:PrincipalOrgID', 'o-example') }, false],
    [
      'by its URL, if they are any account',
      { ...allow, ...when('StringEquals', 'lambda:FunctionUrlAuthType', 'AWS_IAM') },
      true,
    ],
    ['by its public URL', { ...allow, ...when('StringEquals', 'lambda:FunctionUrlAuthType', 'NONE') }, false],
    ['by a bucket of theirs', { ...allow, Principal: s3 }, true],
    [
      'by a bucket of ours',
      { ...allow, Principal: s3, ...when('ArnLike', 'aws:SourceArn', 'arn:aws:s3:::uploads') },
      false,
    ],
    [
      'by buckets of the account',
      { ...allow, Principal: s3, ...when('StringEquals', 'AWS:SourceAccount', '111122223333') },
      false,
    ],
    ['by another service', { ...allow, Principal: { Service: 'events.amazonaws.com' } }, false],
  ])('%s: %j', (_, statement, expected) => expect(openPermissions([statement])).toEqual(expected ? [statement] : []));
});

describe('a statement is made again', () => {
  test.each<[string, object, object | null]>([
    ['for everybody', allow, { StatementId: 'a', Action: 'lambda:InvokeFunction', Principal: '*' }],
    [
      'for everybody, as an older function has it',
      { ...allow, Principal: { AWS: '*' } },
      { StatementId: 'a', Action: 'lambda:InvokeFunction', Principal: '*' },
    ],
    [
      'for a service and what it acts for',
      {
        ...allow,
        Principal: s3,
        Condition: {
          ArnLike: { 'AWS:SourceArn': 'arn:aws:s3:::*' },
          StringEquals: { 'AWS:SourceAccount': '111122223333' },
        },
      },
      {
        StatementId: 'a',
        Action: 'lambda:InvokeFunction',
        Principal: 's3.amazonaws.com',
        SourceArn: 'arn:aws:s3:::*',
        SourceAccount: '111122223333',
      },
    ],
    [
      'for a URL',
      {
        ...allow,
        Condition: {
          StringEquals: { 'lambda:FunctionUrlAuthType': 'AWS_IAM' },
          Bool: { 'lambda:InvokedViaFunctionUrl': 'true' },
        },
      },
      {
        StatementId: 'a',
        Action: 'lambda:InvokeFunction',
        Principal: '*',
        FunctionUrlAuthType: 'AWS_IAM',
        InvokedViaFunctionUrl: true,
      },
    ],
    ['not without a name', { ...allow, Sid: undefined }, null],
    ['not for several principals', { ...allow, Principal: { AWS: ['*', '111122223333'] } }, null],
    ['not for several actions', { ...allow, Action: ['lambda:InvokeFunction', 'lambda:GetFunction'] }, null],
    ['not for all but one', { ...allow, Principal: undefined, NotPrincipal: '*' }, null],
    ['not with other conditions', { ...allow, ...when('StringLike', 'aws:SourceAccount', '*') }, null],
    ['not with several values', { ...allow, ...when('StringEquals', 'aws:SourceAccount', ['1', '2']) }, null],
  ])('%s', (_, statement, expected) => expect(permissionOf(statement)).toEqual(expected));
});
