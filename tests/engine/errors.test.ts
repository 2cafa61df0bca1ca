import { expect, test } from '@jest/globals';
import {
  CutShortError,
  messageOf,
  NotConvergedError,
  NotDecidableError,
  ReconcileFailedError,
  StepFailedError,
  SweepFailedError,
  UnreadableEventError,
} from '../../shared/engine/errors.ts';

const NAMED = {
  NotConvergedError,
  NotDecidableError,
  ReconcileFailedError,
  StepFailedError,
  SweepFailedError,
  UnreadableEventError,
};

test.each(Object.entries(NAMED))('%s is read by its name, also in a bundle that renames classes', (name, Kind) => {
  class Minified extends Kind {}
  expect(messageOf(new Minified('why'))).toBe(`${name}: why`);
});

test('a remediation that was cut short names its record, and keeps the cause’s own words', () => {
  const error = new CutShortError('LeaseLostError: another run took over', 'rem-1');
  expect(error.remediationId).toBe('rem-1');
  expect(error.message).toBe('LeaseLostError: another run took over');
});
