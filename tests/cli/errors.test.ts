import { expect, test } from '@jest/globals';
import { EXIT, UsageError } from '../../shared/cli/errors.ts';

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
