import { beforeEach, describe, expect, test } from '@jest/globals';
import type { AnyControl } from '../../shared/control.ts';
import { reconcile } from '../../shared/engine/reconcile/reconciler.ts';
import { take } from '../../shared/ledger/lease.ts';
import { resourceKey } from '../../shared/ledger/ledger.ts';
import { memoryStore } from '../../shared/ledger/memory.ts';
import type { Exemption } from '../../shared/ledger/records.ts';
import { ledgerIn } from '../../shared/ledger/stored-ledger.ts';
import type { ExemptionRule } from '../../shared/policy/policy.ts';
import { policyFrom } from '../../shared/policy/settings.ts';
import { DAY_MS } from '../../shared/time.ts';
import { dailyTasks } from '../../shared/watch/daily.ts';
import { type TestEngine, testEngine } from '../support/engine.ts';
import {
  CAUSE,
  GOOD,
  labelled,
  lidClosed,
  locked,
  REF,
  subjectOf,
  World,
  withSeverity,
} from '../support/fake-resource.ts';
import { change, findingOf, saveRecord } from '../support/ledger-fixtures.ts';

const ARN = 'arn:aws:box:::box-1';
const KEY = resourceKey('box', REF);
let world: World;
let now: number;
let engine: TestEngine;
const at = (day: string) => {
  now = Date.parse(`${day}T00:05:00Z`);
};

function start(mode: 'approve' | 'remediate', exemptions: readonly ExemptionRule[] = []): void {
  at('2026-11-02');
  world = new World({ lid: { open: true }, label: { text: '' } });
  engine = testEngine((region) => world.aws(region), mode, {
    ledger: ledgerIn(memoryStore(), () => now),
    clock: { now: () => new Date(now), sleep: async () => {} },
  });
  engine = {
    ...engine,
    policy: { ...engine.policy, exemptions, limits: { ...policyFrom(null).limits, approval: DAY_MS } },
  };
}
beforeEach(() => start('remediate'));

const look = (control: AnyControl = lidClosed) => reconcile(subjectOf(control), CAUSE, engine);
const rule = (resource: string, expires: string, control = lidClosed.id): ExemptionRule => ({
  control,
  resource,
  owner: 'web@example.com',
  reason: 'a lid that must stay open',
  expires,
});
const kept = (resource: string, expires: string): Exemption => ({
  ...rule(resource, expires),
  id: 'ex-1',
  createdAt: '2026-11-01T00:00:00Z',
  createdBy: 'ann',
});
const rechecks = async () => {
  const { rechecks: found, errors } = await dailyTasks(engine);
  expect(errors).toEqual([]);
  return found.map(({ ref, service, reason }) => [service, ref.resourceId, reason]);
};
const ENDED = ['box', 'box-1', 'its exemption has ended'];

test('with nothing to do it does nothing', async () => {
  await look();
  expect(await rechecks()).toEqual([]);
  expect(engine.announced).toEqual([]);
});

test('reminds of pauses every day, and of no other', async () => {
  await engine.ledger.pause({ control: null, reason: 'release day', by: 'jo', at: '2026-11-01T08:00:00Z' });
  await engine.ledger.pause({ control: labelled.id, reason: 'a move', by: 'ann', at: '2026-11-01T09:00:00Z' });
  await rechecks();
  await rechecks();
  expect(engine.announced.map(({ subject }) => subject).sort()).toEqual([
    `Evenkeel is paused: ${labelled.id}`,
    `Evenkeel is paused: ${labelled.id}`,
    'Evenkeel is paused: everything',
    'Evenkeel is paused: everything',
  ]);
  const [everything] = engine.announced.filter(({ subject }) => subject.endsWith('everything'));
  expect(everything).toMatchObject({ severity: 'HIGH', text: expect.stringContaining('Paused by jo: release day') });
  expect(everything?.text).toContain('npx evenkeel resume --look');
});

