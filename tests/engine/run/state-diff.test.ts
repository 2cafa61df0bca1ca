import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { stateDiff } from '../../../shared/engine/run/state-diff.ts';

describe('two states differ', () => {
  test.each<[string, unknown, unknown, readonly string[]]>([
    ['in a value', { a: { b: 1 } }, { a: { b: 2 } }, ['a.b: 1 → 2']],
    ['in what was added', { a: 1 }, { a: 1, b: { c: 2 } }, ['b: nothing → {"c":2}']],
    ['in what was taken away', { a: 1, b: [1] }, { a: 1 }, ['b: [1] → nothing']],
    ['in a list', { rules: ['a', 'b'] }, { rules: ['a', 'c'] }, ['rules.1: "b" → "c"']],
    ['in kind', { a: '1' }, { a: 1 }, ['a: "1" → 1']],
    ['in whether there is anything', null, { a: 1 }, ['the resource: null → {"a":1}']],
    ['in whether there is anything left', { a: 1 }, null, ['the resource: {"a":1} → null']],
    [
      'in what cannot be read any more',
      { a: 1, b: [2] },
      { a: 1, b: { unreadable: 'no' } },
      ['b: [2] → {"unreadable":"no"}'],
    ],
    ['whole', 'a', 'b', ['the resource: "a" → "b"']],
  ])('%s', (_where, from, to, lines) => {
    expect(stateDiff(from, to)).toEqual(lines);
  });
});

describe('two states do not differ', () => {
  test.each<[string, unknown, unknown]>([
    ['by the order of keys', { a: 1, b: 2 }, { b: 2, a: 1 }],
    ['by the order of lists, however deep', { a: [{ b: [1, 2] }, { c: 3 }] }, { a: [{ c: 3 }, { b: [2, 1] }] }],
    [
      'by the order of keys within a list, which is ordered by them',
      {
        a: [
          { x: 1, y: 2 },
          { x: 2, y: 1 },
        ],
      },
      {
        a: [
          { y: 2, x: 1 },
          { x: 2, y: 1 },
        ],
      },
    ],
    ['by what could not be read when the first was recorded', { a: 1, b: { unreadable: 'no' } }, { a: 1, b: [2] }],
    ['by a part of a part that could not be read', { a: { b: { unreadable: 'no' }, c: 1 } }, { a: { b: [2], c: 1 } }],
    ['by what JSON does not keep', { a: new Date(0), b: undefined }, { a: '1970-01-01T00:00:00.000Z' }],
    ['where there is nothing', null, undefined],
  ])('%s', (_how, from, to) => {
    expect(stateDiff(from, to)).toEqual([]);
  });

  test('by fields that do not count, wherever they stand', () => {
    const rule = (id: string, cidr: string) => ({ rules: [{ SecurityGroupRuleId: id, CidrIpv4: cidr }], ETag: id });
    const ignoring = ['SecurityGroupRuleId', 'ETag'];
    expect(stateDiff(rule('a', '10.0.0.0/8'), rule('b', '10.0.0.0/8'), ignoring)).toEqual([]);
    expect(stateDiff(rule('a', '10.0.0.0/8'), rule('b', '0.0.0.0/0'), ignoring)).toEqual([
      'rules.0.CidrIpv4: "10.0.0.0/8" → "0.0.0.0/0"',
    ]);
    expect(stateDiff(rule('a', '10.0.0.0/8'), rule('b', '10.0.0.0/8'))).not.toEqual([]);
  });

  test('by their order, though a field that does not count would sort them otherwise', () => {
    const from = {
      rules: [
        { Id: 'a', n: 1 },
        { Id: 'b', n: 2 },
      ],
    };
    const to = {
      rules: [
        { Id: 'c', n: 2 },
        { Id: 'd', n: 1 },
      ],
    };
    expect(stateDiff(from, to, ['Id'])).toEqual([]);
  });
});

test('a state differs from another exactly where more than order does, and both ways alike', () => {
  const json = fc.jsonValue({ maxDepth: 3 });
  const shuffled = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(shuffled).toReversed();
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .toReversed()
        .map(([name, member]) => [name, shuffled(member)]),
    );
  };
  fc.assert(
    fc.property(json, json, (a, b) => {
      expect(stateDiff(a, shuffled(a))).toEqual([]);
      expect(stateDiff(a, b).length > 0).toBe(stateDiff(b, a).length > 0);
      expect(stateDiff({ whole: a }, { whole: [a] })).not.toEqual([]);
    }),
  );
});
