import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  type AnyControl,
  compliant,
  defineControl,
  type Mode,
  nonCompliant,
  type Severity,
} from '../../../../shared/control.ts';
import { reconcile } from '../../../../shared/engine/reconcile/reconciler.ts';
import { undo } from '../../../../shared/engine/undo/undo.ts';
import { memoryStore } from '../../../../shared/ledger/memory.ts';
import { ledgerIn } from '../../../../shared/ledger/stored-ledger.ts';
import type { ExemptionRule } from '../../../../shared/policy/policy.ts';
import { step } from '../../../../shared/step.ts';
import { HOUR_MS } from '../../../../shared/time.ts';
import { type TestEngine, testEngine } from '../../../support/engine.ts';
import {
  type Box,
  BoxClient,
  CAUSE,
  closeLid,
  GOOD,
  lidClosed,
  REF,
  subjectOf,
  TurnKeyCommand,
  World,
} from '../../../support/fake-resource.ts';

const turnKey = () => step(BoxClient, TurnKeyCommand, {}, { elements: ['lock'], undo: () => [] });

/** Wants the lid closed, and the key turned, each by a step of its own. */
const wants = (id: string, severity: Severity, ...what: ('lid' | 'lock')[]): AnyControl =>
  defineControl({
    ...lidClosed,
    id,
    severity,
    needs: ['lid', 'lock'],
    evaluate({ lid, lock }) {
      const wrong = what.filter((one) => (one === 'lid' ? lid.open : !lock.on));
      return wrong.length === 0 ? compliant('Fine.') : nonCompliant(`Wrong: ${wrong.join(', ')}.`);
    },
    plan: ({ lid, lock }) => [
      ...(what.includes('lid') && lid.open ? [closeLid()] : []),
      ...(what.includes('lock') && !lock.on ? [turnKey()] : []),
    ],
  });

const critical = wants('critical', 'CRITICAL', 'lid');
const high = wants('high', 'HIGH', 'lid');
const alsoHigh = wants('also-high', 'HIGH', 'lid', 'lock');
const OPEN: Partial<Box> = { lid: { open: true }, lock: { on: false } };

let world: World;
let now: number;
let modes: Record<string, Mode>;
let exemptions: ExemptionRule[];
let engine: TestEngine;

beforeEach(() => {
  world = new World(OPEN);
  now = Date.parse('2026-01-01T12:00:00Z');
  modes = {};
  exemptions = [];
  const made = testEngine((region) => world.aws(region), 'remediate', {
    ledger: ledgerIn(memoryStore(), () => now),
    clock: { now: () => new Date(now++), sleep: async () => {} },
  });
  const settings = made.policy.settingsFor;
  const modeOf = (control: Pick<AnyControl, 'id'>) => modes[control.id] ?? 'remediate';
  engine = {
    ...made,
    policy: {
      ...made.policy,
      exemptions,
      reach: modeOf,
      settingsFor: (control, place) => ({ ...settings(control, place), mode: modeOf(control) }),
    },
  };
});

const exempt = (control: AnyControl) =>
  exemptions.push({
    control: control.id,
    resource: REF.resourceId,
    owner: 'bob@example.com',
    reason: 'a demo',
    expires: '2026-02-01',
  });
const look = (controls: readonly AnyControl[], siblings = controls) =>
  reconcile({ ...subjectOf(...controls), siblings }, CAUSE, engine);
const writes = () => world.calls.map(({ operation }) => operation);
const outcomes = (results: Awaited<ReturnType<typeof look>>) =>
  Object.fromEntries(results.map(({ controlId, outcome }) => [controlId, outcome]));
const notified = () => engine.notified.map(({ result }) => `${result.controlId} ${result.outcome}`);

