import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Context, SQSBatchResponse } from 'aws-lambda';
import { bucketEvent, createBucket } from '../../scenes/s3/bucket.ts';
import s3Scene from '../../scenes/s3/s3-bucket-public-access-blocked.ts';
import type { SceneAccount } from '../../scenes/scene.ts';
import { createHandler } from '../../shared/lambda/handler.ts';
import type { PolicyDocument } from '../../shared/policy/policy.ts';
import { wireTo } from '../support/aws-proxy.ts';
import { makeHands } from '../support/cli-fixture.ts';
import { ADMIN_PORTS, ingressOf, openedEvent, openGroup } from '../support/drift.ts';
import { REGION } from '../support/samples.ts';
import { servicesNamed } from '../support/served.ts';

const hands = await makeHands();
const { account } = hands;
const wire = await wireTo(account.endpoint);
const context = {
  invokedFunctionArn: `arn:aws:lambda:${REGION}:${account.accountId}:function:evenkeel-prod-data`,
} as Context;
const QUIET = { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' };
const PUBLIC = 's3-bucket-public-access-blocked';
const TLS = 's3-bucket-tls-required';

let queueArn = '';
beforeAll(async () => {
  const { AWS_ENDPOINT_URL_DYNAMODB: _, ...env } = hands.env as Record<string, string>;
  // Only what concerns the account's resources goes by the wire.
  const own = { AWS_ENDPOINT_URL_DYNAMODB: account.endpoint, AWS_ENDPOINT_URL_SNS: account.endpoint };
  Object.assign(process.env, env, QUIET, own, { AWS_ENDPOINT_URL: wire.endpoint });
  await account
    .aws()(SQSClient)
    .send(new CreateQueueCommand({ QueueName: 'evenkeel-prod-data' }));
  queueArn = `arn:aws:sqs:${REGION}:${account.accountId}:evenkeel-prod-data`;
});
beforeEach(async () => {
  wire.alter([]);
  wire.take();
  await hands.mail();
});

/** The function as it is deployed: whether it is done with a message that it receives for the nth time. */
function deployed(service: string, policy: PolicyDocument) {
  const handler = createHandler({ services: servicesNamed(service), detections: [], policy });
  return async (event: unknown, receiveCount = 1): Promise<boolean> => {
    const record = {
      eventSource: 'aws:sqs',
      eventSourceARN: queueArn,
      messageId: 'm-1',
      receiptHandle: 'r',
      body: JSON.stringify(event),
      attributes: { ApproximateReceiveCount: String(receiveCount) },
    };
    const { batchItemFailures } = (await handler({ Records: [record] }, context)) as SQSBatchResponse;
    return batchItemFailures.length === 0;
  };
}
const remediating = (...ids: readonly string[]): PolicyDocument => ({
  defaults: { mode: 'off' },
  controls: Object.fromEntries(ids.map((id) => [id, { mode: 'remediate' }])),
});
const subjects = async () => (await hands.mail()).map(({ subject }) => subject);

let buckets = 0;
const sceneAccount = (): SceneAccount => {
  buckets += 1;
  const n = buckets;
  return { accountId: account.accountId, region: REGION, aws: account.aws(), name: (base) => `${base}-${n}` };
};

/** S3's answer to whom a policy does not let in. */
const denied = (action: string, why: string) => () =>
  `<Error><Code>AccessDenied</Code><Message>User: arn:aws:sts::${account.accountId}:assumed-role/evenkeel/x is not authorized to perform: ${action} on resource: "arn:aws:s3:::b" ${why}</Message></Error>`;
const BY_BUCKET = 'with an explicit deny in a resource-based policy';
const BY_SCP = 'with an explicit deny in a service control policy';

test('a bucket whose policy denies reading to us is blocked: no retry, no dead letter, one notification for each control', async () => {
  const own = sceneAccount();
  const bucket = await createBucket(own, 'vault');
  const invoke = deployed('s3', remediating(PUBLIC, TLS));
  const event = bucketEvent('DeleteBucketPolicy', own, bucket);
  const call = `GET /${bucket}`;
  wire.take();
  wire.alter([{ call, isWithheld: true, status: 403, change: denied('s3:GetBucketPolicy', BY_BUCKET) }]);
  for (const count of [1, 1, 1]) expect(await invoke(event, count)).toBe(true);
  const told = await subjects();
  expect(told.length).toBeGreaterThan(0);
  for (const subject of told) expect(subject).toMatch(/Cannot be read: vault-/);
  expect(new Set(told).size).toBe(told.length);
  expect(wire.take().filter((one) => one.startsWith('PUT '))).toEqual([]);

  const rule = { resource: bucket, owner: 'jo@example.com', reason: 'a vault', expires: '2999-12-31' };
  const exemptions = [PUBLIC, TLS].map((control) => ({ ...rule, control }));
  expect(await deployed('s3', { ...remediating(PUBLIC, TLS), exemptions })(event)).toBe(true);
  expect(await subjects()).toEqual([]);
});

test('a call that a service control policy denies is made once, is blocked, and its message is done', async () => {
  const own = sceneAccount();
  const { happen } = await s3Scene.prepare(own);
  const { event } = await happen();
  const invoke = deployed('s3', remediating(PUBLIC));
  const change = denied('s3:PutBucketPublicAccessBlock', BY_SCP);
  wire.take();
  wire.alter([{ call: 'PUT /', isWithheld: true, status: 403, change }]);
  for (const count of [1, 1]) expect(await invoke(event, count)).toBe(true);
  expect(wire.take().filter((one) => one.startsWith('PUT /'))).toHaveLength(1);
  expect(await subjects()).toEqual([expect.stringMatching(/Remediation blocked: invoices-/)]);
});

test('reads that are throttled for a moment: the message is retried, and nobody is notified', async () => {
  const group = await openGroup(account, 'throttled');
  const invoke = deployed('ec2', remediating(ADMIN_PORTS));
  const event = openedEvent(account, group, 'e-1');
  wire.throttle('DescribeSecurityGroupRules', 2);
  expect([await invoke(event, 1), await invoke(event, 2)]).toEqual([false, false]);
  expect(await subjects()).toEqual([]);
  expect(await invoke(event, 3)).toBe(true);
  expect(await subjects()).toEqual([expect.stringMatching(/Remediated/)]);
  expect(await ingressOf(account, [group])).toEqual([`${group} tcp 443 10.0.0.0/8`]);
});

test('reads that stay throttled: people are notified with the last try, of nothing that was not tried, and that it is over', async () => {
  const group = await openGroup(account, 'throttled for long');
  const invoke = deployed('ec2', remediating(ADMIN_PORTS));
  expect(await invoke(openedEvent(account, group, 'e-1'))).toBe(true);
  await hands.mail();
  const event = openedEvent(account, group, 'e-2');
  wire.throttle('DescribeSecurityGroupRules', 6);
  for (const count of [1, 2, 3, 4, 5, 6]) expect(await invoke(event, count)).toBe(false);
  expect(await subjects()).toEqual([expect.stringContaining(`[CRITICAL] Not evaluated: ${group} in `)]);
  expect(await invoke(event)).toBe(true);
  expect(await subjects()).toEqual([expect.stringContaining(`[CRITICAL] Compliant again: ${group} in `)]);
});
