import { describe, expect, test } from '@jest/globals';
import { receive } from '../../../shared/engine/intake/reconcile-change.ts';
import { RECHECK_DETAIL_TYPE } from '../../../shared/internal-events.ts';
import { testEngine } from '../../support/engine.ts';
import {
  ACCOUNT,
  compliance,
  envelope,
  failed,
  inEventBridge,
  inQueue,
  inRule,
  inSns,
  inSnsEvent,
  inSqsEvent,
  itemChange,
  oversized,
  record,
} from '../../support/event-shapes.ts';
import { lidClosed, World } from '../../support/fake-resource.ts';

const OTHER = '444455556666';
const BOX = { resourceType: 'AWS::Box::Box', resourceId: 'box-7' };
const opened = {
  ...record,
  eventSource: 'box.amazonaws.com',
  eventName: 'OpenLid',
  requestParameters: { boxId: 'box-7' },
};
const call = { ...envelope, detail: opened };
const changed = { ...itemChange.configurationItem, ...BOX };

async function received(input: unknown, own = ACCOUNT) {
  const world = new World({ lid: { open: true } });
  const asked: string[] = [];
  const aws = (region: string) => {
    asked.push(region);
    return world.aws(region);
  };
  const engine = testEngine(aws, 'remediate');
  const context = { controls: [lidClosed], fallback: { accountId: own, region: 'eu-west-1' } };
  const results = (await Array.fromAsync(receive(input, engine, context))).flat();
  return { results, log: world.log, notified: engine.notified, asked };
}

/** Every shape that names an account, with the account as its only difference. */
const SHAPES: Readonly<Record<string, (account: string) => unknown>> = {
  'a record of CloudTrail': (account) => ({ ...opened, recipientAccountId: account }),
  'a record in an envelope': (account) => ({ ...call, detail: { ...opened, recipientAccountId: account } }),
  'an envelope': (account) => ({ ...call, account }),
  'an envelope whose record names none': (account) => ({
    ...call,
    account,
    detail: { ...opened, recipientAccountId: undefined },
  }),
  'a record that names its caller alone': (account) => ({
    ...opened,
    recipientAccountId: undefined,
    userIdentity: { accountId: account },
  }),
  'an item': (account) =>
    inEventBridge('Config Configuration Item Change', {
      ...itemChange,
      configurationItem: { ...changed, awsAccountId: account },
    }),
  'an item in an envelope': (account) => ({
    ...inEventBridge('Config Configuration Item Change', { ...itemChange, configurationItem: changed }),
    account,
  }),
  'the summary of an item': (account) =>
    inEventBridge('Config Configuration Item Change', {
      ...oversized,
      configurationItemSummary: { ...changed, awsAccountId: account },
    }),
  'a compliance change': (account) =>
    inEventBridge('Config Rules Compliance Change', { ...compliance, ...BOX, awsAccountId: account }),
  'a bare item': (account) => ({ ...changed, awsAccountId: account }),
  'an invocation of a rule': (account) => ({
    ...inRule({ ...itemChange, configurationItem: { ...changed, awsAccountId: undefined } }),
    accountId: account,
  }),
  'the item of an invocation': (account) =>
    inRule({ ...itemChange, configurationItem: { ...changed, awsAccountId: account } }),
  'a recheck': (account) => ({
    source: 'evenkeel',
    'detail-type': RECHECK_DETAIL_TYPE,
    detail: { service: 'box', ...BOX, accountId: account, region: 'eu-west-1' },
  }),
};
const WRAPS: Readonly<Record<string, (value: unknown) => unknown>> = {
  itself: (value) => value,
  'an array': (value) => [value],
  'a log file': (value) => ({ Records: [value] }),
  SNS: inSns,
  'SNS to Lambda': inSnsEvent,
  'SQS to Lambda': (value) => inSqsEvent(value),
  'SNS in SQS': (value) => inQueue(inSns(value)),
  'a failed invocation': failed,
};

describe.each(Object.entries(SHAPES))('%s', (_shape, of) => {
  test('of our own account is reconciled', async () => {
    expect((await received(of(ACCOUNT))).results).toMatchObject([{ outcome: 'remediated', accountId: ACCOUNT }]);
  });

  test.each(Object.entries(WRAPS))(
    'of another account, in %s: nothing is asked, changed or notified',
    async (_, wrap) => {
      const { results, log, notified, asked } = await received(wrap(of(OTHER)));
      expect(results).toMatchObject([
        { outcome: 'notApplicable', controlId: null, accountId: OTHER, annotation: expect.stringContaining(OTHER) },
      ]);
      expect({ log, notified, asked }).toEqual({ log: [], notified: [], asked: [] });
    },
  );
});

test('a resource that its event names by the ARN of another account is not looked at', async () => {
  const boxId = `arn:aws:box:eu-west-1:${OTHER}:box/box-7`;
  const { results, log } = await received({ ...opened, requestParameters: { boxId } });
  expect(results).toMatchObject([{ outcome: 'notApplicable', resourceId: boxId, accountId: OTHER }]);
  expect(log).toEqual([]);
});

test('a call of somebody from another account on a resource of ours is reconciled', async () => {
  const { results } = await received({ ...opened, userIdentity: { accountId: OTHER } });
  expect(results).toMatchObject([{ outcome: 'remediated' }]);
});

test.each(['my.app', 'AWS.ec2', 'evenkeel'])('what %s sends as if AWS did is not looked at', async (source) => {
  for (const event of [
    { ...call, source },
    { ...inEventBridge('Config Configuration Item Change', { ...itemChange, configurationItem: changed }), source },
    { ...inEventBridge('Box Event', { boxId: 'box-7' }), source },
  ]) {
    const { results, asked } = await received(event);
    expect(results).toMatchObject([{ outcome: 'notApplicable', annotation: expect.stringContaining(source) }]);
    expect(asked).toEqual([]);
  }
});

test('a message of ours that somebody else sends is not looked at', async () => {
  const detail = { service: 'box', ...BOX, accountId: ACCOUNT, region: 'eu-west-1' };
  const { results, asked } = await received({ source: 'my.app', 'detail-type': RECHECK_DETAIL_TYPE, detail });
  expect(results).toMatchObject([{ outcome: 'notApplicable', annotation: expect.stringContaining('my.app') }]);
  expect(asked).toEqual([]);
});
