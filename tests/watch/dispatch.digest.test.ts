import { CloudTrailClient, StartLoggingCommand, StopLoggingCommand } from '@aws-sdk/client-cloudtrail';
import { LambdaClient, PutFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { DAY_MS, MINUTE_MS } from '../../shared/time.ts';
import type { WatchContext } from '../../shared/watch/context.ts';
import { runTask } from '../../shared/watch/dispatch.ts';
import { STACK, TRAIL } from '../support/deployed.ts';
import { START, watchScene } from '../support/watch-scene.ts';

const { account, wire, time, regions, watching, mails, task, record, watch, watchByWire, subjects, measureAnew } =
  await watchScene();

beforeEach(measureAnew);

describe('the digest of failing checks', () => {
  const trail = account.aws()(CloudTrailClient);

  test('is told within minutes, once, in one message, again after seven days, and its end with the next', async () => {
    await trail.send(new StopLoggingCommand({ Name: TRAIL }));
    const start = START + 10 * DAY_MS;
    const look = async (days: number, name = 'daily') => {
      time.now = start + days * DAY_MS;
      return await watch(task(name));
    };
    expect(await look(0, 'heartbeat')).toMatchObject({ failingChecks: 1 });
    for (const region of regions) await watch(record(region, time.now));
    const [first, ...others] = await mails();
    expect(others).toEqual([]);
    expect(first?.subject).toBe('[HIGH] Evenkeel needs attention: trails');
    expect(first?.text).toMatch(/changes in any region go unseen: the trail main is not logging/);
    expect(first?.text).toContain('→ aws cloudtrail start-logging --name main --region eu-west-1');
    for (const days of [0.1, 1, 6.9]) {
      expect(await look(days)).toMatchObject({ task: 'daily' });
      expect((await subjects()).filter((subject) => subject.includes('trails'))).toEqual([]);
    }
    await look(7.5);
    expect((await mails())[0]?.text).toMatch(/Unresolved:\n.*\n? .*the trail main is not logging.*since 2026-12-02/);
    await trail.send(new StartLoggingCommand({ Name: TRAIL }));
    await look(8);
    expect(await subjects()).toEqual([]);
  });

  test('by the daily tasks too, which run all checks', async () => {
    const FunctionName = `${STACK}-infrastructure`;
    const none = new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 });
    await account.aws()(LambdaClient).send(none);
    time.now += 2 * DAY_MS;
    await watch(task('daily'));
    const [digest] = await mails();
    expect(digest?.text).toContain('evenkeel-prod-infrastructure cannot run: its reserved concurrency is 0');
    expect(digest?.text).toContain('Resolved:\n');
  });

  test('a deployment that cannot be read resolves no earlier incident', async () => {
    const known = async () =>
      (await watching.engine.ledger.incidents.update((next) => ({ next, answer: next }))).known.filter(
        ({ endedAt }) => endedAt === null,
      );
    const before = (await known()).map(({ check }) => check);
    expect(before).toContain('functions');
    const blind: WatchContext = { ...watching, stack: 'evenkeel-gone' };
    time.now += DAY_MS;
    await runTask({}, blind);
    expect((await known()).map(({ check }) => check)).toEqual(before);
    await mails();
  });
});

test('a type that no sweep can list is notified once, and once when it is listed again', async () => {
  const { deniedListings } = watching.engine.ledger;
  const scope = { accountId: account.accountId, region: 'eu-west-3', service: 'sqs' };
  const refusal = { by: 'a service control policy of the organization', remedy: 'allow the call' };
  const deny = () =>
    deniedListings.update(scope, () => ({
      'AWS::SQS::Queue': { refusal, since: time.now, lastSeen: time.now, isLasting: true },
    }));
  const beat = async (minutes: number) => {
    time.now += minutes * MINUTE_MS;
    await watch(task('heartbeat'));
    for (const region of regions) await watch(record(region, time.now));
    return (await mails()).filter(({ text }) => text.includes('AWS::SQS::Queue'));
  };
  await deny();
  const [begun, ...others] = await beat(15);
  expect(others).toEqual([]);
  expect(begun?.text).toContain(
    'AWS::SQS::Queue cannot be listed in eu-west-3, and is not swept there: refused by a service control policy of the organization (listings)\n    → allow the call',
  );
  await deny();
  expect(await beat(15)).toEqual([]);
  await deniedListings.update(scope, () => ({}));
  expect(await beat(15)).toEqual([
    { subject: '[HIGH] Resolved: listings', text: expect.stringContaining('Resolved:') },
  ]);
  expect(await beat(15)).toEqual([]);
});

test('while it is being deployed, what is missing is no incident', async () => {
  wire.alter([
    { call: 'cloudformation:DescribeStacks', change: (body) => body.replace('CREATE_COMPLETE', 'UPDATE_IN_PROGRESS') },
  ]);
  await account
    .aws()(CloudTrailClient)
    .send(new StopLoggingCommand({ Name: TRAIL }));
  time.now += 10 * DAY_MS;
  expect(await watchByWire(task('daily'))).toMatchObject({ failingChecks: 0 });
  expect(await subjects()).toEqual([]);
  expect(await watch(task('daily'))).toMatchObject({ failingChecks: expect.any(Number) });
  expect(await subjects()).toEqual([expect.stringContaining('Evenkeel needs attention')]);
  await account
    .aws()(CloudTrailClient)
    .send(new StartLoggingCommand({ Name: TRAIL }));
});
