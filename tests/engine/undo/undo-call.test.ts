import { AuthorizeSecurityGroupIngressCommand, EC2Client } from '@aws-sdk/client-ec2';
import { describe, expect, test } from '@jest/globals';
import { controls } from '../../../shared/controls/index.ts';
import { sendUndoCallOf } from '../../../shared/engine/undo/undo-call.ts';
import type { UndoCall } from '../../../shared/ledger/records.ts';
import type { Aws, ResourceRef } from '../../../shared/resource.ts';

/** Clients that answer every call as the test says, and what they were asked. */
function answering(answer: () => object) {
  const made: { client: unknown; region: string | undefined; command: unknown }[] = [];
  const aws = ((client: unknown, region?: string) => ({
    async send(command: object) {
      made.push({ client, region, command });
      return answer();
    },
  })) as unknown as Aws;
  return { aws, made };
}
const refused = (name: string) => () => {
  throw Object.assign(new Error(name), { name });
};
const ref = (resourceId: string): ResourceRef => ({
  resourceType: 'AWS::EC2::SecurityGroup',
  resourceId,
  accountId: '111122223333',
  region: 'eu-west-1',
});
const GROUP = ref('sg-1');
const call = {
  service: 'ec2',
  operation: 'AuthorizeSecurityGroupIngress',
  input: { GroupId: 'sg-1', IpPermissions: [] },
  satisfiedBy: ['InvalidPermission.Duplicate'],
};

const sendUndoCall = (call: UndoCall, of: ResourceRef, aws: Aws) => sendUndoCallOf(controls, call, of, aws);

describe('a call that the ledger holds as data', () => {
  test('is made again with the client and the command that it names', async () => {
    const { aws, made } = answering(() => ({ Return: true }));
    expect(await sendUndoCall({ ...call, region: 'eu-west-1' }, GROUP, aws)).toEqual({ Return: true });
    expect(made).toMatchObject([{ client: EC2Client, region: 'eu-west-1', command: { input: call.input } }]);
    expect(made[0]?.command).toBeInstanceOf(AuthorizeSecurityGroupIngressCommand);
  });

  test('was not made where the answer lists it as unsuccessful', async () => {
    const answer = (Code: string) => ({ Unsuccessful: [{ Error: { Code, Message: 'no' } }] });
    const { aws } = answering(() => answer('InvalidFlowLogId.NotFound'));
    await expect(sendUndoCall(call, GROUP, aws)).rejects.toThrow('no');
    const { aws: already } = answering(() => answer('InvalidPermission.Duplicate'));
    expect(await sendUndoCall(call, GROUP, already)).toEqual({});
  });

  test.each<[string, string, string, object]>([
    ['s3', 'DeleteBucketEncryption', 'b', { Bucket: 'b' }],
    ['s3control', 'DeletePublicAccessBlock', '111122223333', { AccountId: '111122223333' }],
    ['config', 'StopConfigurationRecorder', '111122223333', { ConfigurationRecorderName: 'default' }],
    ['cloudtrail', 'StopLogging', 'trail', { Name: 'trail' }],
  ])('may be one of %s', async (service, operation, id, input) => {
    const { aws, made } = answering(() => ({}));
    await sendUndoCall({ service, operation, input }, ref(id), aws);
    expect(made).toHaveLength(1);
  });

  test('is as good where it is so already', async () => {
    expect(await sendUndoCall(call, GROUP, answering(refused('InvalidPermission.Duplicate')).aws)).toEqual({});
    const denied = sendUndoCall(call, GROUP, answering(refused('AccessDenied')).aws);
    await expect(denied).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  test.each<[string, string, object]>([
    ['sts', 'AssumeRole', {}],
    ['iam', 'CreateUser', { UserName: 'sg-1' }],
    ['ec2', 'DeleteSecurityGroup', { GroupId: 'sg-1' }],
    ['ec2', 'MakeCoffee', {}],
    ['ec2', 'constructor', {}],
    ['__proto__', 'AuthorizeSecurityGroupIngress', {}],
    ['ec2', 'AuthorizeSecurityGroupIngress', { GroupId: 'sg-2', IpPermissions: [] }],
    ['ec2', 'AuthorizeSecurityGroupIngress', { GroupId: 'sg-1', GroupName: 'default', IpPermissions: [] }],
    ['rds', 'ModifyDBInstance', { DBInstanceIdentifier: 'sg-1', MasterUserPassword: 'mine now' }],
  ])('is not made where no control declares it on the resource: %s %s %j', async (service, operation, input) => {
    const { aws, made } = answering(() => ({}));
    await expect(sendUndoCall({ service, operation, input }, GROUP, aws)).rejects.toThrow(
      `${service}:${operation} is not a call that Evenkeel can make`,
    );
    expect(made).toEqual([]);
  });

  test('is not made in another region than that of the resource', async () => {
    const { aws, made } = answering(() => ({}));
    await expect(sendUndoCall({ ...call, region: 'us-east-1' }, GROUP, aws)).rejects.toThrow('is not a call');
    expect(made).toEqual([]);
  });
});
