import { readFileSync } from 'node:fs';
import { CreateStageCommand } from '@aws-sdk/client-api-gateway';
import { CreateStageCommand as CreateHttpStageCommand } from '@aws-sdk/client-apigatewayv2';
import { CreateTrailCommand } from '@aws-sdk/client-cloudtrail';
import {
  CreateTagsCommand,
  CreateVolumeCommand,
  DeleteSecurityGroupCommand,
  DeleteVpcEndpointsCommand,
  ModifyVpcEndpointCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { CreateUserCommand, UpdateAccessKeyCommand } from '@aws-sdk/client-iam';
import { AddTagsToResourceCommand, CreateDBInstanceCommand, ModifyDBInstanceCommand } from '@aws-sdk/client-rds';
import { PutBucketEncryptionCommand } from '@aws-sdk/client-s3';
import { PutPublicAccessBlockCommand, TagResourceCommand } from '@aws-sdk/client-s3-control';
import { describe, expect, test } from '@jest/globals';
import { ROOT } from '../../../scripts/catalogue.ts';
import { idPathIn } from '../../../scripts/scaffold/id-path.ts';
import { type CommandClass, operationOf, sampleEvent } from '../../../scripts/scaffold/sample-event.ts';
import { changesIn } from '../../../shared/engine/intake/parse-event.ts';
import { strings } from '../../../shared/event.ts';

const sampleOf = (service: string, resource: string, command: unknown) =>
  sampleEvent(`${service}.amazonaws.com`, resource, operationOf(command as CommandClass));
const recordOf = (event: unknown) => {
  const [change] = changesIn(event);
  if (change?.kind !== 'call') throw new Error('no call');
  return change.record;
};

describe('a sample made of the SDK’s model', () => {
  test.each([
    [
      'ec2',
      'vpc-endpoint',
      ModifyVpcEndpointCommand,
      { ModifyVpcEndpointRequest: { VpcEndpointId: expect.any(String) } },
    ],
    [
      'ec2',
      'vpc-endpoint',
      DeleteVpcEndpointsCommand,
      { DeleteVpcEndpointsRequest: { VpcEndpointId: { tag: 1, content: expect.any(String) } } },
    ],
    ['ec2', 'instance', TerminateInstancesCommand, { instancesSet: { items: [{ instanceId: 'example-instanceId' }] } }],
    [
      's3',
      'bucket',
      PutBucketEncryptionCommand,
      { bucketName: 'example-bucket', encryption: '', ServerSideEncryptionConfiguration: { Rule: expect.any(Array) } },
    ],
    ['rds', 'db-instance', CreateDBInstanceCommand, { dBInstanceIdentifier: 'example-dBInstanceIdentifier' }],
    ['rds', 'db-instance', AddTagsToResourceCommand, { resourceName: 'example-resourceName' }],
    ['ec2', 'volume', CreateTagsCommand, { resourcesSet: { items: [{ resourceId: 'example-resource' }] } }],
    [
      'apigateway',
      'stage',
      CreateStageCommand,
      { restApiId: 'example-restApiId', createStageInput: { stageName: 'example-stageName' } },
    ],
    ['apigateway', 'stage', CreateHttpStageCommand, { apiId: 'example-apiId', stageName: 'example-stageName' }],
    [
      's3',
      'bucket',
      TagResourceCommand,
      { resourceArn: 'example-resourceArn', TagResourceRequest: { Tags: [expect.any(Object)] } },
    ],
    ['s3', 'account', PutPublicAccessBlockCommand, { publicAccessBlock: '', PublicAccessBlockConfiguration: {} }],
  ])('%s %s: what is asked stands where CloudTrail puts it', (service, resource, command, request) => {
    expect(sampleOf(service, resource, command).detail).toMatchObject({ requestParameters: request });
  });

  test('the answer of RDS is taken out of its structure, a wrapped one of EC2 begins with small letters', () => {
    const rds = sampleOf('rds', 'db-instance', ModifyDBInstanceCommand).detail;
    expect(rds).toMatchObject({ responseElements: { dBInstanceArn: expect.any(String) } });
    const ec2 = sampleOf('ec2', 'volume', CreateVolumeCommand).detail;
    expect(ec2).toMatchObject({ responseElements: { volumeId: expect.any(String) } });
  });

  test('holds no secret', () => {
    const { requestParameters } = sampleOf('rds', 'db-instance', CreateDBInstanceCommand).detail as Record<
      string,
      object
    >;
    expect(Object.keys(requestParameters ?? {})).not.toContain('masterUserPassword');
  });

  // The guess is measured on the samples of this repository, which follow recorded events.
  test.each([
    ['ec2', 'volume', 'CreateVolume', CreateVolumeCommand],
    ['ec2', 'security-group', 'DeleteSecurityGroup', DeleteSecurityGroupCommand],
    ['rds', 'db-instance', 'ModifyDBInstance', ModifyDBInstanceCommand],
    ['rds', 'db-instance', 'CreateDBInstance', CreateDBInstanceCommand],
    ['iam', 'user', 'UpdateAccessKey', UpdateAccessKeyCommand],
    ['iam', 'user', 'CreateUser', CreateUserCommand],
    ['s3', 'bucket', 'PutBucketEncryption', PutBucketEncryptionCommand],
    ['cloudtrail', 'trail', 'CreateTrail', CreateTrailCommand],
  ])('%s %s: the id that it leads to is found in a real %s', (service, resource, name, command) => {
    const guess = idPathIn(sampleOf(service, resource, command), resource);
    if (guess === null) throw new Error('no path');
    const real = recordOf(JSON.parse(readFileSync(`${ROOT}events/${service}/${name}.json`, 'utf8')));
    expect(strings(real[guess.side], guess.path)).toHaveLength(1);
    const own = recordOf(sampleOf(service, resource, command));
    expect(strings(own[guess.side], guess.path)).toHaveLength(1);
  });
});
