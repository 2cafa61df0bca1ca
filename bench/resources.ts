import { createServer } from 'node:http';
import { CloudTrailClient, CreateTrailCommand, StartLoggingCommand } from '@aws-sdk/client-cloudtrail';
import { AttachVolumeCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  PutBucketEncryptionCommand,
  PutBucketPolicyCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { createVolume } from '../scenes/ec2/instance.ts';
import { createGroup, EVERYWHERE, tcp } from '../scenes/ec2/security-group.ts';
import { parseArn } from '../shared/aws/arn.ts';
import type { Aws } from '../shared/resource.ts';
import type { Bench } from './working.ts';

/** What the bench makes in the local account. */

/** A group that lets in port 443 from an intranet, and, where it is open, SSH from the world. */
export function securityGroup(name: string, isOpen: boolean, aws: Aws): Promise<string> {
  const intranet = tcp(443, { IpRanges: [{ CidrIp: '10.0.0.0/8' }] });
  const world = tcp(22, { IpRanges: [{ CidrIp: EVERYWHERE }] });
  return createGroup({ aws }, name, isOpen ? [intranet, world] : [intranet]);
}

/** A volume that is not encrypted, attached to an instance: only a person can remediate that. */
export async function volume(InstanceId: string, index: number, region: string, aws: Aws): Promise<string> {
  const VolumeId = await createVolume({ aws, region }, { encrypted: false });
  await aws(EC2Client).send(new AttachVolumeCommand({ VolumeId, InstanceId, Device: `/dev/sd${index}` }));
  return VolumeId;
}

/** A bucket as it should be. */
export async function bucket(Bucket: string, region: string, aws: Aws): Promise<void> {
  const client = aws(S3Client);
  const CreateBucketConfiguration = { LocationConstraint: region as BucketLocationConstraint };
  await client.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
  const PublicAccessBlockConfiguration = {
    BlockPublicAcls: true,
    IgnorePublicAcls: true,
    BlockPublicPolicy: true,
    RestrictPublicBuckets: true,
  };
  await client.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }));
  // AWS encrypts new buckets by itself.
  const Rules = [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] as const;
  const ServerSideEncryptionConfiguration = { Rules: [...Rules] };
  await client.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration }));
  const tlsOnly = {
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: [`arn:aws:s3:::${Bucket}`, `arn:aws:s3:::${Bucket}/*`],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [tlsOnly] });
  await client.send(new PutBucketPolicyCommand({ Bucket, Policy }));
}

/** A trail that logs everything everywhere. */
export async function trail(region: string, aws: Aws): Promise<void> {
  const [Name, S3BucketName] = ['main', 'bench-trail'];
  await bucket(S3BucketName, region, aws);
  const client = aws(CloudTrailClient);
  await client.send(new CreateTrailCommand({ Name, S3BucketName, IsMultiRegionTrail: true }));
  await client.send(new StartLoggingCommand({ Name }));
}

/** A server that takes what is posted to Slack, and the secret with its address. Lasts as long as the process. */
export async function slackWebhook(Name: string, aws: Aws): Promise<void> {
  const server = createServer((request, answer) => request.resume().on('end', () => answer.end('ok')));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  const address = server.address();
  const SecretString = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/services/T/B/x`;
  await aws(SecretsManagerClient).send(new CreateSecretCommand({ Name, SecretString }));
}

/** Subscribes Slack's queue to the topic, which CloudFormation leaves out in the local account. */
export async function subscribeSlack({ deployment, aws }: Pick<Bench, 'deployment' | 'aws'>): Promise<void> {
  const { queueUrl, arn } = deployment.functions.find(({ name }) => name === 'slack') ?? {};
  const { region, accountId } = parseArn(arn) ?? {};
  const subscription = {
    TopicArn: deployment.outputs.NoticeTopic,
    Protocol: 'sqs',
    Endpoint: `arn:aws:sqs:${region}:${accountId}:${queueUrl?.split('/').at(-1)}`,
    Attributes: { RawMessageDelivery: 'true' },
  };
  await aws()(SNSClient).send(new SubscribeCommand(subscription));
}

/** CloudTrail's record of a call, as EventBridge delivers it. */
export const record = (
  { accountId, region }: { readonly accountId: string; readonly region: string },
  [service, eventName]: readonly [string, string],
  requestParameters: object,
  responseElements: object = { _return: true },
) => ({
  eventVersion: '1.11',
  userIdentity: { type: 'IAMUser', userName: 'bench', accountId, arn: `arn:aws:iam::${accountId}:user/bench` },
  eventTime: new Date().toISOString(),
  eventSource: `${service}.amazonaws.com`,
  eventName,
  awsRegion: region,
  sourceIPAddress: '198.51.100.7',
  userAgent: 'aws-cli/2.31.0',
  requestParameters,
  responseElements,
  eventID: crypto.randomUUID(),
  readOnly: false,
  eventType: 'AwsApiCall',
  managementEvent: true,
  recipientAccountId: accountId,
});
