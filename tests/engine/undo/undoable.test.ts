import { beforeEach, describe, expect, test } from '@jest/globals';
import type { AnyControl } from '../../../shared/control.ts';
import { findUndoable } from '../../../shared/engine/undo/undoable.ts';
import type { RecordedStep, Remediation } from '../../../shared/ledger/records.ts';
import { undoneBy } from '../../../shared/step.ts';
import { type TestEngine, testEngine } from '../../support/engine.ts';
import { lidClosed } from '../../support/fake-resource.ts';
import { remediationOf, saveRecord } from '../../support/ledger-fixtures.ts';

const call = (operation: string) => ({ service: 'box', operation, input: {} });
const stepOf = (element: string, rest: Partial<RecordedStep> = {}): RecordedStep => ({
  ...call(`Change${element}`),
  elements: [element],
  undo: [call(`Undo${element}`)],
  status: 'made',
  requestId: null,
  error: null,
  ...rest,
});
const AFTER = { lid: 'closed' };
const done = (rest: Partial<Remediation> = {}): Remediation =>
  remediationOf('rem-1', { status: 'remediated', after: AFTER, steps: [stepOf('A'), stepOf('B')], ...rest });
/** An undo of it, later. */
const undoOf = (id: string, rest: Partial<Remediation> = {}): Remediation => {
  const record = done();
  return {
    ...record,
    id,
    kind: 'undo',
    undoes: 'rem-1',
    times: { ...record.times, decided: `2026-02-0${id.at(-1)}` },
    ...rest,
  };
};

class BoxClient {}
class UndoACommand {}
class UndoBCommand {}
class UndoA1Command {}
class UndoA2Command {}
const control = {
  ...lidClosed,
  undoCalls: [UndoACommand, UndoBCommand, UndoA1Command, UndoA2Command].map((command) =>
    undoneBy(BoxClient, command, () => ({})),
  ),
};

let engine: TestEngine;
beforeEach(() => {
  engine = testEngine(() => () => {
    throw new Error('no call to AWS');
  });
});
/** The undoable remediation `rem-1` among these records, each saved from its beginning on. */
async function among(...records: readonly Remediation[]) {
  for (const record of records)
    for (const status of ['applying', record.status] as const) await saveRecord(engine.ledger, { ...record, status });
  return findUndoable('rem-1', engine, control);
}

describe('a remediation that can be undone', () => {
  test('is undone by the calls of its steps, the last step first', async () => {
    const record = done({ steps: [stepOf('A', { undo: [call('UndoA1'), call('UndoA2')] }), stepOf('B')] });
    expect(await among(record)).toEqual({
      record,
      stateAfter: AFTER,
      calls: [call('UndoB'), call('UndoA1'), call('UndoA2')],
      elements: ['A', 'B'],
      isResumed: false,
    });
  });

  test('is undone by what the states show where the answer was lost', async () => {
    const lost = {
      operation: 'MakeA',
      input: (before: unknown, after: unknown) => (after === before ? null : { after }),
    };
    const undoOfMaking = undoneBy(BoxClient, UndoACommand, () => ({ box: 1 }), ['after'] as never[], { lost });
    const making: AnyControl = { ...control, undoCalls: [undoOfMaking] };
    const record = done({ steps: [{ ...stepOf('A'), operation: 'MakeA', status: 'unknown', undo: null }] });
    await saveRecord(engine.ledger, { ...record, status: 'applying' });
    await saveRecord(engine.ledger, record);
    expect((await findUndoable('rem-1', engine, making)).calls).toEqual([
      { service: 'box', operation: 'UndoA', input: { box: 1, after: AFTER } },
    ]);
    await expect(findUndoable('rem-1', engine, control)).rejects.toThrow('box:MakeA of rem-1 cannot be undone');
  });

  test.each<[RecordedStep['status'], readonly string[]]>([
    ['made', ['UndoB', 'UndoA']],
    ['unknown', ['UndoB', 'UndoA']],
    ['intended', ['UndoA']],
    ['failed', ['UndoA']],
    ['alreadySo', ['UndoA']],
  ])('of which a step is %s is undone by %j', async (status, operations) => {
    const { calls, elements } = await among(done({ status: 'failed', steps: [stepOf('A'), stepOf('B', { status })] }));
    expect(calls.map(({ operation }) => operation)).toEqual(operations);
    expect(elements).toEqual(operations.length === 2 ? ['A', 'B'] : ['A']);
  });

  test('names each element once', async () => {
    expect((await among(done({ steps: [stepOf('A'), stepOf('A')] }))).elements).toEqual(['A']);
  });

  test('may hold a step without an undo that was never made', async () => {
    const steps = [stepOf('A'), stepOf('B', { status: 'failed', undo: null })];
    expect((await among(done({ status: 'failed', steps }))).calls).toEqual([call('UndoA')]);
  });
});

