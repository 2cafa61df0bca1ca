import { expect, test } from '@jest/globals';
import { EXIT, UsageError, unwritable } from '../../shared/cli/errors.ts';

// Scripts and pipelines go by them.
test('the exit statuses are those that are documented', () => {
  expect(EXIT).toEqual({ done: 0, failed: 1, usage: 2, driftLeft: 3 });
});

test('wrong usage is told apart from every other error by its name', () => {
  expect(new UsageError('--region x: unknown region')).toMatchObject({
    name: 'UsageError',
    message: '--region x: unknown region',
  });
  expect(new UsageError('x')).toBeInstanceOf(Error);
});

test('a file that cannot be written is named with the code of the system, and the remedy where there is one', () => {
  const withCode = (code: string) => unwritable(Object.assign(new Error('a path'), { code }));
  expect(withCode('EISDIR')).toBe('cannot be written (EISDIR): it is a folder; name a file in it');
  expect(withCode('ELOOP')).toBe('cannot be written (ELOOP)');
  expect(unwritable(undefined)).toBe('cannot be written (an unknown error)');
});
