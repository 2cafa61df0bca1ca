import { describe, expect, test } from '@jest/globals';
import { intendedCall, newUndoRecord } from '../../../shared/engine/undo/undo-record.ts';
import { boxScene } from '../../support/box-run.ts';
import { lidClosed } from '../../support/fake-resource.ts';
import { remediationOf } from '../../support/ledger-fixtures.ts';

const CALL = { service: 'box', operation: 'OpenLid', input: { wide: true } };

test('a call is intended before it is made, with the elements that it restores', () => {
  expect(intendedCall(CALL, { elements: ['lid'] })).toEqual({
    ...CALL,
    elements: ['lid'],
    undo: null,
    status: 'intended',
    requestId: null,
    error: null,
  });
});

describe('the record of an undo', () => {
  const record = remediationOf('rem-1', { status: 'remediated', after: { lid: 'closed' }, eventId: 'event-1' });
  const undoable = { record, stateAfter: record.after, calls: [CALL], elements: ['lid'], isResumed: false };
  const request = { id: 'rem-1', by: 'jo', reason: 'too soon', expires: '2027-01-31', dryRun: false };

  test('is a new one about the same resource, decided now by whoever asks, and open', async () => {
    const scene = boxScene();
    const run = await scene.run([lidClosed]);
    const undo = newUndoRecord(request, undoable, run, { lid: 'closed' });
    expect(undo).toMatchObject({
      kind: 'undo',
      undoes: 'rem-1',
      status: 'applying',
      ref: record.ref,
      controlId: record.controlId,
      annotation: 'Undo of rem-1: too soon',
      before: { lid: 'closed' },
      after: null,
      steps: [intendedCall(CALL, undoable)],
      eventId: null,
      decidedBy: 'jo',
      times: { event: null, decided: scene.engine.clock.now().toISOString(), applied: null, verified: null },
    });
    expect(undo.id).not.toBe('rem-1');
  });
});
