import { beforeEach, expect, test } from '@jest/globals';
import type { Mode } from '../../../shared/control.ts';
import type { Engine } from '../../../shared/engine/context.ts';
import { messageOf } from '../../../shared/engine/errors.ts';
import { approve, reject } from '../../../shared/engine/reconcile/approvals.ts';
import { reconcile } from '../../../shared/engine/reconcile/reconciler.ts';
import { isMadeFor, planHash } from '../../../shared/engine/reconcile/request-approval.ts';
import type { Run } from '../../../shared/engine/run/run.ts';
import { memoryStore } from '../../../shared/ledger/memory.ts';
import { ledgerIn } from '../../../shared/ledger/stored-ledger.ts';
import { policyFrom } from '../../../shared/policy/settings.ts';
import { callOf } from '../../../shared/step.ts';
import { HOUR_MS } from '../../../shared/time.ts';
import { type TestEngine, testEngine } from '../../support/engine.ts';
import {
  type Box,
  CAUSE,
  closeLid,
  lidClosed,
  locked,
  REF,
  shut,
  subjectOf,
  World,
} from '../../support/fake-resource.ts';
import { exemptionOf, remediationOf } from '../../support/ledger-fixtures.ts';

const CONTROLS = [lidClosed, locked];
let world: World;
let now: number;
let mode: Mode;
let engine: TestEngine;

beforeEach(() => {
  world = new World({ lid: { open: true } });
  now = Date.parse('2026-11-02T10:00:00Z');
  mode = 'approve';
  const made = testEngine((region) => world.aws(region), 'approve', {
    ledger: ledgerIn(memoryStore(), () => now),
    clock: { now: () => new Date(now), sleep: async () => {} },
  });
  const settings = made.policy.settingsFor;
  engine = {
    ...made,
    policy: {
      ...made.policy,
      limits: { ...policyFrom(null).limits, approval: 12 * HOUR_MS },
      settingsFor: (control, place) => ({ ...settings(control, place), mode }),
    },
  };
});

const look = async () => (await reconcile(subjectOf(lidClosed), CAUSE, engine))[0];
const waiting = async () => (await look())?.remediationId ?? '';
const says = (promise: Promise<unknown>) => promise.then(() => 'nothing', messageOf);
const statusOf = async (id: string) => (await engine.ledger.remediation(id))?.status;

test('asks once, whatever asks again, and makes no call', async () => {
  const id = await waiting();
  for (let again = 0; again < 3; again += 1)
    expect(await look()).toMatchObject({ outcome: 'awaitingApproval', remediationId: id, mode: 'approve' });
  expect(engine.notified.map(({ result }) => [result.outcome, result.remediationId])).toEqual([
    ['awaitingApproval', id],
  ]);
  expect(world.calls).toEqual([]);
  const record = await engine.ledger.remediation(id);
  expect(record).toMatchObject({ status: 'awaitingApproval', steps: [{ status: 'intended' }] });
  expect(record?.expires).toBe('2026-11-02T22:00:00.000Z');
  expect(engine.notified[0]?.expires).toBe(record?.expires);
});

test('that nobody could be notified of is notified by the next look, once', async () => {
  const { notifier } = engine;
  const deaf = { ...engine, notifier: { ...notifier, notify: () => Promise.reject(new Error('SNS is down')) } };
  expect(await reconcile(subjectOf(lidClosed), CAUSE, deaf)).toMatchObject([{ outcome: 'failed' }]);
  const asked = await look();
  expect(asked).toMatchObject({ outcome: 'awaitingApproval' });
  await look();
  expect(engine.notified.map(({ result }) => result.remediationId)).toEqual([asked?.remediationId]);
});

test('an approval runs the plan, and its record says when and by whom', async () => {
  const id = await waiting();
  now += HOUR_MS;
  expect(await approve(id, 'ann', engine, CONTROLS)).toMatchObject({ outcome: 'remediated', remediationId: id });
  expect(world.calls.map(({ operation }) => operation)).toEqual(['CloseLid']);
  expect(await engine.ledger.remediation(id)).toMatchObject({
    status: 'remediated',
    decidedBy: 'ann',
    eventId: CAUSE.eventId,
    attribution: CAUSE.attribution,
    times: { received: CAUSE.receivedAt, decided: '2026-11-02T11:00:00.000Z' },
  });
  expect(await says(approve(id, 'ann', engine, CONTROLS))).toMatch(/is remediated, not awaiting approval/);
});

