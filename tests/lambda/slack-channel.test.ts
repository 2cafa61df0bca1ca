import { Logger } from '@aws-lambda-powertools/logger';
import { beforeEach, expect, test } from '@jest/globals';
import { postToChannel } from '../../shared/lambda/slack-channel.ts';
import { THREADS } from '../../shared/lambda/slack-threads.ts';
import { noticeMessage } from '../../shared/notify/compose.ts';
import type { Kind } from '../../shared/notify/message.ts';
import { slackMessage } from '../../shared/notify/slack.ts';
import { saidBy } from '../support/capture-output.ts';
import { fakeAws, fakeTable } from '../support/fake-aws.ts';
import { noticeOf } from '../support/notice.ts';
import { slackApi, TOKEN } from '../support/slack-api.ts';

const api = await slackApi();
const table = fakeTable();
process.env.EVENKEEL_TABLE = 'ledger';

/** One invocation of a Lambda that remembers nothing of the last one. */
async function postOf(kind: Kind, channel = 'C1', { aws } = fakeAws(table.handlers)) {
  const message = { subject: null, message: JSON.stringify({ ...noticeMessage(noticeOf()), kind }) };
  const bot = {
    channel,
    remaining: () => 60_000,
    sleep: async () => {},
    token: async () => ({ token: TOKEN, api: api.url }),
  };
  await postToChannel(message, slackMessage(message), bot, { aws, logger: new Logger() });
  return api.posts.at(-1);
}

beforeEach(() => {
  api.take();
  table.items.clear();
});

test('a resolution answers in the thread of its finding, by whichever Lambda', async () => {
  const found = await postOf('detected');
  expect(await postOf('remediated')).toMatchObject({ thread: found?.ts });
  expect(await postOf('undone')).toMatchObject({ thread: found?.ts });
  const again = await postOf('detected');
  expect(again?.thread).toBeNull();
  expect(await postOf('resolved')).toMatchObject({ thread: again?.ts });
  expect([...table.items.keys()]).toEqual([expect.stringMatching(/^SLACK_THREAD\|[0-9a-f]{64}\|THREAD$/)]);
  expect(THREADS).toBe('SLACK_THREAD|');
});

test('without a finding that was posted there, a resolution begins a thread of its own', async () => {
  await postOf('detected', 'C1');
  const first = await postOf('remediated', 'C2');
  expect(first).toMatchObject({ thread: null, channel: 'C2' });
  expect(await postOf('undone', 'C2')).toMatchObject({ thread: first?.ts });
});

test('a table that does not answer keeps no message back', async () => {
  const { said } = await saidBy(() => postOf('remediated', 'C1', fakeAws({})));
  expect(api.posts).toMatchObject([{ thread: null }]);
  expect(said.match(/the thread could not be read or kept/g)).toHaveLength(2);
});
