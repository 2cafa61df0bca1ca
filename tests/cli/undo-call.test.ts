import { EC2Client, RevokeSecurityGroupIngressCommand } from '@aws-sdk/client-ec2';
import { describe, expect, test } from '@jest/globals';
import { sendUndoCall } from '../../shared/cli/undo-call.ts';
import type { Aws } from '../../shared/resource.ts';

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
const call = {
  service: 'ec2',
  operation: 'RevokeSecurityGroupIngress',
  input: { GroupId: 'sg-1' },
  satisfiedBy: ['InvalidPermission.NotFound'],
};

describe('a call that the ledger holds as data', () => {
  test('is made again with the client and the command that it names', async () => {
    const { aws, made } = answering(() => ({ Return: true }));
    expect(await sendUndoCall({ ...call, region: 'us-east-1' }, aws)).toEqual({ Return: true });
    expect(made).toMatchObject([{ client: EC2Client, region: 'us-east-1', command: { input: call.input } }]);
    expect(made[0]?.command).toBeInstanceOf(RevokeSecurityGroupIngressCommand);
  });

  test('was not made where the answer lists it as unsuccessful', async () => {
    const answer = (Code: string) => ({ Unsuccessful: [{ Error: { Code, Message: 'no' } }] });
    const { aws } = answering(() => answer('InvalidFlowLogId.NotFound'));
    await expect(sendUndoCall(call, aws)).rejects.toThrow('no');
    const { aws: already } = answering(() => answer('InvalidPermission.NotFound'));
    expect(await sendUndoCall(call, already)).toEqual({});
  });

  test.each([
    ['s3', 'DeleteBucketEncryption'],
    ['s3control', 'DeletePublicAccessBlock'],
    ['config', 'StopConfigurationRecorder'],
    ['cloudtrail', 'StopLogging'],
  ])('may be one of %s', async (service, operation) => {
    const { aws, made } = answering(() => ({}));
    await sendUndoCall({ service, operation, input: {} }, aws);
    expect(made).toHaveLength(1);
  });

  test('is as good where it is so already', async () => {
    expect(await sendUndoCall(call, answering(refused('InvalidPermission.NotFound')).aws)).toEqual({});
    const denied = sendUndoCall(call, answering(refused('AccessDenied')).aws);
    await expect(denied).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  test.each([
    ['sts', 'AssumeRole'],
    ['ec2', 'MakeCoffee'],
    ['ec2', 'constructor'],
    ['__proto__', 'RevokeSecurityGroupIngress'],
  ])('is not made where nobody knows it: %s %s', async (service, operation) => {
    const { aws, made } = answering(() => ({}));
    await expect(sendUndoCall({ service, operation, input: {} }, aws)).rejects.toThrow(
      `${service}:${operation} is not a call that Evenkeel can make`,
    );
    expect(made).toEqual([]);
  });
});
