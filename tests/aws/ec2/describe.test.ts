import { expect, test } from '@jest/globals';
import { isOwn, ownOf, portions } from '../../../shared/aws/ec2/describe.ts';

test('what another account owns is foreign, and what names no owner the own', () => {
  const [mine, theirs, unsaid] = [{ OwnerId: '111122223333' }, { OwnerId: '444455556666' }, {}];
  expect([mine, theirs, unsaid].map((one) => isOwn(one, '111122223333'))).toEqual([true, false, true]);
  expect(ownOf(mine, 'subnet subnet-1', '111122223333')).toBe(mine);
  expect(() => ownOf(theirs, 'subnet subnet-1', '111122223333')).toThrow(
    expect.objectContaining({ name: 'Foreign', message: 'The subnet subnet-1 belongs to account 444455556666.' }),
  );
});

test('values come in portions that a filter takes', () => {
  const values = Array.from({ length: 401 }, (_, n) => `i-${n}`);
  expect([...portions(values)].map(({ length }) => length)).toEqual([200, 200, 1]);
  expect([...portions(values)].flat()).toEqual(values);
});
