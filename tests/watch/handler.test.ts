import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { services } from '../../functions/infrastructure/services.ts';
import { domains } from '../../functions/watch/domains.ts';
import { createHandler } from '../../shared/lambda/handler.ts';
import { DAY_MS, dayOf, MINUTE_MS } from '../../shared/time.ts';
import { createWatchHandler } from '../../shared/watch/handler.ts';
import { makeHands } from '../support/cli-fixture.ts';
import { ADMIN_PORTS, ingressOf, openedEvent, openGroup } from '../support/drift.ts';
import { change, findingOf, noticeOf } from '../support/ledger-fixtures.ts';
import { REGION } from '../support/samples.ts';

const hands = await makeHands();
const { account, ledger } = hands;
const sqs = account.aws()(SQSClient);
/** What Powertools logs is not checked here. */
const QUIET = { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' };
const NOW = new Date();
const dayFrom = (days: number) => dayOf(new Date(NOW.getTime() + days * DAY_MS));

const POLICY = { defaults: { mode: 'detect' as const }, controls: { [ADMIN_PORTS]: { mode: 'remediate' as const } } };
const context = { invokedFunctionArn: `arn:aws:lambda:${REGION}:${account.accountId}:function:watch` } as Context;

/** The queue of a domain, as the deployment names it. */
async function queueOf(domain: string): Promise<string> {
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: `evenkeel-test-${domain}` }));
  return QueueUrl;
}
async function taken(QueueUrl: string): Promise<readonly Record<string, unknown>[]> {
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  return Messages.map(({ Body = '' }) => JSON.parse(Body));
}

let infrastructure: string;
let data: string;
let ec2: (event: unknown) => Promise<unknown>;
let watch: (body?: object) => Promise<unknown>;
const watchHandler = () => createWatchHandler({ policy: POLICY, domains, services: [] });
beforeAll(async () => {
  infrastructure = await queueOf('infrastructure');
  data = await queueOf('data');
  Object.assign(process.env, hands.env, QUIET, { AWS_LAMBDA_FUNCTION_NAME: 'evenkeel-test-infrastructure' });
  const handler = createHandler({ services, detections: [], policy: POLICY });
  ec2 = (event) => handler(event, context);
  process.env.AWS_LAMBDA_FUNCTION_NAME = 'evenkeel-test-watch';
  const watching = watchHandler();
  watch = (body = {}) => watching(body, context);
});

test('when an exemption has ended, the resource is looked at again: watch, queue of the domain, function', async () => {
  const group = await openGroup(account, 'exempted');
  const exemption = {
    id: 'ex-1',
    control: ADMIN_PORTS,
    resource: `arn:aws:ec2:*:security-group/${group}`,
    owner: 'web@example.com',
    reason: 'a jump host',
    expires: dayFrom(0),
    createdAt: NOW.toISOString(),
    createdBy: 'jo',
  };
  await ledger.saveExemption(exemption);
  await ec2(openedEvent(account, group, 'e-1'));
  expect(await ingressOf(account, [group])).toHaveLength(2);
  await hands.mail();
  expect(await watch()).toMatchObject({ task: 'daily', rechecks: 0 });
  const [warning, ...others] = await hands.mail();
  expect(others).toEqual([]);
  expect(warning).toMatchObject({
    subject: expect.stringContaining(
      `[MEDIUM] Exemption expires on ${dayFrom(0)}: arn:aws:ec2:*:security-group/${group}`,
    ),
    text: expect.stringContaining('a jump host'),
  });

  await ledger.saveExemption({ ...exemption, expires: dayFrom(-1) });
  expect(await watch()).toMatchObject({ rechecks: 1 });
  expect(await taken(data)).toEqual([]);
  const [event, ...more] = await taken(infrastructure);
  expect(more).toEqual([]);
  expect(event).toMatchObject({
    source: 'evenkeel',
    'detail-type': 'Evenkeel Recheck',
    detail: { service: 'ec2', resourceId: group },
  });
  await ec2(event);
  expect(await ingressOf(account, [group])).toEqual([`${group} tcp 443 10.0.0.0/8`]);
  expect((await hands.mail()).map(({ subject }) => subject)).toContainEqual(expect.stringMatching(/Remediated/));
});