describe('exemptions that end', () => {
  test.each([
    ['eight days before', '2026-11-10', 0],
    ['a week before', '2026-11-09', 1],
    ['on the last day', '2026-11-02', 1],
    ['the day after', '2026-11-01', 0],
  ])('%s: of %s the owner is notified %i times', async (_when, expires, times) => {
    await engine.ledger.saveExemption(kept(ARN, expires));
    await dailyTasks(engine);
    await dailyTasks(engine);
    expect(engine.announced).toHaveLength(times);
    for (const { subject, text, groups } of engine.announced) {
      expect(subject).toBe(`Exemption expires on ${expires}: box-1 (web@example.com)`);
      expect(text).toContain(`Resource:   ${ARN}\nControl:    ${lidClosed.id}\nOwner:      web@example.com\n`);
      expect(text).toContain(`--resource ${ARN} --owner web@example.com --reason`);
      // The control's page is found by it.
      expect(groups).toMatchObject([{ controlId: lidClosed.id }]);
    }
  });

  test('an owner who could not be notified is notified the next time', async () => {
    start('remediate', [rule(ARN, '2026-11-05')]);
    const deaf = { ...engine, notifier: { ...engine.notifier, announce: () => Promise.reject(new Error('down')) } };
    expect((await dailyTasks(deaf)).errors).toEqual([new Error('down')]);
    await dailyTasks(engine);
    expect(engine.announced).toHaveLength(1);
  });

  test.each([
    ['by ARN', ARN],
    ['by id', 'box-1'],
    ['by pattern', 'arn:aws:box:::box-*'],
  ])(
    'in the ledger, %s: the day after the last, and not before, the resource is looked at again',
    async (_name, resource) => {
      await engine.ledger.saveExemption(kept(resource, '2026-11-03'));
      expect(await look()).toMatchObject([{ outcome: 'exempted' }]);
      for (const day of ['2026-11-02', '2026-11-03']) {
        at(day);
        expect(await rechecks()).toEqual([]);
      }
      at('2026-11-04');
      expect(await rechecks()).toEqual([ENDED]);
      expect(await look()).toMatchObject([{ outcome: 'remediated' }]);
      expect(await rechecks()).toEqual([]);
    },
  );

  test('in policy.yml as well, and where it was taken out of it', async () => {
    start('remediate', [rule('*', '2026-11-03')]);
    expect(await look()).toMatchObject([{ outcome: 'exempted' }]);
    expect(await rechecks()).toEqual([]);
    engine = { ...engine, policy: { ...engine.policy, exemptions: [] } };
    expect(await rechecks()).toEqual([ENDED]);
  });

  test('what another exemption still allows is left alone', async () => {
    start('remediate', [rule('*', '2026-11-03'), rule(ARN, '2026-12-31')]);
    await look();
    at('2026-11-04');
    expect(await rechecks()).toEqual([]);
  });

  test('what was found before it was exempted is looked at as well, for two days', async () => {
    start('approve');
    expect(await look()).toMatchObject([{ outcome: 'awaitingApproval' }]);
    await engine.ledger.saveExemption(kept(ARN, '2026-11-03'));
    for (const [day, times] of [
      ['2026-11-03', 0],
      ['2026-11-04', 1],
      ['2026-11-05', 1],
      ['2026-11-06', 0],
    ] as const) {
      at(day);
      expect((await rechecks()).filter(([, , reason]) => reason === ENDED[2])).toHaveLength(times);
    }
  });

  test('an exemption from another control, or of another resource, says nothing', async () => {
    start('remediate', [
      rule(ARN, '2026-11-01', labelled.id),
      rule('arn:aws:box:::box-12', '2026-11-01'),
      rule('x-box-1', '2026-11-01'),
    ]);
    const { ledger } = engine;
    await ledger.pause({ control: null, reason: 'x', by: 'jo', at: '2026-11-01T00:00:00Z' });
    await look();
    expect(await rechecks()).toEqual([]);
  });
});

test('what was halted is looked at again once it is not paused any more', async () => {
  await engine.ledger.pause({ control: lidClosed.id, reason: 'x', by: 'jo', at: '2026-11-01T00:00:00Z' });
  expect(await look()).toMatchObject([{ outcome: 'halted' }]);
  expect(await rechecks()).toEqual([]);
  await engine.ledger.resume(lidClosed.id);
  expect(await rechecks()).toEqual([['box', 'box-1', 'what halted it may have ended']]);
});

test('what a detection has found, and is exempt by now, is looked at: that ends it', async () => {
  const sightings = { repeats: 0, since: null, events: [] };
  const findings = { [lidClosed.id]: findingOf(lidClosed.id, { lastSeen: new Date(now).toISOString(), sightings }) };
  await change(engine.ledger, KEY, { arn: ARN, findings });
  expect(await rechecks()).toEqual([]);
  await engine.ledger.saveExemption(kept(ARN, '2026-12-31'));
  expect(await rechecks()).toEqual([['box', 'box-1', 'a detection is exempted']]);
});

test('a resource of which several findings wait is looked at once', async () => {
  await engine.ledger.pause({ control: null, reason: 'x', by: 'jo', at: '2026-11-01T00:00:00Z' });
  await reconcile(subjectOf(lidClosed, locked), CAUSE, engine);
  expect(await Array.fromAsync(engine.ledger.openFindings())).toHaveLength(2);
  await engine.ledger.resume(null);
  expect(await rechecks()).toEqual([['box', 'box-1', 'what halted it may have ended']]);
});

test('a flap is given its quiet time, whichever control is stopped by it', async () => {
  engine = {
    ...engine,
    policy: { ...engine.policy, limits: { ...engine.policy.limits, flap: { times: 1, within: 2 * DAY_MS } } },
  };
  expect(await look()).toMatchObject([{ outcome: 'remediated' }]);
  world.box = { ...GOOD, lid: { open: true } };
  expect(await look(withSeverity(lidClosed, 'box-lid-shut', 'HIGH'))).toMatchObject([{ outcome: 'halted' }]);
  for (const [day, times] of [
    ['2026-11-03', 0],
    ['2026-11-04', 0],
    ['2026-11-05', 1],
  ] as const) {
    at(day);
    expect(await rechecks()).toHaveLength(times);
  }
  expect(await look()).toMatchObject([{ outcome: 'remediated' }]);
});

