import { beforeEach, describe, expect, test } from '@jest/globals';
import { checkNoPublicAccess } from '../../../shared/aws/accessanalyzer/check-no-public-access.ts';
import { awsClients } from '../../../shared/aws/clients.ts';
import { wireTo } from '../../support/aws-proxy.ts';
import { REGION } from '../../support/samples.ts';
import { testAccount } from '../../support/sandbox.ts';

const account = await testAccount();
const wire = await wireTo(account.endpoint);
process.env.AWS_ENDPOINT_URL = wire.endpoint;
const aws = awsClients()(REGION);
beforeEach(() => wire.alter([]));

const CALL = 'POST /policy/check-no-public-access';
const open = { Sid: 'Open', Effect: 'Allow', Principal: '*' as unknown, Action: 'sqs:SendMessage', Resource: '*' };
const text = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const opinion = (...statements: object[]) => checkNoPublicAccess(aws, 'AWS::SQS::Queue', text(...statements));
const when = (operator: string, key: string, value: string) => ({
  ...open,
  Condition: { [operator]: { [key]: value } },
});

describe('the local account judges as Access Analyzer does', () => {
  test.each<[string, object]>([
    ['everybody', open],
    ['every AWS principal', { ...open, Principal: { AWS: ['111122223333', '*'] } }],
    ['everybody with TLS', when('Bool', 'aws:SecureTransport', 'true')],
    ['every bucket', when('ArnLike', 'aws:SourceArn', 'arn:aws:s3:*:*:*')],
  ])('%s is public, with the statement', async (_, statement) => {
    expect(await opinion({ ...open, Sid: 'Own', Principal: { AWS: '111122223333' } }, statement)).toEqual({
      isPublic: true,
      says: 'Public access granted in the following statement with sid: Open.',
    });
  });

  test.each<[string, object]>([
    ['an account', { ...open, Principal: { AWS: '111122223333' } }],
    ['a service', { ...open, Principal: { Service: 'sns.amazonaws.com' } }],
    ['a denial', { ...open, Effect: 'Deny' }],
    ['an organization', when('StringEquals', 'aws:PrincipalOrgID', 'o-example')],
    ['topics of an account', when('ArnLike', 'AWS:SourceArn', 'arn:aws:sns:*:111122223333:*')],
  ])('%s is not', async (_, statement) => {
    expect(await opinion(statement)).toEqual({
      isPublic: false,
      says: 'The resource policy does not grant public access for the given resource type.',
    });
  });

  test('what is no policy is refused, and so is a type that it does not know', async () => {
    await expect(checkNoPublicAccess(aws, 'AWS::SQS::Queue', 'no policy')).rejects.toThrow(
      expect.objectContaining({ name: 'InvalidParameterException' }),
    );
    await expect(checkNoPublicAccess(aws, 'AWS::ECR::Repository' as never, text(open))).rejects.toThrow(
      expect.objectContaining({ name: 'ValidationException' }),
    );
  });
});

describe('an answer', () => {
  test.each([
    ['is empty', '{}', 'answered without result'],
    ['is neither yes nor no', '{"result":"MAYBE"}', 'answered with the result MAYBE'],
  ])('that %s is none', async (_, body, says) => {
    wire.alter([{ call: CALL, change: () => body }]);
    await expect(opinion(open)).rejects.toThrow(says);
  });

  test.each([
    [403, 'AccessDeniedException'],
    [429, 'ThrottlingException'],
    [500, 'InternalServerException'],
  ])('of status %s is the error that it names', async (status, name) => {
    const headers = { 'x-amzn-errortype': name, 'content-type': 'application/json' };
    wire.alter([{ call: CALL, isWithheld: true, status, headers, change: () => '{"message":"No."}' }]);
    await expect(opinion(open)).rejects.toThrow(expect.objectContaining({ name, message: 'No.' }));
  });
});
