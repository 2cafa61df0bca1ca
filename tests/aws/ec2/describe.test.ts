import { expect, test } from '@jest/globals';
import { portions } from '../../../shared/aws/ec2/describe.ts';

test('values come in portions that a filter takes', () => {
  const values = Array.from({ length: 401 }, (_, n) => `i-${n}`);
  expect([...portions(values)].map(({ length }) => length)).toEqual([200, 200, 1]);
  expect([...portions(values)].flat()).toEqual(values);
});
