import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { AddressCoverage, PrefixSums } from '../../shared/aws/address-coverage.ts';
import { reachableRanges, reachOf } from '../../shared/aws/cidr.ts';

const cidr = fc.oneof(
  fc.tuple(fc.nat(255), fc.nat(255), fc.integer({ min: 1, max: 16 })).map(([a, b, p]) => `${a}.${b}.0.0/${p}`),
  fc
    .tuple(fc.integer({ min: 0x1000, max: 0x4fff }), fc.integer({ min: 3, max: 24 }))
    .map(([head, p]) => `${head.toString(16)}::/${p}`),
);
const rules = fc.array(fc.array(cidr, { minLength: 1, maxLength: 4 }), { maxLength: 24 });

describe('AddressCoverage', () => {
  test('lets in, one after the other, what a union made anew each time lets in', () => {
    fc.assert(
      fc.property(rules, (all) => {
        const coverage = new AddressCoverage(all.flatMap(reachableRanges));
        const inside: string[] = [];
        for (const cidrs of all) {
          const would = reachOf(reachableRanges([...inside, ...cidrs])) >= 0.5;
          expect(coverage.wouldCoverTheWorld(reachableRanges(cidrs))).toBe(would);
          if (would) continue;
          coverage.letIn(reachableRanges(cidrs));
          inside.push(...cidrs);
        }
      }),
    );
  });

  test('is exact to the address', () => {
    const halves = ['0.0.0.0/2', '64.0.0.0/3'];
    const rest = reachableRanges(['96.0.0.0/3']).map((range) => ({ ...range, end: range.end - 1n }));
    const last = reachableRanges(['127.255.255.255/32']);
    const coverage = new AddressCoverage([...reachableRanges(halves), ...rest, ...last]);
    coverage.letIn(reachableRanges(halves));
    expect(coverage.wouldCoverTheWorld(rest)).toBe(false);
    coverage.letIn(rest);
    expect(coverage.wouldCoverTheWorld(last)).toBe(true);
  });

  test('refuses a range that was not announced', () => {
    const coverage = new AddressCoverage(reachableRanges(['10.0.0.0/8']));
    expect(() => coverage.letIn(reachableRanges(['10.0.0.0/9']))).toThrow('not announced');
  });
});

test('PrefixSums gives the sums of a row that changes', () => {
  const numbers = fc.array(fc.bigInt({ min: 0n, max: 2n ** 125n }), { minLength: 1, maxLength: 40 });
  const changes = fc.array(fc.tuple(fc.nat(39), fc.bigInt({ min: -9n, max: 9n })), { maxLength: 20 });
  fc.assert(
    fc.property(numbers, changes, (row, made) => {
      const [sums, plain] = [new PrefixSums(row), [...row]];
      for (const [at, change] of made.filter(([index]) => index < row.length)) {
        sums.add(at, change);
        plain[at] = (plain[at] ?? 0n) + change;
      }
      for (let count = 0; count <= row.length; count += 1)
        expect(sums.ofFirst(count)).toBe(plain.slice(0, count).reduce((sum, one) => sum + one, 0n));
    }),
  );
});
