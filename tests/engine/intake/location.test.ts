import { describe, expect, test } from '@jest/globals';
import { locationOf, withFallback } from '../../../shared/engine/intake/location.ts';

const fallback = { accountId: '999988887777', region: 'us-west-2' };
const there = { accountId: '111122223333', region: 'ap-south-1' };

describe('the place of a resource', () => {
  test('that belongs to no region is the home region, else that of global services', () => {
    expect(locationOf({ global: true }, there, { fallback, home: 'eu-west-1' })).toEqual({
      ...there,
      region: 'eu-west-1',
    });
    expect(locationOf({ global: true }, there, { fallback })).toEqual({ ...there, region: 'us-east-1' });
  });

  test('that has a region is where it was named', () => {
    expect(locationOf({}, there, { fallback, home: 'eu-west-1' })).toEqual(there);
  });
});

test('what an event leaves out is filled up, and what it says stands', () => {
  expect(withFallback(there, { fallback })).toEqual(there);
  expect(withFallback({ ...there, region: '' }, { fallback })).toEqual({ ...there, region: 'us-west-2' });
  expect(withFallback({ accountId: '', region: '' }, { fallback })).toEqual(fallback);
});
