import { expect, test } from '@jest/globals';
import { DRIFT_LEFT, lineOf, OUTCOMES, reasonOf, resultWithoutResource } from '../shared/result.ts';
import { RESULT_KEYS } from './support/result-keys.ts';

const EVENT = { eventId: 'e-1', eventName: 'OpenLid' };

test('a result without a resource has every key, and names its event', () => {
  const result = resultWithoutResource(EVENT, { outcome: 'failed', error: 'no' });
  expect(Object.keys(result).sort()).toEqual(RESULT_KEYS);
  expect(result).toMatchObject({ ...EVENT, outcome: 'failed', error: 'no', controlId: null, steps: [] });
});

test('a line has the keys of the contract in one order, and no other', () => {
  const { eventId, ...result } = resultWithoutResource(EVENT, { outcome: 'halted', gate: 'flap', mode: 'remediate' });
  const line = lineOf({ ...result, eventId });
  expect(Object.keys(JSON.parse(line))).toEqual([
    'eventId',
    'eventName',
    'controlId',
    'severity',
    'resourceType',
    'resourceId',
    'accountId',
    'region',
    'outcome',
    'before',
    'after',
    'annotation',
    'mode',
    'steps',
    'remediationId',
    'error',
  ]);
  expect(line).not.toContain('\n');
});

test('drift is left by what was found and not remediated, and by nothing that failed or is allowed', () => {
  expect(OUTCOMES.filter((outcome) => !DRIFT_LEFT.includes(outcome))).toEqual([
    'compliant',
    'notApplicable',
    'exempted',
    'remediated',
    'failed',
  ]);
});

test('the reason is the error, else the annotation, without names of programs', () => {
  expect(reasonOf({ error: 'StepFailedError: AccessDenied: no', annotation: 'open' })).toBe('AccessDenied: no');
  expect(reasonOf({ error: null, annotation: 'open' })).toBe('open');
  expect(reasonOf({ error: null, annotation: null })).toBe('');
});
