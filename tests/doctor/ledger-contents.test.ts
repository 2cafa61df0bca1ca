import { beforeEach, expect, test } from '@jest/globals';
import { ledgerContents } from '../../shared/doctor/ledger-contents.ts';
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
async function said(name: string) {
  const context = { engine, home: 'eu-west-1', deployment: null, table: 't', topicArn: undefined };
  const check = ledgerContents.find((one) => one.name === name);
  return [await check?.run(context)].flat().map((result) => [result?.status, result?.message]);
}
const open = (id: string, status: 'applying' | 'pending' | 'awaitingApproval') => ({ id, controlId: 'c', status });

test('where nothing is open, every line says so', async () => {
  const lines = await Promise.all(ledgerContents.map(async ({ name }) => [name, ...(await said(name))]));
  expect(lines).toEqual([
    ['pauses', ['ok', 'none']],
    ['circuit breakers', ['ok', 'all closed']],
    ['halted findings', ['ok', 'none of 0 open findings']],
    ['blocked findings', ['ok', 'none']],
    ['pending', ['ok', 'none']],
    ['approvals', ['ok', 'none awaited']],
    ['interrupted runs', ['ok', 'none']],
    ['exemptions', ['ok', '0 active']],
  ]);
});

test('what is blocked is named with who refuses, and nothing else is', async () => {
  const annotation = 'Refused by a service control policy of the organization: allow the call.';
  await state('sg-1', { findings: { c: findingOf('c', { outcome: 'blocked', annotation }), d: findingOf('d') } });
  await state('sg-2', { findings: { c: findingOf('c', { outcome: 'halted' }) } });
  expect(await said('blocked findings')).toEqual([['warning', `1: c sg-1: ${annotation}`]]);
  const context = { engine, home: 'eu-west-1', deployment: null, table: 't', topicArn: undefined };
  expect(await ledgerContents.find(({ name }) => name === 'blocked findings')?.run(context)).toMatchObject({
    wasNotified: true,
  });
  expect(await said('halted findings')).toEqual([['warning', '1: c sg-2: It is so.']]);
});

test('what is pending is counted, with when the next is looked at again', async () => {
  await state('sg-1', { open: [open('rem-1', 'pending')], recheckAt: NOW + HOUR_MS });
  await state('sg-2', { findings: { c: findingOf('c', { outcome: 'pending' }) }, recheckAt: NOW + MINUTE_MS });
  await state('sg-3', { open: [open('rem-3', 'awaitingApproval')] });
  expect(await said('pending')).toEqual([
    ['ok', 'AWS is still changing 2 resources; next recheck at 2026-11-22T12:01:00.000Z'],
  ]);
});

test('one that is overdue is named', async () => {
  await state('sg-1', { open: [open('rem-1', 'pending')], recheckAt: NOW + HOUR_MS });
  await state('sg-2', { open: [open('rem-2', 'pending')], recheckAt: NOW - 3 * MINUTE_MS });
  expect(await said('pending')).toEqual([['warning', 'sg-2: its recheck has been due since 2026-11-22T11:57:00.000Z']]);
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
  expect(await said('approvals')).toEqual([['warning', 'rem-sg-1 for sg-1 until 2026-11-23T00:00:00.000Z']]);
  expect(await said('interrupted runs')).toEqual([['error', 'rem-sg-2 on sg-2']]);
});
