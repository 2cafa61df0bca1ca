import {
  CreateQueueCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { expect, test } from '@jest/globals';
import { drain } from '../../shared/cli/queue.ts';
import type { Aws } from '../../shared/resource.ts';
import { evenkeelAs, linesOf, temporaryFolder } from '../support/command.ts';
import { ADMIN_PORTS, ingressOf, openedEvent, openGroup } from '../support/drift.ts';
import { testAccount } from '../support/sandbox.ts';

const cwd = temporaryFolder();
const account = await testAccount();
const evenkeel = evenkeelAs(account.env);
const sqs = account.aws()(SQSClient);

async function queueOf(name: string, bodies: readonly string[]): Promise<string> {
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  for (let from = 0; from < bodies.length; from += 10) {
    const Entries = bodies.slice(from, from + 10).map((MessageBody, index) => ({ Id: `m${index}`, MessageBody }));
    await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  }
  return QueueUrl;
}

/** What anybody can receive now. */
async function visible(QueueUrl: string): Promise<readonly string[]> {
  const bodies: string[] = [];
  for (;;) {
    const request = { QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 60 };
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(request));
    if (Messages.length === 0) return bodies.sort();
    bodies.push(...Messages.map(({ Body = '' }) => Body));
  }
}

const replay = (url: string, ...flags: string[]) =>
  evenkeel(['replay', url, '--json', '--control', ADMIN_PORTS, ...flags], { cwd });

const groupId = await openGroup(account, 'open');
const event = openedEvent(account, groupId, 'good');
const good = JSON.stringify(event);
/** As a Lambda's failure destination keeps it. */
const deadLetter = JSON.stringify({
  version: '1.0',
  requestContext: { requestId: 'r', condition: 'RetriesExhausted' },
  requestPayload: openedEvent(account, groupId, 'dead letter'),
  responseContext: { statusCode: 200 },
});
const idless = JSON.stringify({
  ...event,
  id: 'idless',
  detail: { ...(event.detail as object), requestParameters: null, responseElements: null },
});
const halfGood = JSON.stringify([event, { ...event, id: 'no detail', detail: null }]);
const broken = '{"detail-type": ';

test('a dry run gives every message back at once', async () => {
  const bodies = [good, broken, ...Array.from({ length: 21 }, () => deadLetter)];
  const url = await queueOf('dry', bodies);
  const finished = await replay(url, '--no-policy');
  expect(finished.status).toBe(1);
  expect(linesOf(finished).filter(({ outcome }) => outcome === 'detected')).toHaveLength(22);
  expect(await visible(url)).toEqual(bodies.toSorted());
});

test('a message goes when all of its events ended well; what failed or cannot be read stays and is told', async () => {
  const url = await queueOf('failed', [deadLetter, good, idless, halfGood, broken]);
  const finished = await replay(url, '--no-policy', '--mode', 'remediate');
  expect(finished.status).toBe(1);
  expect(await ingressOf(account, [groupId])).toEqual([`${groupId} tcp 443 10.0.0.0/8`]);
  expect(await visible(url)).toEqual([idless, halfGood, broken].sort());
  const failed = linesOf(finished).filter(({ outcome }) => outcome === 'failed');
  expect(failed.map(({ eventId }) => eventId).sort()).toEqual(['idless', 'no detail', null]);
  const unreadable = failed.find(({ eventId }) => eventId === null);
  expect(unreadable?.error).toMatch(/\/failed message [0-9a-f-]{36}: UnreadableEventError: the event is not JSON/);
});

test('an empty queue is no trouble; one that does not exist is: status 2, and the rest goes on', async () => {
  const empty = await queueOf('empty', []);
  expect(await replay(empty)).toMatchObject({ status: 0, stdout: '' });
  const absent = empty.replace('/empty', '/absent');
  const full = await queueOf('full', [good]);
  const finished = await evenkeel(['replay', absent, full, '--json', '--control', ADMIN_PORTS], { cwd });
  expect(finished.status).toBe(2);
  expect(finished.stderr).toMatch(
    /^evenkeel: [^\n]+; ledger in memory; [^\n]+\nevenkeel: [^\n]+\/absent: cannot be read: QueueDoesNotExist[^\n]*\n$/,
  );
  expect(linesOf(finished)).toMatchObject([{ outcome: 'failed' }, { eventId: 'good' }]);
});

test('--queue names one more queue, and nothing that is no queue', async () => {
  const [one, two] = [await queueOf('named-one', [good]), await queueOf('named-two', [good])];
  const finished = await evenkeel(['replay', '--queue', one, '--queue', two, '--json', '--control', ADMIN_PORTS], {
    cwd,
  });
  expect(linesOf(finished)).toMatchObject([{ eventId: 'good' }, { eventId: 'good' }]);
  expect(await evenkeel(['replay', '--queue', 'event.json'], { cwd })).toEqual({
    status: 2,
    stdout: '',
    stderr: 'evenkeel: --queue event.json: not a queue URL (https://sqs.…)\n',
  });
});

test.each([
  ['a slice of a sweep', 'Evenkeel Sweep', { service: 'ec2', run: 'r', slice: 3 }],
  ['a task of the schedule', 'Evenkeel Watch', { task: 'daily', stack: 'evenkeel-prod', regions: [] }],
])('%s is not lost: it stays, and what to do is told', async (_what, detailType, detail) => {
  const message = { source: 'evenkeel', 'detail-type': detailType, detail };
  const url = await queueOf(detailType.replace(' ', '-'), [JSON.stringify(message)]);
  const finished = await replay(url, '--mode', 'remediate');
  expect(finished.status).toBe(1);
  expect(linesOf(finished)).toMatchObject([{ outcome: 'failed', error: expect.stringContaining('evenkeel redrive') }]);
  expect(await visible(url)).toEqual([JSON.stringify(message)]);
});

/** A queue whose messages come again before it is drained, as they do when a run takes longer than they are hidden. */
function forgetfulQueue(bodies: readonly string[]) {
  const given: Message[] = bodies.map((Body, index) => ({ Body, MessageId: `m${index}`, ReceiptHandle: 'first' }));
  const sent: unknown[] = [];
  let next = 0;
  const client = {
    async send(command: { readonly input: object }) {
      sent.push(command.input);
      if (!(command instanceof ReceiveMessageCommand)) throw new Error('the receipt handle has expired');
      const Messages = [given[next % given.length]].map((message) => ({ ...message, ReceiptHandle: `r${next}` }));
      next += 1;
      return { Messages };
    },
  };
  return { aws: (() => client) as unknown as Aws, sent };
}

test('messages that come again are not looked at twice, do not hide those behind them, and end the run', async () => {
  const { aws, sent } = forgetfulQueue(['a', 'a', 'b']);
  const seen: string[] = [];
  await drain('https://sqs.eu-west-1.amazonaws.com/1/q', aws, async ({ MessageId = '' }) => {
    seen.push(MessageId);
    return false;
  });
  expect(seen).toEqual(['m0', 'm1', 'm2']);
  expect(sent.slice(-3)).toMatchObject(
    [6, 4, 5].map((receipt) => ({ ReceiptHandle: `r${receipt}`, VisibilityTimeout: 0 })),
  );
});
