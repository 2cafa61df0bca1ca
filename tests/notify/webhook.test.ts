import { beforeEach, describe, expect, test } from '@jest/globals';
import type { SlackMessage } from '../../shared/notify/slack.ts';
import { type NotPostedError, post, type Webhook } from '../../shared/notify/webhook.ts';
import { closedAddress, OK, slackServer } from '../support/slack-server.ts';

const slack = await slackServer();
const MESSAGE: SlackMessage = {
  text: 'plain',
  blocks: [{ type: 'section', text: { type: 'plain_text', text: 'rich', emoji: false } }],
};

/** A webhook whose time passes only while it sleeps. */
function webhook(time = 60_000, url = slack.url) {
  let left = time;
  const slept: number[] = [];
  const asked: boolean[] = [];
  const made: Webhook & { slept: number[]; asked: boolean[] } = {
    slept,
    asked,
    remaining: () => left,
    async address(anew) {
      asked.push(anew);
      return new URL(anew ? `${slack.url}-new` : url);
    },
    async sleep(milliseconds) {
      slept.push(milliseconds);
      left -= milliseconds;
    },
  };
  return made;
}
const failure = async (made: Webhook): Promise<NotPostedError> =>
  post(MESSAGE, made).then(
    () => Promise.reject(new Error('it was posted')),
    (error: NotPostedError) => error,
  );

beforeEach(() => {
  slack.answer();
  slack.take();
});

test('a message is posted once, with its blocks and its text, and nothing in it is unfurled or made a mention', async () => {
  expect(await post(MESSAGE, webhook())).toEqual({ status: 200, plain: false });
  expect(slack.requests.map(({ body }) => body)).toEqual([
    { ...MESSAGE, link_names: false, unfurl_links: false, unfurl_media: false },
  ]);
});

describe('where Slack says that we are too fast', () => {
  const tooFast = { status: 429, headers: { 'retry-after': '7' } };

  test('it waits as long as it is told, where there is time', async () => {
    slack.answer(tooFast, OK);
    const made = webhook();
    expect(await post(MESSAGE, made)).toEqual({ status: 200, plain: false });
    expect(made.slept).toEqual([7000]);
  });

  test('it fails with the time to wait, where there is not so much', async () => {
    slack.answer(tooFast, OK);
    const made = webhook(7_000);
    expect(await failure(made)).toMatchObject({ name: 'NotPostedError', status: 429, retryAfter: 7 });
    expect(made.slept).toEqual([]);
    expect(slack.requests).toHaveLength(1);
  });

  test('it waits a little where no time is given, and not for ever', async () => {
    slack.answer(...Array(9).fill({ status: 429, headers: { 'retry-after': 'Mon, 02 Nov 2026 09:14:07 GMT' } }));
    const made = webhook();
    expect(await failure(made)).toMatchObject({ status: 429, retryAfter: 1 });
    expect(made.slept).toEqual([1000, 1000, 1000, 1000, 1000]);
  });
});

describe('trouble that may pass', () => {
  test('is tried again, each time later', async () => {
    slack.answer({ status: 500 }, { status: 503 }, OK);
    const made = webhook();
    expect(await post(MESSAGE, made)).toEqual({ status: 200, plain: false });
    expect(made.slept).toEqual([500, 2000]);
  });

  test('ends in a failure where it does not pass', async () => {
    slack.answer(...Array(9).fill({ status: 500, body: 'rollup_error' }));
    expect(await failure(webhook())).toMatchObject({ message: 'Slack answered 500: rollup_error', retryAfter: null });
    expect(slack.requests).toHaveLength(3);
  });

  test('is tried again where there was no answer', async () => {
    const made = webhook(60_000, await closedAddress());
    expect(await failure(made)).toMatchObject({ status: null, message: 'Slack could not be reached: ECONNREFUSED' });
    expect(made.slept).toEqual([500, 2000]);
  });

  test('no request is begun, and none goes on, where no time is left', async () => {
    expect((await failure(webhook(400))).message).toBe('Slack could not be reached: no time was left');
    expect(slack.take()).toEqual([]);
    slack.answer({ status: 200, hang: true });
    expect((await failure(webhook(600))).message).toBe('Slack could not be reached: TimeoutError');
  });
});

describe('a message that Slack refuses', () => {
  test('for its blocks is told all the same, as text', async () => {
    slack.answer({ status: 400, body: 'invalid_blocks' }, OK);
    expect(await post(MESSAGE, webhook())).toEqual({ status: 200, plain: true });
    expect(slack.requests.map(({ body }) => [body.text, body.blocks])).toEqual([
      ['plain', MESSAGE.blocks],
      ['plain', undefined],
    ]);
  });

  test('for its blocks and then as text is refused', async () => {
    slack.answer({ status: 400, body: 'invalid_blocks' }, { status: 400, body: 'invalid_blocks' });
    expect((await failure(webhook())).message).toBe('Slack answered 400: invalid_blocks');
    expect(slack.requests).toHaveLength(2);
  });

  test('is not posted again, and Slack is quoted', async () => {
    slack.answer({ status: 400, body: 'channel_is_archived\n' });
    expect(await failure(webhook())).toMatchObject({ status: 400, message: 'Slack answered 400: channel_is_archived' });
    expect(slack.requests).toHaveLength(1);
  });
});

describe('a webhook that was replaced', () => {
  test.each([403, 404, 410])('%i: its address is read anew, and the message is posted there', async (status) => {
    slack.answer({ status, body: 'no_service' }, OK);
    const made = webhook();
    expect(await post(MESSAGE, made)).toEqual({ status: 200, plain: false });
    expect(made.asked).toEqual([false, true]);
    expect(slack.requests.map(({ path }) => path.endsWith('-new'))).toEqual([false, true]);
  });

  test('by none that works fails after one more try', async () => {
    slack.answer(...Array(9).fill({ status: 404, body: 'no_service' }));
    expect((await failure(webhook())).message).toBe('Slack answered 404: no_service');
    expect(slack.requests).toHaveLength(2);
  });
});

test('a redirect is not followed', async () => {
  slack.answer({ status: 302, headers: { location: `${slack.url}/elsewhere` } });
  expect(await failure(webhook())).toMatchObject({ status: 302 });
  expect(slack.requests).toHaveLength(1);
});

test('an answer that repeats the address is not quoted', async () => {
  for (const body of [`no such path: ${slack.url}`, '<html>services</html>', 'services', 'x'.repeat(5000)]) {
    slack.answer({ status: 400, body });
    expect((await failure(webhook())).message).toBe('Slack answered 400: no error code that is known');
  }
});
