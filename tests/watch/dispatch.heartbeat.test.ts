import {
  DeleteQueueCommand,
  GetQueueUrlCommand,
  ListQueueTagsCommand,
  PurgeQueueCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { snsNotifier } from '../../shared/notify/sns.ts';
import { MINUTE_MS } from '../../shared/time.ts';
import type { WatchContext } from '../../shared/watch/context.ts';
import { runTask } from '../../shared/watch/dispatch.ts';
import { layForwarding } from '../support/deployed.ts';
import { REGION } from '../support/samples.ts';
import { FAILED, OTHER, START, watchScene } from '../support/watch-scene.ts';

const { account, time, regions, watching, mails, task, record, watch, subjects, swept, metric, measureAnew } =
  await watchScene();

beforeEach(measureAnew);

describe('the heartbeat', () => {
  test('sets the same tag of the queue in each region, and says how it went', async () => {
    time.now = START;
    expect(await watch(task('heartbeat'))).toEqual({ task: 'heartbeat', regions, rechecks: 0, failingChecks: 0 });
    for (const region of regions) {
      const client = account.aws(region)(SQSClient);
      const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: FAILED }));
      const { Tags } = await client.send(new ListQueueTagsCommand({ QueueUrl }));
      expect(Tags).toEqual({ 'evenkeel:heartbeat': 'made every few minutes' });
    }
    expect(metric('HeartbeatMissed').sort()).toEqual(
      [
        [REGION, 0],
        [OTHER, 0],
      ].sort(),
    );
    expect(metric('UnforwardedEvents').sort()).toEqual(
      [
        [REGION, 0],
        [OTHER, 0],
      ].sort(),
    );
    expect(await subjects()).toEqual([]);
  });

  test('silence is notified once and swept every hour; the return is notified once and swept', async () => {
    time.now = START + 20_000;
    for (const region of regions)
      expect(await watch(record(region, START))).toMatchObject({ task: 'heartbeatArrived' });
    expect(metric('HeartbeatDelay')).toEqual([
      [REGION, 20],
      [OTHER, 20],
    ]);
    const beat = async (minutes: number) => {
      time.now = START + minutes * MINUTE_MS;
      await watch(task('heartbeat'));
      // Home answers, and the other region does not.
      time.now += 10_000;
      await watch(record(REGION, time.now - 10_000));
    };
    for (const minutes of [15, 30, 45]) await beat(minutes);
    expect(await subjects()).toEqual([]);
    expect(swept()).toEqual([]);
    measureAnew();
    await beat(60);
    const [silence, ...others] = await mails();
    expect(others).toEqual([]);
    expect(silence).toMatchObject({ subject: '[CRITICAL] Evenkeel is blind in us-east-1: no events arrive' });
    expect(silence?.text).toContain('since 2026-11-22T12:15:00.000Z');
    expect(silence?.text).toContain('npx evenkeel doctor');
    expect(swept()).toEqual(['us-east-1 ec2', 'us-east-1 s3']);
    expect(metric('HeartbeatMissed').sort()).toEqual(
      [
        [REGION, 0],
        [OTHER, 1],
      ].sort(),
    );
    for (const minutes of [75, 90, 105]) await beat(minutes);
    expect(swept()).toEqual([]);
    await beat(135);
    expect(swept()).toEqual(['us-east-1 ec2', 'us-east-1 s3']);
    expect(await subjects()).toEqual([]);

    await watch(record(OTHER, time.now - 5_000));
    await watch(record(OTHER, time.now - 5_000));
    expect(await subjects()).toEqual(['[HIGH] Evenkeel receives events of us-east-1 again']);
    expect(swept()).toEqual(['us-east-1 ec2', 'us-east-1 s3']);
  });

  test('where the message could not be handed over, the run fails, and the next one notifies', async () => {
    const broken: WatchContext = {
      ...watching,
      engine: { ...watching.engine, notifier: snsNotifier(account.aws(), `${watching.topicArn}-gone`) },
    };
    for (const minutes of [300, 315, 330]) {
      time.now = START + minutes * MINUTE_MS;
      await watch(task('heartbeat', { regions: [OTHER] }));
    }
    time.now = START + 345 * MINUTE_MS;
    await expect(runTask(task('heartbeat', { regions: [OTHER] }), broken)).rejects.toThrow(/NotFound/);
    time.now += 5 * MINUTE_MS;
    await watch(task('heartbeat', { regions: [OTHER] }));
    expect(await subjects()).toEqual([expect.stringContaining('blind in us-east-1')]);
    expect(swept()).toEqual(['us-east-1 ec2', 'us-east-1 s3']);
    await watch(record(OTHER, time.now));
    await subjects();
    swept();
  });

  test('one that cannot be made is notified as that; the other regions go on', async () => {
    const client = account.aws(OTHER)(SQSClient);
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: FAILED }));
    await client.send(new DeleteQueueCommand({ QueueUrl }));
    time.now = START + 400 * MINUTE_MS;
    await watch(task('heartbeat'));
    time.now += 15 * MINUTE_MS;
    await watch(task('heartbeat'));
    const [digest, told, ...more] = (await mails()).toSorted((a, b) => a.subject.localeCompare(b.subject));
    expect(more).toEqual([]);
    expect(told).toMatchObject({ subject: '[HIGH] Heartbeat failed in us-east-1' });
    expect(told?.text).toMatch(/^QueueDoesNotExist/);
    expect(digest?.text).toContain('us-east-1: the queue evenkeel-prod-failed-events is missing');
    expect(metric('HeartbeatMissed').slice(-2).sort()).toEqual(
      [
        [REGION, 0],
        [OTHER, 1],
      ].sort(),
    );
    expect(swept()).toEqual([]);
    await layForwarding(account, OTHER, REGION);
  });

  test('a tag of another queue, another call and a record without its place say nothing', async () => {
    const before = await watching.engine.ledger.heartbeats.all();
    const other = { queueUrl: `https://sqs.us-east-1.amazonaws.com/${account.accountId}/my-${FAILED}` };
    for (const body of [
      record(OTHER, time.now, { requestParameters: other }),
      record(OTHER, time.now, { requestParameters: null }),
      record(OTHER, time.now, { eventName: 'UntagQueue' }),
      record(OTHER, time.now, { awsRegion: null }),
      record(OTHER, time.now, { eventTime: 'soon' }),
      // Forged by somebody who may put events: with a source of their own, in the name of another account, of a time to come.
      { ...record(OTHER, time.now), source: 'my.app' },
      { ...record(OTHER, time.now), source: undefined },
      { ...record(OTHER, time.now), account: '444455556666' },
      { ...record(OTHER, time.now, { recipientAccountId: undefined }), account: undefined },
      record(OTHER, time.now, { recipientAccountId: '444455556666' }),
      record(OTHER, time.now, { eventSource: 'my.app' }),
    ])
      expect(await watch(body)).toEqual({ task: 'none' });
    expect(await watching.engine.ledger.heartbeats.all()).toEqual(before);
  });

  test('messages that a region could not forward are counted', async () => {
    const client = account.aws(OTHER)(SQSClient);
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: FAILED }));
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: '{}' }));
    time.now = START + 430 * MINUTE_MS;
    expect(await watch(task('heartbeat'))).toMatchObject({ failingChecks: 1 });
    expect(metric('UnforwardedEvents').sort()).toEqual(
      [
        [REGION, 0],
        [OTHER, 1],
      ].sort(),
    );
    await client.send(new PurgeQueueCommand({ QueueUrl }));
    for (const region of regions) await watch(record(region, time.now));
    await mails();
    swept();
  });
});