test('reminds of a pause, every day', async () => {
  await ledger.pause({ control: null, reason: 'release day', by: 'jo', at: '2026-11-01T00:00:00Z' });
  await watch();
  await watch();
  expect((await hands.mail()).map(({ subject }) => subject)).toEqual([
    '[HIGH] Evenkeel is paused: everything',
    '[HIGH] Evenkeel is paused: everything',
  ]);
  await ledger.resume(null);
});

const bucketKey = (name: string) => [account.accountId, REGION, 's3', 'AWS::S3::Bucket', name].join('|');
const BUCKETS = Array.from({ length: 12 }, (_, n) => `b-${n}`);

test('more rechecks than one call takes all arrive', async () => {
  const findings = { 's3-bucket-encrypted': findingOf('s3-bucket-encrypted', { outcome: 'exempted' }) };
  for (const name of BUCKETS) await change(ledger, bucketKey(name), { arn: `arn:aws:s3:::${name}`, findings });
  expect(await watch()).toMatchObject({ rechecks: 12 });
  expect([...(await taken(data)), ...(await taken(data))]).toHaveLength(12);
});

describe('with every heartbeat', () => {
  const heartbeat = { source: 'evenkeel', 'detail-type': 'Evenkeel Watch', detail: { task: 'heartbeat' } };
  // There is no deployment here in which a beat could be made: what else is to be done is done all the same.
  const beat = () => watch(heartbeat);

  test('a recheck whose message was lost is sent again, to the queue of its domain', async () => {
    await change(ledger, bucketKey('lost'), { recheckAt: NOW.getTime() - 3 * MINUTE_MS });
    await beat();
    expect(await taken(infrastructure)).toEqual([]);
    expect(await taken(data)).toMatchObject([
      { source: 'evenkeel', 'detail-type': 'Evenkeel Recheck', detail: { service: 's3', resourceId: 'lost' } },
    ]);
    await change(ledger, bucketKey('lost'), { recheckAt: null });
    await beat();
    expect(await taken(data)).toEqual([]);
  });

  test('a notification that a dead run left is published by the recheck, once', async () => {
    const group = await openGroup(account, 'left');
    await ec2(openedEvent(account, group, 'e-left'));
    await hands.mail();
    const key = [account.accountId, REGION, 'ec2', 'AWS::EC2::SecurityGroup', group].join('|');
    const [record] = (await Array.fromAsync(ledger.remediations())).filter(({ ref }) => ref.resourceId === group);
    if (record === undefined) throw new Error('nothing was remediated');
    await change(ledger, key, { outbox: [noticeOf(record, NOW.getTime() - 2 * MINUTE_MS)] });
    await beat();
    const [message, ...others] = await taken(infrastructure);
    expect(others).toEqual([]);
    await ec2(message);
    await ec2(message);
    expect(await hands.mail()).toMatchObject([{ subject: expect.stringContaining(group) }]);
    await beat();
    expect(await taken(infrastructure)).toEqual([]);
  });

  test('an announcement that a dead run left is published once', async () => {
    await ledger.announcements.enqueue('breaker|x', { severity: 'CRITICAL', subject: 'It has opened', text: 'So.' });
    await beat();
    await beat();
    expect((await hands.mail()).map(({ subject }) => subject)).toEqual(['[CRITICAL] It has opened']);
  });
});

test('a task that fails fails the run, so that it is tried again, after what could be done', async () => {
  const { EVENKEEL_TOPIC_ARN } = process.env;
  process.env.EVENKEEL_TOPIC_ARN = `${EVENKEEL_TOPIC_ARN}-gone`;
  const watching = watchHandler();
  process.env.EVENKEEL_TOPIC_ARN = EVENKEEL_TOPIC_ARN;
  await ledger.pause({ control: null, reason: 'release day', by: 'jo', at: '2026-11-01T00:00:00Z' });
  await expect(watching({}, context)).rejects.toThrow(/NotFound/);
  await ledger.resume(null);
  expect([...(await taken(data)), ...(await taken(data))]).not.toEqual([]);
});
