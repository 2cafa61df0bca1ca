import { expect, test } from '@jest/globals';
import { portions, sole } from '../../../shared/aws/ec2/describe.ts';
import { Gone } from '../../../shared/resource.ts';

test('the one that was asked for is found by its id', () => {
  const asked = { VolumeId: 'vol-1', Size: 1 };
  expect(sole([{ VolumeId: 'vol-0', Size: 0 }, asked], 'VolumeId', 'vol-1')).toBe(asked);
});

test('an empty list says that it is gone', () => {
  expect(() => sole<{ VolumeId?: string }>([], 'VolumeId', 'vol-1')).toThrow(Gone);
});

test.each([
  ['no list', undefined],
  ['a list of others', [{ VolumeId: 'vol-0' }]],
  ['a list of nothing known', [{}]],
])('%s says nothing', (_name, found) => {
  expect(() => sole<{ VolumeId?: string }>(found, 'VolumeId', 'vol-1')).toThrow(
    expect.objectContaining({ name: 'IncompleteAnswerError', message: expect.stringContaining('vol-1') }),
  );
});

test('values come in portions that a filter takes', () => {
  const values = Array.from({ length: 401 }, (_, n) => `i-${n}`);
  expect([...portions(values)].map(({ length }) => length)).toEqual([200, 200, 1]);
  expect([...portions(values)].flat()).toEqual(values);
});
