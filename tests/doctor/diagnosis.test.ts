import { expect, test } from '@jest/globals';
import { deploymentCheck, fail, listed, ok, problemsOr, unreadable, warn } from '../../shared/doctor/diagnosis.ts';
import { contextWith, deploymentWith, resultsOf } from '../support/doctor-context.ts';

test('a check of a deployment has no result without one, and gets it otherwise', async () => {
  const check = deploymentCheck({
    name: 'stack',
    remedy: 'look',
    run: async ({ stack }, { home }) => ok(`${stack} in ${home}`),
  });
  expect(await resultsOf(check, contextWith({}, { deployment: null }))).toEqual([]);
  expect(await resultsOf(check, contextWith({}, { deployment: deploymentWith() }))).toMatchObject([
    { message: 'evenkeel-prod in eu-west-1' },
  ]);
});

test('the kinds of results', () => {
  expect(ok('fine')).toEqual({ status: 'ok', subject: null, message: 'fine', remedy: null });
  expect(warn('so', 'do it')).toEqual({ status: 'warning', subject: null, message: 'so', remedy: 'do it' });
  expect(fail('so', 'do it', 'a')).toEqual({ status: 'error', subject: 'a', message: 'so', remedy: 'do it' });
  expect(unreadable(new Error('no'), 'do it')).toEqual(fail('could not be checked: no', 'do it'));
  expect(unreadable(new Error('no'), 'do it', 'a')).toEqual(fail('a: could not be checked: no', 'do it', 'a'));
});

test('one ok where there is no problem, and otherwise the problems alone', () => {
  expect(problemsOr([], 'fine')).toEqual([ok('fine')]);
  expect(problemsOr([warn('so', 'do it')], 'fine')).toEqual([warn('so', 'do it')]);
});

test('lists are cut after five', () => {
  expect(listed(['a', 'b', 'c', 'd', 'e'])).toBe('a; b; c; d; e');
  expect(listed(['a', 'b', 'c', 'd', 'e', 'f', 'g'])).toBe('a; b; c; d; e; and 2 more');
});
