import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Context, LambdaFunctionURLEvent } from 'aws-lambda';
import { reconcile } from '../../shared/engine/reconcile/reconciler.ts';
import { actorOf, carryOut } from '../../shared/lambda/decisions.ts';
import { createSlackActionsHandler } from '../../shared/lambda/slack-actions.ts';
import { noticeMessage } from '../../shared/notify/compose.ts';
import { slackMessage } from '../../shared/notify/slack.ts';
import { policyFrom } from '../../shared/policy/settings.ts';
import { MINUTE_MS, systemClock } from '../../shared/time.ts';
import { blockErrors } from '../support/block-kit.ts';
import { type BoxScene, boxScene } from '../support/box-run.ts';
import { saidBy } from '../support/capture-output.ts';
import { fakeAws, fakeTable } from '../support/fake-aws.ts';
import { CAUSE, lidClosed, REF, subjectOf, World } from '../support/fake-resource.ts';
import { ANN, type Button, pressOf, SIGNING_SECRET, signedRequest } from '../support/slack-press.ts';
import { slackServer } from '../support/slack-server.ts';

const slack = await slackServer();
const table = fakeTable();
Object.assign(process.env, {
  AWS_LAMBDA_FUNCTION_NAME: 'evenkeel-prod-slack-actions',
  EVENKEEL_TABLE: 'ledger',
  EVENKEEL_SLACK_SIGNING_SECRET: 'secretsmanager:evenkeel/signing',
});
const { aws, calls } = fakeAws({
  ...table.handlers,
  GetSecretValue: () => ({ SecretString: SIGNING_SECRET }),
  GetQueueUrl: ({ QueueName }) => ({ QueueUrl: `https://sqs.example/${QueueName}` }),
  SendMessageBatch: () => ({}),
});
const APPROVERS = { slack: { approvers: [ANN.id] } };
const handlerOf = (policy: object = APPROVERS, clock = systemClock) =>
  createSlackActionsHandler({ policy, domains: { box: 'data' }, aws: () => aws, clock });
const operations = () => calls.map(({ operation }) => operation);
const sent = () =>
  calls
    .filter(({ operation }) => operation === 'SendMessageBatch')
    .flatMap(({ input }) => input.Entries as readonly { readonly MessageBody: string }[])
    .map(({ MessageBody }) => JSON.parse(MessageBody));

const payloadOf = (button: Button, rest: object = {}) => pressOf(button, slack.url, rest);
const BUTTON = { action_id: 'evenkeel-approve', value: 'box-lid-closed rem-20260101-1' };

const press = async (event: LambdaFunctionURLEvent, handler = handlerOf()) => {
  const { value } = await saidBy(() => handler(event, {} as Context));
  return (value as { readonly statusCode: number }).statusCode;
};

beforeEach(() => {
  slack.answer();
  slack.take();
  table.items.clear();
  calls.splice(0);
});