describe('records that are open', () => {
  test('an approval that nobody gave ends with an outcome, notified once', async () => {
    start('approve');
    const id = (await look())[0]?.remediationId ?? '';
    const { version } = await engine.ledger.load(KEY);
    await dailyTasks(engine);
    expect((await engine.ledger.remediation(id))?.status).toBe('awaitingApproval');
    // One that is still awaited takes nobody's turn.
    expect((await engine.ledger.load(KEY)).version).toBe(version);
    at('2026-11-03');
    expect(await rechecks()).toEqual([]);
    await rechecks();
    expect(await engine.ledger.remediation(id)).toMatchObject({
      status: 'expired',
      error: 'no decision was made in time',
    });
    expect(engine.announced).toEqual([
      expect.objectContaining({ severity: lidClosed.severity, subject: `${id} was not approved: box-1 in eu-west-1` }),
    ]);
    expect(await Array.fromAsync(engine.ledger.openFindings())).toMatchObject([{ outcome: 'detected' }]);
    expect(await look()).toMatchObject([{ outcome: 'awaitingApproval' }]);
    expect(engine.notified).toHaveLength(2);
  });

  test('one that is being decided on is left to whoever decides', async () => {
    start('approve');
    const id = (await look())[0]?.remediationId ?? '';
    at('2026-11-03');
    const lease = take((await engine.ledger.load(KEY)).state.lease, 'ann', { requested: [], handles: [] }, now);
    await change(engine.ledger, KEY, lease === null ? {} : { lease });
    expect(await rechecks()).toEqual([]);
    expect((await engine.ledger.remediation(id))?.status).toBe('awaitingApproval');
    expect(engine.announced).toEqual([]);
  });

  test('a list that is some seconds behind ends nothing that was decided', async () => {
    start('approve');
    const id = (await look())[0]?.remediationId ?? '';
    const [stale] = await Array.fromAsync(engine.ledger.active());
    const record = await engine.ledger.remediation(id);
    if (stale === undefined || record === null) throw new Error('nothing waits');
    await saveRecord(engine.ledger, { ...record, status: 'rejected' });
    at('2026-11-03');
    const { ledger } = engine;
    async function* active() {
      yield stale as NonNullable<typeof stale>;
    }
    const { errors } = await dailyTasks({ ...engine, ledger: { ...ledger, active } });
    expect(errors).toEqual([]);
    expect((await ledger.remediation(id))?.status).toBe('rejected');
    expect(engine.announced).toEqual([]);
  });
});

test('a task that fails does not keep the others from being done', async () => {
  await engine.ledger.saveExemption(kept(ARN, '2026-11-04'));
  const ledger = { ...engine.ledger, pauses: () => Promise.reject(new Error('throttled')) };
  const { rechecks: found, errors } = await dailyTasks({ ...engine, ledger });
  expect(errors.map(String)).toEqual(['Error: throttled', 'Error: throttled']);
  expect(found).toEqual([]);
  expect(engine.announced).toHaveLength(1);
});

describe('a reminder of what stays open', () => {
  const remind = (reminders: object) =>
    Object.assign(engine, { policy: { ...engine.policy, notify: policyFrom({ notify: { reminders } }).notify } });
  const reminders = async () => {
    await rechecks();
    return engine.announced.splice(0).map(({ kind, subject }) => `${kind}: ${subject}`);
  };
  const STILL = 'reminder: Still open: 1 finding of 1 control in eu-west-1';

  test('comes as often as policy.yml says for the severity, one a day', async () => {
    start('approve');
    remind({ [lidClosed.severity]: '2d' });
    await look();
    const by: Record<string, readonly string[]> = {};
    for (const day of ['2026-11-02', '2026-11-03', '2026-11-04', '2026-11-04', '2026-11-05', '2026-11-06']) {
      at(day);
      by[day] = [...(by[day] ?? []), ...(await reminders()).filter((one) => one.startsWith('reminder'))];
    }
    expect(by).toEqual({
      '2026-11-02': [],
      '2026-11-03': [],
      '2026-11-04': [STILL],
      '2026-11-05': [],
      '2026-11-06': [STILL],
    });
  });

  test('never comes where policy.yml says nothing of it, or of the severity', async () => {
    start('approve');
    await look();
    at('2026-11-04');
    expect((await reminders()).filter((one) => one.startsWith('reminder'))).toEqual([]);
    remind({ LOW: '1d' });
    at('2026-11-05');
    expect((await reminders()).filter((one) => one.startsWith('reminder'))).toEqual([]);
  });
});
