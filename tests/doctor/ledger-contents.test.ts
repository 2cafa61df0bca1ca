import { beforeEach, expect, test } from '@jest/globals';
import { kept } from '../../shared/doctor/ledger-contents.ts';
import { FREE } from '../../shared/ledger/lease.ts';
import { type ResourceState, resourceKey } from '../../shared/ledger/ledger.ts';
import { HOUR_MS, MINUTE_MS } from '../../shared/time.ts';
import { type TestEngine, testEngine } from '../support/engine.ts';
import { change, findingOf, REF, remediationOf, saveRecord } from '../support/ledger-fixtures.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
let engine: TestEngine;
beforeEach(() => {
  engine = testEngine(
    () => {
      throw new Error('nobody is asked');
    },
    'detect',
    { clock: { now: () => new Date(NOW), sleep: async () => {} } },
  );
});

const refOf = (resourceId: string) => ({ ...REF, resourceId });
const state = (resourceId: string, next: Partial<ResourceState>) =>
  change(engine.ledger, resourceKey('ec2', refOf(resourceId)), next);
async function said(what: string) {
  const scene = { engine, home: 'eu-west-1', deployment: null, table: 't', topicArn: undefined };
  const examination = kept.find((one) => one.what === what);
  return [await examination?.examine(scene)].flat().map((verdict) => [verdict?.state, verdict?.says]);
}
const open = (id: string, status: 'applying' | 'pending' | 'awaitingApproval') => ({ id, controlId: 'c', status });

test('where nothing is open, every line says so', async () => {
  const lines = await Promise.all(kept.map(async ({ what }) => [what, ...(await said(what))]));
  expect(lines).toEqual([
    ['pauses', ['well', 'nothing is paused']],
    ['breakers', ['well', 'all are closed']],
    ['halted findings', ['well', 'none; 0 open in all']],
    ['blocked findings', ['well', 'none']],
    ['pending', ['well', 'none']],
    ['approvals', ['well', 'none is awaited']],
    ['runs cut off', ['well', 'none']],
    ['exemptions', ['well', '0 hold']],
  ]);
});

test('what is blocked is named with who refuses, and nothing else is', async () => {
  const annotation = 'Refused by a service control policy of the organization: allow the call.';
  await state('sg-1', { findings: { c: findingOf('c', { outcome: 'blocked', annotation }), d: findingOf('d') } });
  await state('sg-2', { findings: { c: findingOf('c', { outcome: 'halted' }) } });
  expect(await said('blocked findings')).toEqual([['look', `1: c sg-1: ${annotation}`]]);
  const scene = { engine, home: 'eu-west-1', deployment: null, table: 't', topicArn: undefined };
  expect(await kept.find(({ what }) => what === 'blocked findings')?.examine(scene)).toMatchObject({ reminds: true });
  expect(await said('halted findings')).toEqual([['look', '1: c sg-2: It is so.']]);
});

test('what is pending is counted, with when the next is looked at again', async () => {
  await state('sg-1', { open: [open('rem-1', 'pending')], recheckAt: NOW + HOUR_MS });
  await state('sg-2', { findings: { c: findingOf('c', { outcome: 'pending' }) }, recheckAt: NOW + MINUTE_MS });
  await state('sg-3', { open: [open('rem-3', 'awaitingApproval')] });
  expect(await said('pending')).toEqual([
    ['well', 'AWS is at work on 2 resources; the next is looked at again at 2026-11-22T12:01:00.000Z'],
  ]);
});

test('one that is overdue is named', async () => {
  await state('sg-1', { open: [open('rem-1', 'pending')], recheckAt: NOW + HOUR_MS });
  await state('sg-2', { open: [open('rem-2', 'pending')], recheckAt: NOW - 3 * MINUTE_MS });
  expect(await said('pending')).toEqual([['look', 'sg-2 was to be looked at again at 2026-11-22T11:57:00.000Z']]);
});

test('approvals and runs that were cut off are named; a run at work is not', async () => {
  const record = (resourceId: string, status: 'applying' | 'awaitingApproval') =>
    remediationOf(`rem-${resourceId}`, { ref: refOf(resourceId), status, expires: '2026-11-23T00:00:00.000Z' });
  const lease = (until: number) => ({ ...FREE, holder: 'ann', until });
  for (const [id, status, until] of [
    ['sg-1', 'awaitingApproval', NOW],
    ['sg-2', 'applying', NOW],
    ['sg-3', 'applying', NOW + 1],
  ] as const) {
    await saveRecord(engine.ledger, record(id, status));
    await state(id, { open: [open(`rem-${id}`, status)], lease: lease(until) });
  }
  expect(await said('approvals')).toEqual([['look', 'rem-sg-1 for sg-1 until 2026-11-23T00:00:00.000Z']]);
  expect(await said('runs cut off')).toEqual([['ill', 'rem-sg-2 on sg-2']]);
});