describe('a request', () => {
  test.each([[false], [true]])('that Slack has signed is kept and handed on, in base64: %j', async (base64) => {
    expect(await press(signedRequest(payloadOf(BUTTON), { base64 }))).toBe(200);
    const [key] = [...table.items.keys()];
    const id = /^SLACK_PRESS\|([0-9a-f]{64})\|PRESS$/.exec(key ?? '')?.[1];
    expect(sent()).toEqual([
      { source: 'evenkeel', 'detail-type': 'Evenkeel Decision', detail: { press: id, service: 'box' } },
    ]);
    expect(calls.find(({ operation }) => operation === 'GetQueueUrl')?.input.QueueName).toBe('evenkeel-prod-data');
  });

  test('is as old as the clock says', async () => {
    const ahead = (ms: number) => ({ ...systemClock, now: () => new Date(Date.now() + ms) });
    const statusAt = (ms: number) => press(signedRequest(payloadOf(BUTTON)), handlerOf(APPROVERS, ahead(ms)));
    expect([await statusAt(4 * MINUTE_MS), await statusAt(6 * MINUTE_MS)]).toEqual([200, 401]);
  });

  const altered = (change: (event: LambdaFunctionURLEvent) => object) => {
    const event = signedRequest(payloadOf(BUTTON));
    return { ...event, ...change(event) } as LambdaFunctionURLEvent;
  };
  const refusals: readonly (readonly [string, number, () => LambdaFunctionURLEvent])[] = [
    ['signed by another', 401, () => signedRequest(payloadOf(BUTTON), { secret: SIGNING_SECRET.replace('0', '1') })],
    ['older than five minutes', 401, () => signedRequest(payloadOf(BUTTON), { age: 302 })],
    ['of a time to come', 401, () => signedRequest(payloadOf(BUTTON), { age: -302 })],
    ['with another body', 401, () => altered(({ body }) => ({ body: body?.replace('approve', 'undo') }))],
    ['without a signature', 401, () => altered(() => ({ headers: {} }))],
    [
      'with a time that is none',
      401,
      () => altered(({ headers }) => ({ headers: { ...headers, 'x-slack-request-timestamp': '1e9' } })),
    ],
    ['without a body', 401, () => altered(() => ({ body: undefined }))],
    ['that is too large', 413, () => altered(() => ({ body: 'x'.repeat(600_000) }))],
    ['that is no POST', 405, () => altered(() => ({ requestContext: { http: { method: 'GET' } } }))],
    ['of another kind', 400, () => signedRequest({ type: 'view_submission' })],
    ['of a button of another app', 400, () => signedRequest(payloadOf({ ...BUTTON, action_id: 'approve' }))],
    ['with a value of another form', 400, () => signedRequest(payloadOf({ ...BUTTON, value: 'rem-1' }))],
    ['of a control that nobody serves', 400, () => signedRequest(payloadOf({ ...BUTTON, value: 'other-x rem-2026' }))],
    ['from another workspace', 400, () => signedRequest(payloadOf(BUTTON, { team: { id: 'T0OTHER00' } }))],
    [
      'whose answer would go elsewhere',
      400,
      () => signedRequest(payloadOf(BUTTON, { response_url: 'https://a.example/' })),
    ],
    [
      'of a user whom policy.yml does not name',
      200,
      () => signedRequest(payloadOf(BUTTON, { user: { ...ANN, id: 'U0STRANGER' } })),
    ],
  ];
  test.each(refusals)('%s is refused (%d), and nothing is written', async (_, status, request) => {
    expect(await press(request())).toBe(status);
    expect(operations().filter((operation) => operation !== 'GetSecretValue')).toEqual([]);
  });

  test.each([[{}], [{ slack: {} }], [{ slack: { approvers: [] } }]])('under %j nobody may press', async (policy) => {
    expect(await press(signedRequest(payloadOf(BUTTON)), handlerOf(policy))).toBe(200);
    expect(operations()).toEqual(['GetSecretValue']);
    expect(slack.take().map(({ body }) => body)).toMatchObject([
      {
        response_type: 'ephemeral',
        text: `<@${ANN.id}>: policy.yml does not name you among slack.approvers; nothing was done.`,
      },
    ]);
  });

  test('that is sent again is refused, and nothing is handed on', async () => {
    const event = signedRequest(payloadOf(BUTTON));
    expect([await press(event), await press(event)]).toEqual([200, 401]);
    expect(sent()).toHaveLength(1);
    expect(table.items.size).toBe(1);
  });
});

