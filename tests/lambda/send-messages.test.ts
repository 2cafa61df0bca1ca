import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { recheck } from '../../shared/internal-events.ts';
import { earlyMessage, isInternal, MAX_DELAY_S, messageSender } from '../../shared/lambda/send-messages.ts';
import type { Aws } from '../../shared/resource.ts';

const NOW = Date.parse('2026-11-26T12:00:00Z');
const DOMAINS = { ec2: 'infrastructure', s3: 'data', kms: 'data' } as const;

interface Entry {
  readonly Id: string;
  readonly MessageBody: string;
  readonly DelaySeconds?: number;
}

/** Queues that refuse an entry as often as `refusals` says for its resource. */
function queues(refusals: Readonly<Record<string, number>> = {}) {
  const left: Record<string, number> = { ...refusals };
  const taken: {
    readonly queue: string;
    readonly delay: number;
    readonly body: { readonly detail: { readonly resourceId: string } };
  }[] = [];
  const sizes: number[] = [];
  const waits: number[] = [];
  const asked: string[] = [];
  let isMissing = false;
  const client = {
    async send(command: { readonly input: { QueueName?: string; QueueUrl?: string; Entries?: readonly Entry[] } }) {
      const { QueueName, QueueUrl = '', Entries = [] } = command.input;
      if (!(command instanceof SendMessageBatchCommand)) {
        asked.push(QueueName ?? '');
        if (isMissing) throw new Error('no such queue');
        return { QueueUrl: `url of ${QueueName}` };
      }
      sizes.push(Entries.length);
      const Failed = Entries.flatMap(({ Id, MessageBody, DelaySeconds = 0 }) => {
        const body = JSON.parse(MessageBody);
        const { resourceId } = body.detail;
        left[resourceId] = (left[resourceId] ?? 0) - 1;
        if (left[resourceId] >= 0) return [{ Id, Code: 'Throttled', Message: 'slower' }];
        taken.push({ queue: QueueUrl.replace('url of ', ''), delay: DelaySeconds, body });
        return [];
      });
      return { Failed };
    },
  };
  const clock = { now: () => new Date(NOW), sleep: async (ms: number) => void waits.push(ms) };
  const send = messageSender({
    aws: (() => client) as unknown as Aws,
    prefix: 'evenkeel-prod',
    domains: DOMAINS,
    clock,
  });
  const missing = (is: boolean) => {
    isMissing = is;
  };
  return { send, taken, sizes, waits, asked, missing };
}

const look = (resourceId: string, service = 'ec2', notBefore?: number) =>
  recheck(service, { resourceType: 'T', resourceId, accountId: '1', region: 'r' }, notBefore);
const looks = (count: number) => Array.from({ length: count }, (_, index) => look(`${index}`));
const ids = ({ taken }: ReturnType<typeof queues>) => taken.map(({ body }) => body.detail.resourceId);

describe('messages of our own', () => {
  test('go to the queue of the domain that serves them, ten at a time', async () => {
    const there = queues();
    await there.send([...looks(23), look('bucket', 's3'), look('key', 'kms')]);
    expect(there.sizes).toEqual([10, 10, 3, 2]);
    expect(ids(there)).toEqual([...looks(23).map((_, index) => `${index}`), 'bucket', 'key']);
    expect(new Set(there.taken.map(({ queue }) => queue))).toEqual(
      new Set(['evenkeel-prod-infrastructure', 'evenkeel-prod-data']),
    );
    expect(there.taken.at(-1)?.body).toEqual({
      source: 'evenkeel',
      'detail-type': 'Evenkeel Recheck',
      detail: { service: 'kms', resourceType: 'T', resourceId: 'key', accountId: '1', region: 'r' },
    });
    expect(there.asked).toEqual(['evenkeel-prod-infrastructure', 'evenkeel-prod-data']);
  });

  test('that are refused for the moment are sent again with back-off, and nothing else', async () => {
    const there = queues({ 1: 1, 4: 2 });
    await there.send(looks(6));
    expect(there.sizes).toEqual([6, 2, 1]);
    expect(ids(there).toSorted()).toEqual(['0', '1', '2', '3', '4', '5']);
    expect(there.waits).toEqual([200, 400]);
  });

  test('that are refused for good are an error with the reason', async () => {
    const there = queues({ 2: 99 });
    await expect(there.send(looks(3))).rejects.toThrow('SQS refused 1 message: Throttled: slower');
    expect(ids(there)).toEqual(['0', '1']);
  });

  test('for a service without a domain are an error, and nothing is sent', async () => {
    const there = queues();
    await expect(there.send([look('a'), look('b', 'constructor')])).rejects.toThrow('no domain serves "constructor"');
    expect(there.taken).toEqual([]);
  });

  test('find a queue that was missing once it is there', async () => {
    const there = queues();
    there.missing(true);
    await expect(there.send([look('a')])).rejects.toThrow('no such queue');
    there.missing(false);
    await there.send([look('a')]);
    expect(ids(there)).toEqual(['a']);
  });
});

test('a message for later is delayed as far as SQS does, and whoever receives it early sends it on, until its time', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: -10_000, max: 10_000_000 }), async (ahead) => {
      const there = queues();
      await there.send([look('a', 'ec2', NOW + ahead)]);
      const [{ delay = -1, body } = {}] = there.taken;
      expect(delay).toBe(Math.max(0, Math.min(MAX_DELAY_S, Math.ceil(ahead / 1000))));
      const arrived = NOW + delay * 1000;
      const early = earlyMessage(body, arrived);
      expect(early === null).toBe(arrived >= NOW + ahead);
      if (early !== null) expect(early).toEqual(look('a', 'ec2', NOW + ahead));
    }),
  );
});

test('only what Evenkeel sends to itself, with a time, can be early', () => {
  const early = { source: 'evenkeel', 'detail-type': 'x', detail: { service: 'ec2' }, notBefore: NOW + 1 };
  expect(earlyMessage(early, NOW)).not.toBeNull();
  for (const other of [
    { ...early, source: 'aws.ec2' },
    { ...early, notBefore: NOW },
    { ...early, notBefore: `${NOW + 1}` },
    { ...early, detail: {} },
    { ...early, detail: null },
    { ...early, 'detail-type': 7 },
    null,
    'text',
  ])
    expect(earlyMessage(other, NOW)).toBeNull();
  expect(isInternal({ source: 'aws.evenkeel' })).toBe(false);
});
