import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect } from '@jest/globals';
import { takeMail } from '../../scripts/sandbox/local-deployment.ts';
import { awsClients } from '../../shared/aws/clients.ts';
import type { InternalMessage } from '../../shared/internal-events.ts';
import { dynamoStore } from '../../shared/ledger/dynamodb.ts';
import { ledgerIn } from '../../shared/ledger/stored-ledger.ts';
import { snsNotifier } from '../../shared/notify/sns.ts';
import { policyFrom } from '../../shared/policy/settings.ts';
import { systemClock } from '../../shared/time.ts';
import type { WatchContext } from '../../shared/watch/context.ts';
import { runTask } from '../../shared/watch/dispatch.ts';
import { wireTo } from './aws-proxy.ts';
import { deployStack, STACK } from './deployed.ts';
import { testEngine } from './engine.ts';
import { REGION } from './samples.ts';
import { testAccount } from './sandbox.ts';

/** The region that is watched beside the home region. */
export const OTHER = 'us-east-1';
export const FAILED = `${STACK}-failed-events`;
export const START = Date.parse('2026-11-22T12:00:00Z');
const regions = [REGION, OTHER];

/** A deployment in two regions, and what its function `watch` makes of what comes; the time is `time.now`. */
export async function watchScene() {
  const account = await testAccount();
  const wire = await wireTo(account.endpoint);
  const time = { now: START };
  const measured: [string, string, number][] = [];
  const sent: InternalMessage[] = [];
  const stack = await deployStack(account, { regions, policyVersion: policyFrom(null).version });
  const { aws } = account;
  const sqs = aws()(SQSClient);
  const { QueueUrl: inbox = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'inbox' }));
  const asked = new GetQueueAttributesCommand({ QueueUrl: inbox, AttributeNames: ['QueueArn'] });
  const { Attributes: { QueueArn: Endpoint } = {} } = await sqs.send(asked);
  const TopicArn = stack.outputs.NoticeTopic ?? '';
  const Attributes = { RawMessageDelivery: 'true' };
  await aws()(SNSClient).send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint, Attributes }));
  const watching: WatchContext = {
    engine: testEngine(aws, 'detect', {
      ledger: ledgerIn(dynamoStore(aws(), stack.outputs.LedgerTable ?? ''), () => time.now),
      notifier: snsNotifier(aws(), TopicArn),
      clock: { ...systemClock, now: () => new Date(time.now) },
      async send(messages) {
        sent.push(...messages);
      },
    }),
    home: REGION,
    accountId: account.accountId,
    stack: STACK,
    table: stack.outputs.LedgerTable,
    topicArn: TopicArn,
    services: ['ec2', 's3'],
    measure: (...measure) => measured.push(measure),
    warn: () => {},
  };
  const mails = async () => (await takeMail(aws(), inbox)).map(({ subject, text }) => ({ subject, text }));

  return {
    account,
    wire,
    time,
    regions,
    stack,
    watching,
    mails,
    task: (name: string, more: object = {}) => ({
      source: 'evenkeel',
      'detail-type': 'Evenkeel Watch',
      detail: { task: name, stack: STACK, regions, ...more },
    }),
    /** The record of a heartbeat, as CloudTrail and EventBridge bring it. */
    record: (awsRegion: string, called: number, more: object = {}) => ({
      'detail-type': 'AWS API Call via CloudTrail',
      source: 'aws.sqs',
      account: account.accountId,
      region: awsRegion,
      detail: {
        eventSource: 'sqs.amazonaws.com',
        eventName: 'TagQueue',
        awsRegion,
        eventTime: new Date(called).toISOString().replace(/\.\d+/, ''),
        requestParameters: { queueUrl: `https://sqs.${awsRegion}.amazonaws.com/${account.accountId}/${FAILED}` },
        ...more,
      },
    }),
    watch: (body: unknown) => runTask(body, watching),
    /** The same, with what the wire makes of the answers. */
    async watchByWire(body: unknown) {
      process.env.AWS_ENDPOINT_URL = wire.endpoint;
      try {
        return await runTask(body, { ...watching, engine: { ...watching.engine, aws: awsClients() } });
      } finally {
        process.env.AWS_ENDPOINT_URL = account.endpoint;
      }
    },
    subjects: async () => (await mails()).map(({ subject }) => subject),
    /** The slices of sweeps that were begun since. */
    swept: (): readonly string[] =>
      sent
        .splice(0)
        .map(({ service, detailType, detail }) => {
          expect({ service, detailType }).toEqual({
            service: expect.stringMatching(/^(ec2|s3)$/),
            detailType: 'Evenkeel Sweep',
          });
          expect(detail).toMatchObject({
            service,
            accountId: account.accountId,
            run: expect.stringMatching(/^[0-9a-f-]{36}$/),
            slice: 0,
            cursor: null,
          });
          return `${(detail as { readonly region: string }).region} ${service}`;
        })
        .sort(),
    /** What was measured under a name since `measureAnew`. */
    metric: (name: string) => measured.filter(([metric]) => metric === name).map(([, ...rest]) => rest),
    measureAnew() {
      measured.length = 0;
    },
  };
}