describe('what was pressed', () => {
  let scene: BoxScene;
  const start = (mode: 'approve' | 'remediate', approvers: readonly string[] = [ANN.id]) => {
    scene = boxScene(new World({ lid: { open: true } }), { mode });
    scene.later(Date.now() - scene.now());
    scene.world.onCall = (operation) => {
      if (operation === 'OpenLid' && scene.world.box !== null)
        scene.world.box = { ...scene.world.box, lid: { open: true } };
    };
    Object.assign(scene.engine.policy, { slackApprovers: approvers });
  };
  const records = () => Array.fromAsync(scene.engine.ledger.remediations());

  /** Reconciles the box, takes the button from the message, and presses it. */
  async function pressed(verb: string) {
    await reconcile(subjectOf(lidClosed), CAUSE, scene.engine);
    const [notice] = scene.engine.notified;
    if (notice === undefined) throw new Error('nobody was notified');
    const message = { subject: null, message: JSON.stringify(noticeMessage(notice)) };
    const { blocks } = slackMessage(message, { buttons: true });
    expect(blockErrors(blocks)).toEqual([]);
    const buttons = blocks.flatMap((block) => (block.type === 'actions' ? block.elements : []));
    const button = buttons.find(({ action_id }) => action_id === `evenkeel-${verb}`);
    expect(slackMessage(message).blocks.map(({ type }) => type as string)).not.toContain('actions');
    expect(await press(signedRequest(payloadOf(button as Button)))).toBe(200);
    return sent().at(-1);
  }
  const carry = (event: unknown) =>
    carryOut(
      event,
      { receiveCount: 1, isLastTry: false },
      {
        engine: scene.engine,
        aws,
        accountId: REF.accountId,
        table: 'ledger',
        logger: { info() {}, warn() {} },
        controlsOf: async () => [lidClosed],
      },
    );
  const answers = () => slack.take().map(({ body }) => body);

  test('an approval carries the plan out; the ledger and the thread say who it was', async () => {
    start('approve');
    await carry(await pressed('approve'));
    expect(scene.world.calls.map(({ operation }) => operation)).toEqual(['CloseLid']);
    expect(await records()).toMatchObject([{ status: 'remediated', decidedBy: 'slack:U0123ABCD (ann)' }]);
    expect(answers()).toMatchObject([
      {
        response_type: 'in_channel',
        replace_original: false,
        thread_ts: '1764230000.000001',
        text: expect.stringMatching(/^<@U0123ABCD> pressed Approve: rem-\S+ was carried out: \S+ is remediated$/),
      },
    ]);
  });

  test('the same message of the queue again, and the same button again, are harmless', async () => {
    start('approve');
    const event = await pressed('approve');
    await carry(event);
    await carry(event);
    expect(answers()).toHaveLength(1);
    const button = { action_id: 'evenkeel-approve', value: `${lidClosed.id} ${(await records())[0]?.id}` };
    await press(signedRequest(payloadOf(button, { trigger_id: 'another' })));
    await carry(sent().at(-1));
    expect(answers()[0]?.text).toMatch(/nothing more was done: rem-\S+ is remediated, not awaiting approval$/);
    expect(scene.world.calls).toHaveLength(1);
  });

  test('a rejection is recorded with who made it', async () => {
    start('approve');
    await carry(await pressed('reject'));
    expect(await records()).toMatchObject([
      { status: 'rejected', decidedBy: 'slack:U0123ABCD (ann)', error: 'Reject pressed in Slack' },
    ]);
    expect(scene.world.calls).toEqual([]);
  });

  test('an undo makes the calls of the record, and the ledger names who made it', async () => {
    start('remediate');
    await carry(await pressed('undo'));
    expect(scene.world.calls.map(({ operation }) => operation)).toEqual(['CloseLid', 'OpenLid']);
    expect((await records()).filter(({ kind }) => kind === 'undo')).toMatchObject([
      { status: 'remediated', decidedBy: 'slack:U0123ABCD (ann)' },
    ]);
    expect(answers()[0]?.text).toMatch(/was undone \(rem-\S+\); exempt until \d{4}-/);
  });

  test('a message that names no press, one of a user whom policy.yml no longer names, or one of another control decides nothing', async () => {
    start('approve', []);
    const event = await pressed('approve');
    await carry({ ...event, detail: { press: 'f'.repeat(64) } });
    await carry({ detail: { press: 'x', user: ANN } });
    expect(answers()).toEqual([]);
    await carry(event);
    expect(answers()[0]?.text).toContain('policy.yml does not allow it');
    start('approve');
    await reconcile(subjectOf(lidClosed), CAUSE, scene.engine);
    const value = `box-another ${(await records())[0]?.id}`;
    await press(signedRequest(payloadOf({ action_id: 'evenkeel-approve', value })));
    await carry(sent().at(-1));
    expect(answers()[0]?.text).toContain(`is of ${lidClosed.id}, not of box-another`);
    expect(scene.world.calls).toEqual([]);
    expect(await records()).toMatchObject([{ status: 'awaitingApproval' }]);
  });

  test('a name holds no mention, and a Slack that does not answer changes nothing of what was decided', async () => {
    start('approve');
    slack.answer({ status: 404, body: 'expired_url' }, { status: 404, body: 'expired_url' });
    await carry(await pressed('approve'));
    expect(await records()).toMatchObject([{ status: 'remediated' }]);
    expect(actorOf({ user: { id: ANN.id, name: 'ann' } })).toBe('slack:U0123ABCD (ann)');
  });

  test('policy.yml without slack names nobody', () => {
    expect([policyFrom(null), policyFrom({}), policyFrom({ slack: {} })].map((one) => one.slackApprovers)).toEqual([
      [],
      [],
      [],
    ]);
  });
});
