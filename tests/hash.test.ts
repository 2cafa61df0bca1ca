import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hashOf } from '../shared/hash.ts';

describe('the hash of a value', () => {
  test('is SHA-256 of its JSON', () => {
    expect(hashOf({})).toBe('44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a');
  });

  test('does not depend on the order of keys, at any depth', () => {
    expect(hashOf({ a: 1, b: [{ c: 2, d: 3 }] })).toBe(hashOf({ b: [{ d: 3, c: 2 }], a: 1 }));
  });

  test('depends on the order of a list, and on every value', () => {
    expect(hashOf([1, 2])).not.toBe(hashOf([2, 1]));
    expect(hashOf({ a: 1 })).not.toBe(hashOf({ a: '1' }));
    expect(hashOf({ a: {} })).not.toBe(hashOf({ a: [] }));
  });

  test('takes what JSON leaves out for absent', () => {
    expect(hashOf(undefined)).toBe(hashOf(null));
    expect(hashOf({ a: undefined })).toBe(hashOf({}));
    expect(hashOf({ at: new Date(0) })).toBe(hashOf({ at: '1970-01-01T00:00:00.000Z' }));
  });

  test('is the same for values that are equal, and for no others', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        const [left, right] = [a, b].map((value) => JSON.parse(JSON.stringify(value)));
        expect(hashOf(left) === hashOf(right)).toBe(isEqual(left, right));
      }),
    );
  });
});

function isEqual(a: unknown, b: unknown): boolean {
  try {
    expect(a).toEqual(b);
    return true;
  } catch {
    return false;
  }
}
