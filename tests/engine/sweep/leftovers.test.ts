import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AnyControl } from '../../../shared/control.ts';
import { reconcile } from '../../../shared/engine/reconcile/reconciler.ts';
import { isCutOff, leftoverOf, leftovers } from '../../../shared/engine/sweep/leftovers.ts';
import { FREE, type Lease } from '../../../shared/ledger/lease.ts';
import { NEW_RESOURCE, type ResourceState, resourceKey } from '../../../shared/ledger/ledger.ts';
import { memoryStore } from '../../../shared/ledger/memory.ts';
import { ledgerIn } from '../../../shared/ledger/stored-ledger.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../shared/time.ts';
import { type TestEngine, testEngine } from '../../support/engine.ts';
import { CAUSE, GOOD, lidClosed, REF, subjectOf, World } from '../../support/fake-resource.ts';
import { change, findingOf, noticeOf, remediationOf } from '../../support/ledger-fixtures.ts';

const NOW = Date.parse('2026-11-02T12:00:00Z');
const KEY = resourceKey('box', REF);
const applying = { id: 'rem-1', controlId: lidClosed.id, status: 'applying' } as const;
const held: Lease = { ...FREE, holder: 'ann', until: NOW + 1, wanted: [lidClosed.id] };
const seen = (since: number) =>
  findingOf('a', {
    lastSeen: new Date(NOW).toISOString(),
    sightings: { repeats: 1, since: new Date(since).toISOString(), events: [] },
  });
const queuedAt = (at: number) => [noticeOf(remediationOf('rem-1'), at)];

const refused = (retryAt: number) =>
  findingOf('a', {
    outcome: 'blocked',
    retryAt: new Date(retryAt).toISOString(),
    blocked: { by: 'Refused.', facets: 'f', version: 'v', recordId: null },
  });

const repeatedSince = (since: number) =>
  findingOf('a', {
    lastSeen: new Date(NOW).toISOString(),
    sightings: { repeats: 1, since: new Date(since).toISOString(), events: [] },
  });

describe('what is left to do of a resource', () => {
  test.each<[string, Partial<ResourceState>, string | null]>([
    ['nothing', {}, null],
    ['a finding that is known', { findings: { a: findingOf('a') } }, null],
    ['a recheck that is to come', { recheckAt: NOW + 1 }, null],
    ['a recheck whose message is on its way', { recheckAt: NOW - 2 * MINUTE_MS }, null],
    ['a recheck whose message is overdue', { recheckAt: NOW - 2 * MINUTE_MS - 1 }, 'its recheck was lost'],
    ['a notification that is being published', { outbox: queuedAt(NOW - MINUTE_MS) }, null],
    ['a notification of a dead run', { outbox: queuedAt(NOW - MINUTE_MS - 1) }, 'a notification was not published'],
    ['a run at work', { open: [applying], lease: held }, null],
    ['a run whose lease has ended', { open: [applying], lease: { ...held, until: NOW } }, 'its run was interrupted'],
    ['a run that let go of its lease', { open: [applying] }, 'its run was interrupted'],
    ['an approval that is awaited', { open: [{ ...applying, status: 'awaitingApproval' }] }, null],
    ['a pending remediation', { open: [{ ...applying, status: 'pending' }], recheckAt: NOW + 1 }, null],
    [
      'controls that a dead run was to evaluate',
      { lease: { ...held, until: NOW }, changedHandsAt: NOW - HOUR_MS },
      'its run was interrupted',
    ],
    ['repeats that are counted', { findings: { a: seen(NOW - HOUR_MS + 1) } }, null],
    [
      'repeats that were counted for an hour',
      { findings: { a: seen(NOW - HOUR_MS) } },
      'a detection has repeats to report, or has ended',
    ],
    ['a refusal that is to be tried again later', { findings: { a: refused(NOW + 1) } }, null],
    ['a refusal whose time has come', { findings: { a: refused(NOW) } }, 'what was refused is tried again'],
    ['a refusal that nobody evaluates any more', { findings: { a: refused(NOW - 24 * HOUR_MS) } }, null],
    ['the same, days ago', { lease: { ...held, until: NOW }, changedHandsAt: NOW - 25 * HOUR_MS }, null],
    ['repeats of a detection, within the hour', { findings: { a: repeatedSince(NOW - HOUR_MS + 1) } }, null],
    [
      'repeats of a detection, an hour later',
      { findings: { a: repeatedSince(NOW - HOUR_MS) } },
      'a detection has repeats to report, or has ended',
    ],
  ])('%s', (_name, state, reason) => {
    expect(leftoverOf({ ...NEW_RESOURCE, ...state }, NOW)).toBe(reason);
  });

  test('a run is cut off only where something has begun and nobody holds the lease', () => {
    const statuses = fc.constantFrom('awaitingApproval', 'applying', 'pending' as const);
    fc.assert(
      fc.property(fc.array(statuses, { maxLength: 3 }), fc.integer({ min: -5, max: 5 }), (open, until) => {
        const state: ResourceState = {
          ...NEW_RESOURCE,
          open: open.map((status) => ({ ...applying, status })),
          lease: { ...held, until: NOW + until },
        };
        expect(isCutOff(state, NOW)).toBe(open.includes('applying') && until <= 0);
      }),
    );
  });
});

