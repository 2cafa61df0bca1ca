import { readFileSync } from 'node:fs';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { beforeAll, expect, test } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { parse } from 'yaml';
import { ROOT } from '../../scripts/catalogue.ts';
import { controls } from '../../shared/controls/ec2/index.ts';
import { createHandler } from '../../shared/lambda/handler.ts';
import { createWatchHandler } from '../../shared/watch/handler.ts';
import { ADMIN_PORTS, ingressOf, openedEvent, openGroup } from '../support/drift.ts';
import { makeHands } from '../support/hands.ts';
import { REGION } from '../support/sandbox.ts';

const hands = await makeHands();
const { account, ledger } = hands;
const sqs = account.aws()(SQSClient);
const events = account.aws()(EventBridgeClient);
/** What Powertools has to say is not looked at here. */
const QUIET = { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' };
const NOW = new Date();
const dayFrom = (days: number) => new Date(NOW.getTime() + days * 86_400_000).toISOString().slice(0, 10);

const POLICY = { defaults: { mode: 'detect' as const }, controls: { [ADMIN_PORTS]: { mode: 'remediate' as const } } };
const context = { invokedFunctionArn: `arn:aws:lambda:${REGION}:${account.accountId}:function:watch` } as Context;

interface Rule {
  readonly Type: string;
  readonly Properties: { readonly EventPattern?: { readonly 'detail-type'?: readonly string[] } };
}
/** The patterns of the rules that wake a function, as they are deployed. */
const patternsOf = (service: string) =>
  Object.values<Rule>(parse(readFileSync(`${ROOT}functions/${service}/function.yml`, 'utf8')).resources.Resources)
    .filter(({ Type }) => Type === 'AWS::Events::Rule')
    .flatMap(({ Properties }) => Properties.EventPattern ?? []);

/** A queue that gets what the rechecks' rule of a function lets through. */
async function queueBehindRuleOf(service: string): Promise<string> {
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: `rechecks-${service}` }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  const pattern = patternsOf(service).find((one) => one['detail-type']?.includes('Evenkeel Recheck'));
  await events.send(new PutRuleCommand({ Name: service, EventPattern: JSON.stringify(pattern) }));
  await events.send(new PutTargetsCommand({ Rule: service, Targets: [{ Id: '1', Arn: Attributes?.QueueArn }] }));
  return QueueUrl;
}
async function taken(QueueUrl: string): Promise<readonly Record<string, unknown>[]> {
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  return Messages.map(({ Body = '' }) => JSON.parse(Body));
}

let ec2Queue: string;
let s3Queue: string;
let ec2: (event: unknown) => Promise<unknown>;
let watch: () => Promise<unknown>;
beforeAll(async () => {
  Object.assign(process.env, hands.env, QUIET);
  ec2Queue = await queueBehindRuleOf('ec2');
  s3Queue = await queueBehindRuleOf('s3');
  const handler = createHandler(controls, POLICY);
  ec2 = (event) => handler(event, context);
  const watching = createWatchHandler(POLICY, []);
  watch = () => watching({}, context);
});

test('when an exemption has ended, the resource is looked at again: watch, EventBridge, rule, function', async () => {
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
  expect(await watch()).toMatchObject({ duty: 'daily', rechecks: 0 });
  const [warning, ...others] = await hands.mail();
  expect(others).toEqual([]);
  expect(warning).toMatchObject({
    subject: `[MEDIUM] web@example.com: an exemption ends on ${dayFrom(0)}`,
    text: expect.stringContaining('a jump host'),
  });

  await ledger.saveExemption({ ...exemption, expires: dayFrom(-1) });
  expect(await watch()).toMatchObject({ rechecks: 1 });
  expect(await taken(s3Queue)).toEqual([]);
  const [event, ...more] = await taken(ec2Queue);
  expect(more).toEqual([]);
  expect(event).toMatchObject({
    source: 'evenkeel',
    'detail-type': 'Evenkeel Recheck',
    detail: { service: 'ec2', resourceId: group },
  });
  await ec2(event);
  expect(await ingressOf(account, [group])).toEqual([`${group} tcp 443 10.0.0.0/8`]);
  expect((await hands.mail()).map(({ subject }) => subject)).toContainEqual(expect.stringMatching(/Drift put right/));
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

test('more rechecks than one call takes all arrive', async () => {
  const ref = { resourceType: 'AWS::S3::Bucket', accountId: account.accountId, region: REGION };
  const finding = (name: string) => ({
    controlId: 's3-bucket-encrypted',
    ref: { ...ref, resourceId: name },
    arn: `arn:aws:s3:::${name}`,
    status: 'open' as const,
    severity: 'MEDIUM' as const,
    outcome: 'exempted' as const,
    annotation: '',
    firstSeen: NOW.toISOString(),
    lastSeen: NOW.toISOString(),
    timesSeen: 1,
    untold: null,
    rejection: null,
  });
  for (let n = 0; n < 12; n += 1)
    await ledger.saveFinding(
      [account.accountId, REGION, 's3', ref.resourceType, `b-${n}`].join('|'),
      finding(`b-${n}`),
    );
  expect(await watch()).toMatchObject({ rechecks: 12 });
  expect([...(await taken(s3Queue)), ...(await taken(s3Queue))]).toHaveLength(12);
});

test('a duty that fails fails the run, so that it is tried again, after what could be done', async () => {
  const { EVENKEEL_TOPIC_ARN } = process.env;
  process.env.EVENKEEL_TOPIC_ARN = `${EVENKEEL_TOPIC_ARN}-gone`;
  const watching = createWatchHandler(POLICY, []);
  process.env.EVENKEEL_TOPIC_ARN = EVENKEEL_TOPIC_ARN;
  await ledger.pause({ control: null, reason: 'release day', by: 'jo', at: '2026-11-01T00:00:00Z' });
  await expect(watching({}, context)).rejects.toThrow(/NotFound/);
  await ledger.resume(null);
  expect([...(await taken(s3Queue)), ...(await taken(s3Queue))]).not.toEqual([]);
});
