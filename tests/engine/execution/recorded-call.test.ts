import { expect, test } from '@jest/globals';
import { callIn, isReversible, undoCallIn } from '../../../shared/engine/execution/recorded-call.ts';
import type { RecordedStep } from '../../../shared/ledger/records.ts';

const CALL = { service: 'box', operation: 'CloseLid', input: { force: true } };
const STEP: RecordedStep = { ...CALL, elements: ['lid'], undo: [], status: 'made', requestId: 'r-1', error: null };

test('a call is without how it went, and in its region where it has one', () => {
  expect(callIn(STEP)).toEqual(CALL);
  expect(callIn({ ...STEP, region: 'us-east-1' })).toEqual({ ...CALL, region: 'us-east-1' });
});

test('a call of an undo keeps which errors say that it is so already', () => {
  expect(undoCallIn(STEP)).toEqual(CALL);
  expect(undoCallIn({ ...STEP, satisfiedBy: ['Gone'] })).toEqual({ ...CALL, satisfiedBy: ['Gone'] });
});

test('steps can be undone where each that was made, or may have been, can', () => {
  const reversible = (...steps: readonly RecordedStep[]) => isReversible({ steps });
  const final = { ...STEP, undo: null };
  expect([reversible(), reversible(STEP)]).toEqual([true, true]);
  expect([reversible(final), reversible(STEP, { ...final, status: 'unknown' })]).toEqual([false, false]);
  expect(reversible(STEP, { ...final, status: 'failed' }, { ...final, status: 'intended' })).toBe(true);
});
