import { beforeEach, describe, expect, test } from '@jest/globals';
import { type AnyControl, compliant, defineControl, nonCompliant, settling } from '../../../shared/control.ts';
import { messageOf } from '../../../shared/engine/errors.ts';
import { reconcile } from '../../../shared/engine/reconcile/reconciler.ts';
import { undo } from '../../../shared/engine/undo/undo.ts';
import { resourceKey } from '../../../shared/ledger/ledger.ts';
import { memoryStore } from '../../../shared/ledger/memory.ts';
import { ledgerIn } from '../../../shared/ledger/stored-ledger.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../shared/time.ts';
import { type TestEngine, testEngine } from '../../support/engine.ts';
import {
  type Box,
  CAUSE,
  closeLid,
  GOOD,
  lidClosed,
  locked,
  REF,
  subjectOf,
  World,
} from '../../support/fake-resource.ts';

const KEY = resourceKey('box', REF);
let world: World;
let now: number;
let engine: TestEngine;
/** When the lid, whose closing was requested, is closed; never where it is null. */
let closesAt: number | null;

/** AWS shows that it is at work: the lid says `closing`. */
const shown: AnyControl = defineControl({
  ...lidClosed,
  id: 'box-lid-closed-slowly',
  needs: ['lid'],
  evaluate({ lid }) {
    if (!lid.open) return compliant('The lid is closed.');
    return closesAt === null ? nonCompliant('The lid is open.') : settling('The lid is closing.', '5m');
  },
  plan: () => [closeLid()],
});
/** AWS shows nothing: it only takes its time. */
const hidden: AnyControl = defineControl({ ...lidClosed, id: 'box-lid-closed-blindly', settles: '5m' });

beforeEach(() => {
  world = new World({ lid: { open: true } });
  world.inert.add('CloseLid');
  now = Date.parse('2026-01-01T12:00:00Z');
  closesAt = null;
  world.onCall = () => {
    closesAt = now + 5 * MINUTE_MS;
  };
  engine = testEngine((region) => world.aws(region), 'remediate', {
    ledger: ledgerIn(memoryStore(), () => now),
    clock: {
      now: () => new Date(now),
      async sleep(milliseconds) {
        now += milliseconds;
      },
    },
  });
});

/** Time goes by, and AWS comes to its end. */
function later(milliseconds: number, isDone = true): void {
  now += milliseconds;
  if (isDone && closesAt !== null && closesAt <= now) {
    world.box = { ...(world.box as Box), lid: { open: false } };
    closesAt = null;
  }
}
const look = async (...controls: AnyControl[]) => reconcile(subjectOf(...controls), CAUSE, engine);
const records = () => Array.fromAsync(engine.ledger.remediations());
const state = async () => (await engine.ledger.load(KEY)).state;
const notified = () => engine.notified.map(({ result }) => result.outcome);
const writes = () => world.calls.map(({ operation }) => operation);

