import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { createPagerDutyHandler } from '../../shared/lambda/pagerduty.ts';
import { createTeamsHandler } from '../../shared/lambda/teams.ts';
import { pagerDutyKey } from '../../shared/lambda/webhook-address.ts';
import { noticeMessage } from '../../shared/notify/compose.ts';
import { saidBy } from '../support/capture-output.ts';
import { fakeAws } from '../support/fake-aws.ts';
import { noticeOf } from '../support/notice.ts';
import { SECRET_PATH, slackServer } from '../support/slack-server.ts';

// A webhook on this machine, which is Teams here, and PagerDuty.
const server = await slackServer();
const KEY = '0123456789abcdef0123456789ABCDEF';
const secrets = await slackServer();
Object.assign(process.env, {
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_ENDPOINT_URL_SECRETS_MANAGER: new URL(secrets.url).origin,
  EVENKEEL_TEAMS_SECRET: 'secretsmanager:evenkeel/teams',
  EVENKEEL_PAGERDUTY_SECRET: 'secretsmanager:evenkeel/pagerduty',
});

/** The function as Lambda calls it, with the secret that it finds. */
async function invoke(create: typeof createTeamsHandler, SecretString: string, message: object) {
  const headers = { 'content-type': 'application/x-amz-json-1.1' };
  secrets.answer(...Array(3).fill({ status: 200, headers, body: JSON.stringify({ SecretString }) }));
  const context = { getRemainingTimeInMillis: () => 8_000 } as Context;
  const TopicArn = 'arn:aws:sns:eu-west-1:111122223333:notices';
  const handler = create();
  return saidBy(() =>
    Promise.resolve(handler({ TopicArn, Message: JSON.stringify(message) }, context)).then(
      () => null,
      (error: unknown) => String(error),
    ),
  );
}

const teams = (message: object) => invoke(createTeamsHandler, server.url, message);
const pagerDuty = (message: object) =>
  invoke(createPagerDutyHandler, JSON.stringify({ routingKey: KEY, url: server.url }), message);
const posted = () => server.take().map(({ body }) => body as unknown as Readonly<Record<string, unknown>>);

/** The metrics that are 1. */
const countedIn = (said: string) =>
  [...said.matchAll(/"(\w+)":1[,}]/g)].map(([, name]) => name).filter((name) => /(Posted|Failed)$/.test(name ?? ''));

beforeEach(() => {
  server.answer();
  server.take();
});

describe('Teams', () => {
  test('gets a card, also where it accepts it to handle it later, or fails once', async () => {
    server.answer({ status: 503 }, { status: 202 });
    const { value, said } = await teams(noticeMessage(noticeOf()));
    expect([value, countedIn(said)]).toEqual([null, ['TeamsPosted']]);
    const [first, second] = posted();
    expect(second).toEqual(first);
    expect(second).toMatchObject({ type: 'message', attachments: [{ content: { type: 'AdaptiveCard' } }] });
  });

  test('that limits the rate for longer than there is time is named, and its address is not', async () => {
    server.answer({ status: 429, headers: { 'retry-after': '600' }, body: server.url });
    const { value, said } = await teams(noticeMessage(noticeOf()));
    expect(value).toContain('Microsoft Teams answered 429');
    expect(countedIn(said)).toEqual(['TeamsFailed']);
    expect(`${value}${said}`).not.toContain(SECRET_PATH);
  });
});

describe('PagerDuty', () => {
  test('gets an event with the key, and none where nobody is to be paged', async () => {
    server.answer({ status: 202 }, { status: 202 });
    const paged = await pagerDuty(noticeMessage(noticeOf({ outcome: 'detected' })));
    const low = await pagerDuty(noticeMessage(noticeOf({}, { control: { ...noticeOf().control, severity: 'LOW' } })));
    expect([countedIn(paged.said), countedIn(low.said)]).toEqual([['PagerDutyPosted'], []]);
    expect(posted()).toEqual([
      expect.objectContaining({ event_action: 'trigger', routing_key: KEY, client: 'Evenkeel' }),
    ]);
  });

  test('that refuses an event is named, and the key is not', async () => {
    server.answer({ status: 400, body: JSON.stringify({ message: `no such key ${KEY}` }) });
    const { value, said } = await pagerDuty(noticeMessage(noticeOf()));
    expect(value).toContain('PagerDuty answered 400');
    expect(countedIn(said)).toEqual(['PagerDutyFailed']);
    expect(`${value}${said}`).not.toContain(KEY);
  });

  test.each([
    [KEY, 'https://events.pagerduty.com/v2/enqueue'],
    [
      JSON.stringify({ routingKey: KEY, url: 'https://events.eu.pagerduty.com/v2/enqueue' }),
      'https://events.eu.pagerduty.com/v2/enqueue',
    ],
    ['1'.repeat(32), 'https://events.pagerduty.com/v2/enqueue'],
    ['too short', null],
    [JSON.stringify({ routingKey: KEY, url: 'http://events.example' }), null],
  ])('keeps its key as %j', async (SecretString, expected) => {
    const { aws } = fakeAws({ GetSecretValue: () => ({ SecretString }) });
    const read = pagerDutyKey(
      'secretsmanager:x',
      aws,
    )(false).then(
      ({ api }) => api.href,
      () => null,
    );
    expect(await read).toBe(expected);
  });
});