describe('of all resources', () => {
  let world: World;
  let now: number;
  let engine: TestEngine;
  beforeEach(() => {
    now = NOW;
    world = new World({ lid: { open: true } });
    engine = testEngine((region) => world.aws(region), 'remediate', {
      ledger: ledgerIn(memoryStore(), () => now),
      clock: { now: () => new Date(now), sleep: async () => {} },
    });
  });
  const reasons = async () => (await leftovers(engine)).map(({ service, ref, reason }) => [service, ref, reason]);
  const look = (on = engine) => reconcile(subjectOf(lidClosed), CAUSE, on);

  test('nothing is left where all was done', async () => {
    await look();
    now += HOUR_MS;
    expect(await reasons()).toEqual([]);
  });

  test('a pending remediation whose recheck was lost is found, until one was made', async () => {
    // AWS takes its time.
    world.inert.add('CloseLid');
    const settling: AnyControl = { ...lidClosed, settles: '5m' };
    const run = () => reconcile(subjectOf(settling), CAUSE, engine);
    expect(await run()).toMatchObject([{ outcome: 'pending' }]);
    expect(engine.sent).toHaveLength(1);
    now += 7 * MINUTE_MS;
    expect(await reasons()).toEqual([]);
    now += SECOND_MS;
    expect(await reasons()).toEqual([['box', REF, 'its recheck was lost']]);
    world.box = GOOD;
    expect(await run()).toMatchObject([{ outcome: 'remediated' }]);
    expect(await reasons()).toEqual([]);
    expect(engine.notified).toHaveLength(1);
  });

  test('a notification that could not be published is published by a recheck, once, though all is compliant', async () => {
    const down = { ...engine.notifier, notify: () => Promise.reject(new Error('the topic is gone')) };
    expect(await look({ ...engine, notifier: down })).toMatchObject([{ outcome: 'failed' }]);
    expect(world.box).toEqual(GOOD);
    now += MINUTE_MS;
    expect(await reasons()).toEqual([['box', REF, 'a notification was not published']]);
    expect(await look()).toMatchObject([{ outcome: 'compliant' }]);
    expect(engine.notified).toMatchObject([{ result: { outcome: 'remediated' } }]);
    expect(await reasons()).toEqual([]);
    await look();
    expect(engine.notified).toHaveLength(1);
  });

  test('each resource is named once, with where it is', async () => {
    const other = { ...REF, resourceId: 'a|b', region: 'us-east-1' };
    await change(engine.ledger, KEY, { open: [applying], recheckAt: 1, outbox: queuedAt(1) });
    await change(engine.ledger, resourceKey('box', other), { recheckAt: 1 });
    expect(await reasons()).toEqual([
      ['box', REF, 'its run was interrupted'],
      ['box', other, 'its recheck was lost'],
    ]);
  });
});