describe.each([
  ['where the state shows that AWS is at work', shown],
  ['where only the control knows', hidden],
])('a change that takes five minutes, %s', (_name, control) => {
  test('is pending, then remediated: one record, one notification, no flap, no second write', async () => {
    const began = now;
    expect(await look(control)).toMatchObject([
      { outcome: 'pending', before: 'NON_COMPLIANT', after: 'NON_COMPLIANT' },
    ]);
    expect(await records()).toMatchObject([{ status: 'pending', steps: [{ status: 'made' }] }]);
    expect(engine.sent).toEqual([
      {
        service: 'box',
        detailType: 'Evenkeel Recheck',
        detail: { service: 'box', ...REF },
        notBefore: expect.any(Number),
      },
    ]);
    expect((engine.sent[0]?.notBefore ?? 0) - began).toBeGreaterThanOrEqual(5 * MINUTE_MS);
    for (let event = 0; event < 5; event += 1) {
      later(30_000, false);
      expect(await look(control)).toMatchObject([{ outcome: 'pending' }]);
    }
    // One recheck for the resource, however many events come.
    expect(engine.sent).toHaveLength(1);
    expect([notified(), (await state()).flaps]).toEqual([[], {}]);

    later(3 * MINUTE_MS);
    const [result] = await look(control);
    expect(result).toMatchObject({ outcome: 'remediated', before: 'NON_COMPLIANT', after: 'COMPLIANT' });
    expect(await records()).toMatchObject([
      {
        id: result?.remediationId,
        status: 'remediated',
        recheckAt: null,
        times: { verified: new Date(now).toISOString() },
      },
    ]);
    expect([notified(), writes()]).toEqual([['remediated'], ['CloseLid']]);
    expect(await state()).toMatchObject({ findings: {}, open: [], outbox: [], recheckAt: null });
    expect(await look(control)).toMatchObject([{ outcome: 'compliant' }]);
    expect(notified()).toEqual(['remediated']);
  });

  test('that never comes to its end is failed after its deadline, with one notification and no second write', async () => {
    await look(control);
    for (let turn = 0; turn < 13; turn += 1) {
      later(5 * MINUTE_MS, false);
      await look(control);
    }
    expect(await records()).toMatchObject([{ status: 'failed', error: expect.stringMatching(/did not finish by/) }]);
    expect([notified(), writes()]).toEqual([['failed'], ['CloseLid']]);
    // A retry of the event, and a sweep, say nothing new and try nothing.
    expect(await look(control)).toMatchObject([{ outcome: 'blocked' }]);
    expect([notified(), writes()]).toEqual([['failed'], ['CloseLid']]);
    expect(await state()).toMatchObject({ open: [], outbox: [], recheckAt: null });
  });

  test('has the recheck that comes at its time asked for again while AWS is still at work', async () => {
    await look(control);
    later(5 * MINUTE_MS + 1, false);
    await look(control);
    expect(engine.sent).toHaveLength(2);
    expect(engine.sent[1]?.notBefore).toBeGreaterThan(now);
    expect((await state()).recheckAt).toBe(engine.sent[1]?.notBefore);
  });

  test('is not undone meanwhile: the time of the recheck is said', async () => {
    const [result] = await look(control);
    const request = { id: result?.remediationId ?? '', by: 'ann', reason: 'no', expires: '2027-01-01', dryRun: false };
    const at = new Date(engine.sent[0]?.notBefore ?? 0).toISOString();
    const refused = undo(request, engine, [control], async () => ({}));
    await expect(refused.then(() => 'undone', messageOf)).resolves.toMatch(
      new RegExp(`pending: AWS is still applying it; the next check is at ${at}`),
    );
    later(6 * MINUTE_MS);
    await look(control);
    const open = async () => {
      world.box = { ...GOOD, lid: { open: true } };
      closesAt = null;
      return {};
    };
    expect(await undo(request, engine, [control], open)).toMatchObject({ undoId: expect.any(String) });
  });
});

test('a change of another element goes on while one is pending', async () => {
  world.box = { ...GOOD, lid: { open: true }, lock: { on: false } };
  const key: AnyControl = {
    ...locked,
    plan: (state) => locked.plan?.({ ...state, lid: { open: false } } as never, {} as never) ?? [],
  };
  await look(hidden);
  later(MINUTE_MS, false);
  const results = await look(hidden, key);
  expect(results).toMatchObject([{ controlId: hidden.id, outcome: 'pending' }, { controlId: key.id }]);
  expect(writes()).toEqual(['CloseLid', 'TurnKey']);
});

describe('what AWS is at work on by another’s hand', () => {
  beforeEach(() => {
    closesAt = now + 5 * MINUTE_MS;
  });

  test('is pending without a record, a call or a notification, and compliant once it is done', async () => {
    expect(await look(shown)).toMatchObject([{ outcome: 'pending', remediationId: null, steps: [] }]);
    expect(await look(shown)).toMatchObject([{ outcome: 'pending' }]);
    expect([await records(), writes(), notified(), engine.sent.length]).toEqual([[], [], [], 1]);
    later(6 * MINUTE_MS);
    expect(await look(shown)).toMatchObject([{ outcome: 'compliant' }]);
    expect(await state()).toMatchObject({ findings: {} });
    expect(notified()).toEqual([]);
  });

  test('is remediated where it turns out to be still wrong', async () => {
    await look(shown);
    closesAt = null;
    now += 6 * MINUTE_MS;
    await look(shown);
    expect(writes()).toEqual(['CloseLid']);
  });

  test.each(['detect', 'remediate'] as const)(
    'is failed after the deadline, notified once, in mode %s',
    async (mode) => {
      const settings = engine.policy.settingsFor;
      engine = {
        ...engine,
        policy: { ...engine.policy, reach: () => mode, settingsFor: (...given) => ({ ...settings(...given), mode }) },
      };
      for (let turn = 0; turn < 30; turn += 1) {
        await look({ ...shown, deadline: '2h' });
        later(5 * MINUTE_MS, false);
      }
      expect([notified(), writes()]).toEqual([['failed'], []]);
    },
  );
});

test('a late one is tried again once its time has come, or the resource reads otherwise', async () => {
  await look(hidden);
  later(2 * HOUR_MS, false);
  await look(hidden);
  expect(writes()).toEqual(['CloseLid']);
  later(DAY_MS, false);
  world.inert.clear();
  world.onCall = () => {};
  expect(await look(hidden)).toMatchObject([{ outcome: 'remediated' }]);
});