test('where the drift has gone there is nothing to do', async () => {
  const id = await waiting();
  world.box = { ...(world.box as Box), lid: { open: false } };
  expect(await approve(id, 'ann', engine, CONTROLS)).toMatchObject({ outcome: 'compliant' });
  expect([world.calls, await statusOf(id)]).toEqual([[], 'superseded']);
});

test('an approval holds for one plan, not for what is found meanwhile', async () => {
  const [id] = [(await reconcile(subjectOf(locked), CAUSE, engine))[0]?.remediationId ?? ''];
  world.box = { ...(world.box as Box), lock: { on: false } };
  const anew = await approve(id, 'ann', engine, CONTROLS);
  expect(anew).toMatchObject({ outcome: 'awaitingApproval' });
  expect(anew.remediationId).not.toBe(id);
  expect([world.calls, await statusOf(id)]).toEqual([[], 'superseded']);
  expect(engine.notified.at(-1)?.result.remediationId).toBe(anew.remediationId);
  expect(await approve(anew.remediationId ?? '', 'ann', engine, CONTROLS)).toMatchObject({ outcome: 'remediated' });
});

test('of what a gate stops since, the rest is carried out, and the record holds no more than that', async () => {
  world.box = { ...(world.box as Box), lock: { on: false } };
  const id = (await reconcile(subjectOf(shut), CAUSE, engine))[0]?.remediationId ?? '';
  await engine.ledger.saveExemption(
    exemptionOf('ex-1', { control: lidClosed.id, resource: REF.resourceId, expires: '2026-12-31' }),
  );
  const result = await approve(id, 'ann', engine, [lidClosed, shut]);
  expect(result).toMatchObject({ outcome: 'detected', annotation: expect.stringContaining(lidClosed.id) });
  expect(world.calls.map(({ operation }) => operation)).toEqual(['TurnKey']);
  expect(await engine.ledger.remediation(id)).toMatchObject({
    status: 'remediated',
    afterCompliance: 'NON_COMPLIANT',
    steps: [{ operation: 'TurnKey', status: 'made' }],
  });
});

test('an approval is enough where a sibling control of the resource would have to be asked about the same', async () => {
  world.box = { ...(world.box as Box), lock: { on: false } };
  const id = (await reconcile(subjectOf(shut), CAUSE, engine))[0]?.remediationId ?? '';
  expect(await approve(id, 'ann', engine, [lidClosed, shut])).toMatchObject({ outcome: 'remediated' });
  expect(world.calls.map(({ operation }) => operation)).toEqual(['CloseLid', 'TurnKey']);
});

test('nor for what another version of the control would do', async () => {
  const id = await waiting();
  const thorough = { ...lidClosed, plan: () => [closeLid(), closeLid()] };
  expect(await approve(id, 'ann', engine, [thorough])).toMatchObject({ outcome: 'awaitingApproval' });
  expect([world.calls, await statusOf(id)]).toEqual([[], 'superseded']);
});

test('a decision that came first holds', async () => {
  const id = await waiting();
  // The approval has read the record; then somebody rejects it.
  const { ledger } = engine;
  let raced = false;
  const racing: Engine['ledger'] = {
    ...ledger,
    async load(key) {
      if (!raced) {
        raced = true;
        await reject(id, 'jo', 'no', engine, CONTROLS);
      }
      return ledger.load(key);
    },
  };
  await approve(id, 'ann', { ...engine, ledger: racing }, CONTROLS);
  expect([world.calls, await statusOf(id)]).toEqual([[], 'rejected']);
});

test('a rejection that comes too late changes nothing', async () => {
  const id = await waiting();
  await approve(id, 'ann', engine, CONTROLS);
  expect(await says(reject(id, 'jo', 'no', engine, CONTROLS))).toMatch(/is remediated, not awaiting approval/);
  expect(await statusOf(id)).toBe('remediated');
});

