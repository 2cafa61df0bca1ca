import { beforeEach, describe, expect, test } from '@jest/globals';
import { isExpired, newId, newRecord, timeOfId } from '../../../shared/engine/run/record.ts';
import type { Run } from '../../../shared/engine/run/run.ts';
import { type BoxScene, boxScene } from '../../support/box-run.ts';
import { CAUSE, closeLid, lidClosed, REF } from '../../support/fake-resource.ts';

let scene: BoxScene;
let run: Run;
beforeEach(async () => {
  scene = boxScene();
  run = await scene.run([lidClosed]);
});
const REST = { status: 'applying', mode: 'remediate' } as const;

test('an id says when its record was made', () => {
  expect(timeOfId(newId('2026-11-02T09:14:07.123Z'))).toBe('2026-11-02T09:14:07.123Z');
  expect(timeOfId('rem-0')).toBeNull();
});

describe('a new record', () => {
  test('says what is wrong, by whose cause, and what is meant to be done about it', () => {
    const evaluated = run.evaluate(lidClosed);
    const record = newRecord(run, lidClosed, evaluated, [closeLid()], REST);
    expect(record).toMatchObject({
      ...REST,
      kind: 'remediation',
      controlId: lidClosed.id,
      severity: 'CRITICAL',
      service: 'box',
      ref: REF,
      annotation: 'The lid is open.',
      before: { lid: { open: true } },
      eventId: CAUSE.eventId,
      eventName: CAUSE.eventName,
      attribution: CAUSE.attribution,
      codeVersion: scene.engine.codeVersion,
      policyVersion: scene.engine.policy.version,
    });
    expect(record.steps).toMatchObject([
      { operation: 'CloseLid', status: 'intended', undo: [{ operation: 'OpenLid' }] },
    ]);
  });

  test('claims nothing that has not happened yet', () => {
    const record = newRecord(run, lidClosed, run.evaluate(lidClosed), [closeLid()], REST);
    const { after, afterCompliance, error, decidedBy, expires, recheckAt, undoes } = record;
    const unknown = [after, afterCompliance, error, decidedBy, expires, recheckAt, undoes];
    expect(unknown.every((value) => value === null)).toBe(true);
    expect(record.times).toEqual({
      event: CAUSE.eventTime,
      received: CAUSE.receivedAt,
      decided: new Date(scene.now()).toISOString(),
      applied: null,
      verified: null,
    });
  });

  test('holds no secret of the state', () => {
    const evaluated = run.evaluate(lidClosed);
    const state = { ref: REF, lid: { open: true, password: 'hunter2' } };
    const record = newRecord(run, lidClosed, { ...evaluated, state }, [], REST);
    expect(JSON.stringify(record)).not.toContain('hunter2');
  });

  test('takes what its caller knows better', () => {
    const expires = '2026-01-04T12:00:00.000Z';
    const record = newRecord(run, lidClosed, run.evaluate(lidClosed), [], { ...REST, expires, decidedBy: 'ann' });
    expect(record).toMatchObject({ expires, decidedBy: 'ann' });
  });
});

test('ids sort by time, to the millisecond, and differ within one', () => {
  const times = ['2025-12-31T23:59:59.999Z', '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.001Z'];
  const ids = times.map(newId);
  expect(ids.toSorted()).toEqual(ids);
  expect(ids[0]).toMatch(/^rem-20251231235959999-[0-9a-f]{8}$/);
  expect(newId(times[0] as string)).not.toBe(ids[0]);
});

test('a record expires at its time, and never without one', () => {
  const now = new Date('2026-01-01T12:00:00.000Z');
  expect(isExpired({ expires: '2026-01-01T12:00:00.000Z' }, now)).toBe(true);
  expect(isExpired({ expires: '2026-01-01T12:00:00.001Z' }, now)).toBe(false);
  expect(isExpired({ expires: null }, now)).toBe(false);
});