describe('an exemption', () => {
  test('of a less severe control never hides a more severe finding', async () => {
    exempt(high);
    expect(outcomes(await look([critical, high]))).toEqual({ critical: 'remediated', high: 'remediated' });
    expect(writes()).toEqual(['CloseLid']);
  });

  test('of a more severe control stops a less severe one on the same element, which says so and is notified', async () => {
    exempt(critical);
    const results = await look([critical, high]);
    expect(outcomes(results)).toEqual({ critical: 'exempted', high: 'detected' });
    expect(results[1]?.annotation).toMatch(
      /^Not remediated: critical, which reports the same drift, is exempt until 2026-02-01 \(bob@example.com\)\. Wrong: lid\./,
    );
    expect([writes(), notified()]).toEqual([[], ['high detected']]);
    await look([critical, high]);
    expect(notified()).toEqual(['high detected']);
  });

  test('of one of the same severity stops it too, and steps on other elements go on', async () => {
    exempt(high);
    const results = await look([high, alsoHigh]);
    expect(outcomes(results)).toEqual({ high: 'exempted', 'also-high': 'detected' });
    expect(writes()).toEqual(['TurnKey']);
    expect(results.find(({ controlId }) => controlId === 'also-high')).toMatchObject({
      annotation: expect.stringMatching(/^Not remediated: high, .* is exempt .*Wrong: lid\.$/),
    });
    expect(notified()).toEqual(['also-high remediated', 'also-high detected']);
    expect(world.box).toMatchObject({ lid: { open: true }, lock: { on: true } });
  });

  test('holds also where the event concerns only the other control', async () => {
    exempt(critical);
    expect(outcomes(await look([high], [critical, high]))).toEqual({ high: 'detected' });
    expect(writes()).toEqual([]);
  });

  test('of a control that finds nothing here stops nobody', async () => {
    exempt(wants('idle', 'CRITICAL', 'lock'));
    world.box = { ...GOOD, lid: { open: true } };
    const idle = wants('idle', 'CRITICAL', 'lock');
    expect(outcomes(await look([high], [idle, high]))).toEqual({ high: 'remediated' });
  });

  test('of a control that cannot be evaluated stops what may be the same', async () => {
    const blind = wants('blind', 'CRITICAL', 'lid', 'lock');
    exempt(blind);
    world.errors.set('lock', new Error('AccessDenied'));
    const lidOnly: AnyControl = {
      ...high,
      needs: ['lid'],
      evaluate: ({ lid }) => (lid.open ? nonCompliant('Open.') : compliant('')),
      plan: () => [closeLid()],
    };
    expect(outcomes(await look([lidOnly], [blind, lidOnly]))).toEqual({ high: 'detected' });
    expect(writes()).toEqual([]);
  });
});

describe('a mode that asks first', () => {
  test('of a more severe control is not pre-empted by a less severe one that would act', async () => {
    modes = { critical: 'approve' };
    expect(outcomes(await look([critical, high]))).toEqual({ critical: 'awaitingApproval', high: 'detected' });
    expect([writes(), notified()]).toEqual([[], ['critical awaitingApproval', 'high detected']]);
  });

  test('of a less severe control does not stop a more severe one', async () => {
    modes = { high: 'approve' };
    expect(outcomes(await look([critical, high]))).toEqual({ critical: 'remediated', high: 'remediated' });
  });
});

test('what an undo brought back is left alone by every control, more severe ones too', async () => {
  const [done] = await look([high], [critical, high]);
  const request = { id: done?.remediationId ?? '', by: 'ann', reason: 'a demo', expires: '2026-02-01', dryRun: false };
  await undo(request, engine, [critical, high, alsoHigh], async () => {
    world.box = { ...(world.box as Box), lid: { open: true } };
    return {};
  });
  engine.notified.length = 0;
  world.calls.length = 0;
  const results = await look([critical, high, alsoHigh]);
  expect(outcomes(results)).toEqual({ critical: 'detected', high: 'exempted', 'also-high': 'detected' });
  expect(results[0]?.annotation).toMatch(
    /^Not remediated: an undo of high restored it; exempt until 2026-02-01 \(ann\)\./,
  );
  expect(writes()).toEqual(['TurnKey']);
  expect(notified().sort()).toEqual(['also-high detected', 'also-high remediated', 'critical detected']);
});

test('a flap stop holds for the element, whichever control asks', async () => {
  const reopen = () => {
    world.box = { ...(world.box as Box), lid: { open: true } };
  };
  for (const control of [critical, high, critical]) {
    await look([control], [critical, high]);
    reopen();
  }
  expect(writes()).toEqual(['CloseLid', 'CloseLid', 'CloseLid']);
  for (const control of [high, critical]) {
    const [result] = await look([control], [critical, high]);
    expect(result).toMatchObject({
      outcome: 'halted',
      annotation: expect.stringMatching(/Remediated 3 times, and the drift came back each time/),
    });
  }
  // The lock is another element.
  expect(outcomes(await look([alsoHigh], [critical, high, alsoHigh]))).toEqual({ 'also-high': 'halted' });
  expect(writes().slice(3)).toEqual(['TurnKey']);
  now += 2 * HOUR_MS;
  expect(outcomes(await look([high], [critical, high]))).toEqual({ high: 'remediated' });
});

test('a service that keeps a resource is left alone, but for what a control overrides', async () => {
  const owned = {
    ...subjectOf(high).resource,
    ownership: { grants: {}, read: async () => ({ tags: {}, service: 'AWS Backup' }) },
  };
  const on = (control: AnyControl): AnyControl => ({ ...control, resource: owned });
  const run = (control: AnyControl) => reconcile({ ...subjectOf(on(control)), resource: owned }, CAUSE, engine);
  expect(outcomes(await run(high))).toEqual({ high: 'detected' });
  expect(outcomes(await run({ ...critical, overrides: 'ownership' }))).toEqual({ critical: 'remediated' });
});
