import { inspect } from 'node:util';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { SlackMessage } from '../../shared/notify/slack.ts';
import { type Bot, postAsBot } from '../../shared/notify/slack-bot.ts';
import { blockErrors } from '../support/block-kit.ts';
import { saidBy } from '../support/capture-output.ts';
import { refused, slackApi, TOKEN, TOO_FAST } from '../support/slack-api.ts';
import { closedAddress } from '../support/slack-server.ts';

const api = await slackApi();
const MESSAGE: SlackMessage = {
  text: 'plain',
  blocks: [{ type: 'section', text: { type: 'plain_text', text: 'rich', emoji: false } }],
};

/** A bot whose time passes only while it sleeps. */
function bot(time = 60_000, url = api.url, fresh = TOKEN) {
  let left = time;
  const slept: number[] = [];
  const made: Bot & { readonly slept: readonly number[] } = {
    slept,
    channel: 'C0123456789',
    remaining: () => left,
    token: async (refresh) => ({ token: refresh ? fresh : TOKEN, api: url }),
    async sleep(milliseconds) {
      slept.push(milliseconds);
      left -= milliseconds;
    },
  };
  return made;
}
const failure = (made: Bot) =>
  postAsBot(MESSAGE, made, null).then(
    () => Promise.reject(new Error('it was posted')),
    (error: unknown) => error,
  );

beforeEach(() => {
  api.answer();
  api.rotate(TOKEN);
  api.take();
});

test('a message is posted to the channel, and an answer in its thread', async () => {
  const first = await postAsBot(MESSAGE, bot(), null);
  const answer = await postAsBot(MESSAGE, bot(), first.ts);
  expect([first, answer]).toEqual([
    { status: 200, plain: false, ts: expect.stringMatching(/^\d+\.\d{6}$/) },
    { status: 200, plain: false, ts: null },
  ]);
  expect(api.posts).toMatchObject([
    { channel: 'C0123456789', text: 'plain', thread: null, blocks: MESSAGE.blocks },
    { thread: first.ts },
  ]);
});

test('where the first message was deleted, the answer is posted to the channel and begins a thread', async () => {
  const { ts } = await postAsBot(MESSAGE, bot(), null);
  api.remove(ts ?? '');
  const answer = await postAsBot(MESSAGE, bot(), ts);
  expect(answer.ts).not.toBeNull();
  expect(api.posts.at(-1)).toMatchObject({ thread: null, ts: answer.ts });
});

describe('a rate limit', () => {
  test('is waited for as long as Slack says, where there is time', async () => {
    api.answer(TOO_FAST, { status: 429 });
    const made = bot();
    expect(await postAsBot(MESSAGE, made, null)).toMatchObject({ status: 200 });
    expect(made.slept).toEqual([7000, 1000]);
  });

  test('is left to the queue with the time to wait, where there is none', async () => {
    api.answer(TOO_FAST);
    expect(await failure(bot(7_000))).toMatchObject({ name: 'NotPostedError', status: 429, retryAfter: 7 });
    expect(api.requests()).toBe(1);
  });
});

test('trouble of Slack is tried again, each time later, whatever status it has', async () => {
  api.answer({ status: 500, body: 'x' }, refused('internal_error'));
  const made = bot();
  expect(await postAsBot(MESSAGE, made, null)).toMatchObject({ status: 200 });
  expect(made.slept).toEqual([500, 2000]);
  expect(await failure(bot(60_000, new URL('/api/', await closedAddress())))).toMatchObject({ status: null });
});

test('blocks that Slack refuses are left out', async () => {
  const blocks = Array(51).fill(MESSAGE.blocks[0]);
  expect(blockErrors(blocks)).toEqual(['more than 50 blocks']);
  expect(await postAsBot({ text: 'plain', blocks }, bot(), null)).toMatchObject({ plain: true });
  expect(api.posts).toMatchObject([{ text: 'plain', blocks: [] }]);
});

test('a token that was replaced is read again, once', async () => {
  api.rotate('xoxb-new');
  expect(await postAsBot(MESSAGE, bot(60_000, api.url, 'xoxb-new'), null)).toMatchObject({ status: 200 });
  expect(await failure(bot())).toMatchObject({ message: 'Slack answered 200: invalid_auth' });
});

test('the token is seen nowhere, whatever goes wrong', async () => {
  const cases = [
    () => api.answer(refused(TOKEN)),
    () => api.answer(...Array(3).fill({ status: 500, body: TOKEN })),
    () => api.answer(...Array(3).fill({ status: 302, headers: { location: `https://a.invalid/${TOKEN}` } })),
    () => api.answer(...Array(3).fill({ body: `{"ok": ${TOKEN}` })),
    () => api.answer(refused('not_in_channel')),
  ];
  for (const arrange of cases) {
    arrange();
    const { value, said } = await saidBy(() => failure(bot()));
    expect(value).toMatchObject({ name: 'NotPostedError' });
    expect(said).toBe('');
    expect(inspect(value, { depth: 20, showHidden: true })).not.toContain('SecretToken');
  }
});
