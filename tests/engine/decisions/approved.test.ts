import { expect, test } from '@jest/globals';
import { approvalNote, isResolved } from '../../../shared/engine/decisions/approved.ts';
import type { Outcome, Result } from '../../../shared/result.ts';

const resultOf = (outcome: Outcome, rest: Partial<Result> = {}) =>
  ({ outcome, remediationId: null, error: null, annotation: 'It is so.', ...rest }) as Result;

test.each<[Outcome, boolean]>([
  ['remediated', true],
  ['compliant', true],
  ['notApplicable', true],
  ['awaitingApproval', false],
  ['pending', false],
  ['failed', false],
  ['blocked', false],
])('%s leaves no drift: %s', (outcome, resolved) => {
  expect(isResolved({ outcome })).toBe(resolved);
});

test('says what a person has to know of an approval that ended otherwise than by its plan', () => {
  expect(approvalNote('rem-1', resultOf('remediated'))).toBeNull();
  expect(approvalNote('rem-1', resultOf('compliant'))).toBe(
    'rem-1: the resource was already compliant, nothing was done',
  );
  expect(approvalNote('rem-1', resultOf('failed', { error: 'AccessDenied' }))).toBe(
    'rem-1 was not executed: AccessDenied',
  );
  expect(approvalNote('rem-1', resultOf('halted'))).toBe('rem-1 was not executed: It is so.');
  expect(approvalNote('rem-1', resultOf('awaitingApproval', { remediationId: 'rem-2' }))).toContain(
    'nothing was done; to approve the new plan: npx evenkeel approve rem-2',
  );
});