test('what was rejected is asked for again only where the plan is another or the drift has come back', async () => {
  const id = await waiting();
  await reject(id, 'jo', 'not now', engine, CONTROLS);
  expect(await look()).toMatchObject({
    outcome: 'detected',
    annotation: expect.stringMatching(/^Rejected by jo: not now\./),
  });
  expect(engine.notified).toHaveLength(1);
  world.box = { ...(world.box as Box), lid: { open: false } };
  expect(await look()).toMatchObject({ outcome: 'compliant' });
  world.box = { ...(world.box as Box), lid: { open: true } };
  expect(await look()).toMatchObject({ outcome: 'awaitingApproval' });
});

test('late is too late, and the next look asks anew', async () => {
  const id = await waiting();
  now += 12 * HOUR_MS;
  expect(await says(approve(id, 'ann', engine, CONTROLS))).toMatch(
    /expired at 2026-11-02T22:00:00.000Z; the next evaluation of box-1 requests a new approval/,
  );
  expect(await says(reject(id, 'ann', 'no', engine, CONTROLS))).toMatch(/expired/);
  const anew = await waiting();
  expect(anew).not.toBe(id);
  expect(await statusOf(id)).toBe('expired');
  expect(engine.notified).toHaveLength(2);
});

test('a mode that was lowered meanwhile holds against an approval', async () => {
  const id = await waiting();
  mode = 'detect';
  expect(await approve(id, 'ann', engine, CONTROLS)).toMatchObject({ outcome: 'detected' });
  expect(world.calls).toEqual([]);
});

test('of a control that is off, or that this version does not have, nothing can be decided', async () => {
  const id = await waiting();
  expect(await says(approve(id, 'ann', engine, [locked]))).toMatch(/which this version does not have/);
  const off = { ...engine, policy: { ...engine.policy, reach: () => 'off' as const } };
  expect(await says(approve(id, 'ann', off, CONTROLS))).toMatch(/is off/);
});

test('a plan that is superseded says why, and its evidence ends', async () => {
  const id = await waiting();
  world.box = { ...(world.box as Box), label: { text: 'other' } };
  expect((await look())?.remediationId).toBe(id);
  const thorough = { ...lidClosed, plan: () => [closeLid(), closeLid()] };
  const [anew] = await reconcile(subjectOf(thorough), CAUSE, engine);
  expect(anew?.remediationId).not.toBe(id);
  expect(await engine.ledger.remediation(id)).toMatchObject({
    status: 'superseded',
    error: expect.stringMatching(/the state has changed/),
  });
  expect(engine.notified.map(({ result }) => result.remediationId)).toEqual([id, anew?.remediationId]);
});

test('a notice of a plan says whether it could be undone', async () => {
  await waiting();
  expect(engine.notified).toMatchObject([{ reversible: true }]);
  world.box = { ...(world.box as Box), lid: { open: false }, lock: { on: false } };
  await reconcile(subjectOf(locked), CAUSE, engine);
  expect(engine.notified).toMatchObject([{ reversible: true }, { reversible: false }]);
});

test('two plans are the same by their calls, in their order, with their inputs and regions', () => {
  const one = callOf(closeLid());
  const other = { ...one, operation: 'TurnKey' };
  expect(planHash([one])).toBe(planHash([{ ...one, input: { ...one.input } }]));
  const different = [[], [other], [one, one], [{ ...one, input: {} }], [{ ...one, region: 'us-east-1' }]];
  for (const plan of different) expect(planHash(plan)).not.toBe(planHash([one]));
  expect(planHash([one, other])).not.toBe(planHash([other, one]));
});

test('a plan is made for the state that it was asked for, but for what is volatile', () => {
  const plan = [closeLid()];
  const before = { lid: { open: true, at: 1 }, ref: REF };
  const record = remediationOf('rem-1', {
    before,
    steps: plan.map((one) => ({
      ...callOf(one),
      elements: [],
      undo: [],
      status: 'intended',
      requestId: null,
      error: null,
    })),
  });
  const run = { subject: { resource: { volatile: ['at'] } } } as unknown as Run;
  const read = (state: object) => ({
    evaluation: lidClosed.evaluate as never,
    state: { ref: REF, ...state },
    deleted: false,
  });
  expect(isMadeFor(record, run, read({ lid: { open: true, at: 2 } }), plan)).toBe(true);
  expect(isMadeFor(record, run, read({ lid: { open: false, at: 1 } }), plan)).toBe(false);
  expect(isMadeFor(record, run, read(before), [closeLid(), closeLid()])).toBe(false);
});