describe('an undo that was cut short', () => {
  const half = (rest: Partial<Remediation> = {}) =>
    undoOf('rem-2', {
      status: 'failed',
      after: { lid: 'half open' },
      steps: [stepOf('B', { ...call('UndoB') }), stepOf('A', { ...call('UndoA'), status: 'failed' })],
      ...rest,
    });

  test('goes on with the calls that it did not make, from the state in which it left the resource', async () => {
    expect(await among(done(), half())).toMatchObject({
      stateAfter: { lid: 'half open' },
      calls: [call('UndoA')],
      elements: ['A', 'B'],
      isResumed: true,
    });
  });

  test('all of whose calls were made may make them again: the state decides', async () => {
    const steps = ['B', 'A'].map((name) => stepOf(name, { ...call(`Undo${name}`), status: 'made' }));
    expect(await among(done(), half({ steps }))).toMatchObject({
      calls: [call('UndoB'), call('UndoA')],
      isResumed: true,
    });
  });

  test('is none where no call of it was made', async () => {
    const steps = [stepOf('B', { status: 'failed' }), stepOf('A', { status: 'intended' })];
    expect(await among(done(), half({ steps }))).toMatchObject({ stateAfter: AFTER, isResumed: false });
  });

  test('is the last of several', async () => {
    const last = undoOf('rem-3', {
      status: 'failed',
      after: { lid: 'nearly open' },
      steps: [stepOf('A', { ...call('UndoA'), status: 'failed' })],
    });
    expect(await among(done(), half(), last)).toMatchObject({
      stateAfter: { lid: 'nearly open' },
      calls: [call('UndoA')],
    });
  });

  test('of another remediation does not count', async () => {
    expect(await among(done(), half({ undoes: 'rem-0' }))).toMatchObject({ stateAfter: AFTER, isResumed: false });
  });
});

describe('there is nothing to undo', () => {
  test('where there is no such record', async () => {
    await expect(findUndoable('rem-1', engine, control)).rejects.toThrow('there is no remediation rem-1');
  });

  test.each<[string, Partial<Remediation>]>([
    ['rem-1 is itself an undo, of rem-0', { kind: 'undo', undoes: 'rem-0' }],
    ['rem-1 is still being applied', { status: 'applying' }],
    ['rem-1 changed nothing: it is failed', { status: 'failed', steps: [stepOf('A', { status: 'failed' })] }],
    ['box:ChangeB of rem-1 cannot be undone', { steps: [stepOf('A'), stepOf('B', { undo: null })] }],
    ['the state after rem-1 was not recorded', { after: null }],
    ['rem-1 is pending', { status: 'pending', recheckAt: '2026-01-01T12:15:00.000Z' }],
  ])('%s', async (message, rest) => {
    await expect(among(done(rest))).rejects.toMatchObject({
      name: 'NotDecidableError',
      message: expect.stringContaining(message),
    });
  });

  test('where AWS is at work on it, before the time of the recheck', async () => {
    const at = '2026-01-01T12:15:00.000Z';
    await expect(among(done({ status: 'pending', recheckAt: at }))).rejects.toThrow(at);
  });

  test.each<[Remediation['status'], string]>([
    ['remediated', 'rem-1 was undone already, by rem-2'],
    ['applying', 'its undo rem-2 is still being applied'],
    ['pending', 'its undo rem-2 is pending'],
  ])('where an undo is %s', async (status, message) => {
    await expect(among(done(), undoOf('rem-2', { status }))).rejects.toThrow(message);
  });
});
