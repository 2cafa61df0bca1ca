import { CloudTrailClient, StartLoggingCommand } from '@aws-sdk/client-cloudtrail';
import { ConfigServiceClient } from '@aws-sdk/client-config-service';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ModifyDBInstanceCommand, RDSClient } from '@aws-sdk/client-rds';
import {
  DeleteBucketEncryptionCommand,
  PutBucketEncryptionCommand,
  PutBucketPolicyCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { S3ControlClient } from '@aws-sdk/client-s3-control';
import { describe, expect, test } from '@jest/globals';
import {
  callOf,
  declarationOf,
  replace,
  serviceOf,
  set,
  step,
  stepBuilder,
  undoneBy,
  undoOfReplace,
} from '../shared/step.ts';

test.each([
  ['ec2', EC2Client],
  ['s3', S3Client],
  ['s3control', S3ControlClient],
  ['cloudtrail', CloudTrailClient],
  ['config', ConfigServiceClient],
] as const)('the service is called %s', (name, client) => {
  expect(serviceOf(client)).toBe(name);
});

describe('a step', () => {
  test('is data: service, operation and input', () => {
    expect(callOf(step(CloudTrailClient, StartLoggingCommand, { Name: 'main' }))).toEqual({
      service: 'cloudtrail',
      operation: 'StartLogging',
      input: { Name: 'main' },
    });
  });

  test('says where it goes only when that is elsewhere', () => {
    const call = callOf(step(S3Client, PutBucketPolicyCommand, { Bucket: 'b', Policy: '{}' }, { region: 'us-east-1' }));
    expect(call).toMatchObject({ service: 's3', operation: 'PutBucketPolicy', region: 'us-east-1' });
  });

  test('makes nothing before it is carried out', () => {
    const made = step(CloudTrailClient, StartLoggingCommand, { Name: 'main' }, { undo: () => [] });
    expect(made.undo?.({})).toEqual([]);
    expect(made.satisfiedBy).toBeUndefined();
    expect(step(CloudTrailClient, StartLoggingCommand, { Name: 'main' }).undo).toBeUndefined();
  });

  test('changes what its operation changes, unless it names its elements', () => {
    expect(step(CloudTrailClient, StartLoggingCommand, { Name: 'main' }).elements).toEqual(['cloudtrail:StartLogging']);
    const named = step(CloudTrailClient, StartLoggingCommand, { Name: 'main' }, { elements: ['IsLogging'] });
    expect(named.elements).toEqual(['IsLogging']);
  });

  test('of a builder carries what IAM asks for it, and so does the builder', () => {
    const permissions = { 'cloudtrail:StartLogging': '*' };
    const start = stepBuilder(permissions, (Name: string) => step(CloudTrailClient, StartLoggingCommand, { Name }));
    expect([start.permissions, start('main').permissions]).toEqual([permissions, permissions]);
    expect(start('main').input).toEqual({ Name: 'main' });
  });
});

describe('set', () => {
  const target = { DBInstanceIdentifier: 'orders' };
  const before = { PubliclyAccessible: true, MultiAZ: false, Engine: 'postgres' };

  test('changes some attributes, each an element of its own, and is undone by the same call with what was there', () => {
    const made = set(RDSClient, ModifyDBInstanceCommand, target, before, { PubliclyAccessible: false, MultiAZ: true });
    expect(made.input).toEqual({ ...target, PubliclyAccessible: false, MultiAZ: true });
    expect(made.elements).toEqual(['PubliclyAccessible', 'MultiAZ']);
    expect(made.undo?.({}).map(callOf)).toEqual([
      { service: 'rds', operation: 'ModifyDBInstance', input: { ...target, PubliclyAccessible: true, MultiAZ: false } },
    ]);
  });

  test('refuses what nobody could undo', () => {
    const blind = () => set(RDSClient, ModifyDBInstanceCommand, target, {}, { PubliclyAccessible: false });
    expect(blind).toThrow('what PubliclyAccessible was before is not known');
  });
});

const setting = {
  client: S3Client,
  put: PutBucketEncryptionCommand,
  delete: DeleteBucketEncryptionCommand,
  member: 'ServerSideEncryptionConfiguration',
  permissions: { 's3:PutEncryptionConfiguration': 'arn:aws:s3:::*' },
} as const;

describe('replace', () => {
  const of = (SSEAlgorithm: 'AES256' | 'aws:kms') => ({
    Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm } }],
  });

  test('puts a setting, and is undone by putting back what was there', () => {
    const made = replace(setting, { Bucket: 'b' }, of('AES256'), of('aws:kms'));
    expect(made).toMatchObject({ elements: [setting.member], permissions: setting.permissions });
    expect(made.input).toEqual({ Bucket: 'b', [setting.member]: of('aws:kms') });
    expect(made.undo?.({}).map(callOf)).toEqual([
      { service: 's3', operation: 'PutBucketEncryption', input: { Bucket: 'b', [setting.member]: of('AES256') } },
    ]);
  });

  test('is undone by deleting it where there was none', () => {
    const made = replace(setting, { Bucket: 'b' }, null, of('AES256'));
    expect(made.undo?.({}).map(callOf)).toEqual([
      { service: 's3', operation: 'DeleteBucketEncryption', input: { Bucket: 'b' } },
    ]);
  });
});

test('the calls that undo a replacement need what the plan has, and the deletion what the setting says of it', () => {
  const deletePermissions = { 's3:DeleteBucketPolicy': '*' };
  const permissionsOf = (more: object) =>
    undoOfReplace({ ...setting, ...more }, ({ resourceId: Bucket }) => ({ Bucket })).map((one) => one.permissions);
  expect(permissionsOf({})).toEqual([{}, {}]);
  expect(permissionsOf({ deletePermissions })).toEqual([{}, deletePermissions]);
});

describe('an undo call of the ledger', () => {
  const ref = { resourceType: 'AWS::S3::Bucket', resourceId: 'b', accountId: '111122223333', region: 'eu-west-1' };
  const declared = undoneBy(S3Client, PutBucketEncryptionCommand, ({ resourceId: Bucket }) => ({ Bucket }), [
    'ServerSideEncryptionConfiguration',
  ]);
  const call = { service: 's3', operation: 'PutBucketEncryption', input: { Bucket: 'b' } };

  test('is covered where operation, resource, members and region are as declared', () => {
    expect(declarationOf(call, ref, [declared])).toBe(declared);
    expect(declarationOf({ ...call, region: 'eu-west-1' }, ref, [declared])).toBe(declared);
    const elsewhere = { ...call, region: 'us-east-1' };
    const anywhere = { ...declared, anyRegion: true };
    expect(declarationOf(elsewhere, ref, [declared, anywhere])).toBe(anywhere);
  });

  test.each([
    ['another service', { ...call, service: 's3control' }],
    ['another operation', { ...call, operation: 'DeleteBucket' }],
    ['another resource', { ...call, input: { Bucket: 'c' } }],
    ['a member that is not declared', { ...call, input: { Bucket: 'b', ContentMD5: 'x' } }],
    ['another region', { ...call, region: 'us-east-1' }],
  ])('is not covered with %s', (_, other) => {
    expect(declarationOf(other, ref, [declared])).toBeNull();
  });
});
