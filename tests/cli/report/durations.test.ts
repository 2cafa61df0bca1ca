import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { percentile, remediationTimes, shortDuration, timeToRemediate } from '../../../shared/cli/report/durations.ts';
import { recordRow } from '../../../shared/cli/report/rows.ts';
import { controlAt, recordOf } from '../../support/report-fixture.ts';

const rowOf = (...record: Parameters<typeof recordOf>) => recordRow(recordOf(...record), '');
const [control, other] = [controlAt(0), controlAt(1)];

describe('the time to remediate', () => {
  test('is from the event until the state was verified', () => {
    expect(timeToRemediate(rowOf('r', control, { seconds: 4 }))).toBe(4_000);
  });

  test('is from when Evenkeel heard of it where a sweep found it, or an event says a later time', () => {
    const { times } = recordOf('r', control, { seconds: 4 });
    expect(timeToRemediate(rowOf('r', control, { times: { ...times, event: null } }))).toBe(3_500);
    expect(timeToRemediate(rowOf('r', control, { times: { ...times, event: '2099-01-01T00:00:00Z' } }))).toBe(3_500);
    expect(timeToRemediate(rowOf('r', control, { times: { ...times, event: 'no time' } }))).toBe(3_500);
  });

  test.each([
    ['an undo', { kind: 'undo' }],
    ['what failed', { status: 'failed' }],
    ['what is pending', { status: 'pending' }],
  ] as const)('is not known of %s', (_, rest) => {
    expect(timeToRemediate(rowOf('r', control, rest))).toBeNull();
  });

  test('is listed by control, what a person approved apart from what was automatic', () => {
    const rows = [
      ...[2, 8, 4].map((seconds) => rowOf(`a-${seconds}`, control, { seconds })),
      rowOf('slow', other, { seconds: 60 }),
      rowOf('approved', control, { seconds: 7200, decidedBy: 'ann' }),
      rowOf('failed', control, { status: 'failed' }),
    ];
    expect(
      remediationTimes(rows).map(({ controlId, kind, records, p50, p99 }) => [
        controlId,
        kind,
        records.map(({ id }) => id),
        p50.record.id,
        p99.milliseconds,
      ]),
    ).toEqual([
      [other.id, 'automatic', ['slow'], 'slow', 60_000],
      [control.id, 'automatic', ['a-2', 'a-4', 'a-8'], 'a-4', 8_000],
      [control.id, 'approved', ['approved'], 'approved', 7_200_000],
    ]);
  });
});

test('a percentile was measured, and that share of all is not above it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(50), { minLength: 1, maxLength: 200 }),
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      (values, share) => {
        const sorted = values.toSorted((a, b) => a - b);
        const found = percentile(sorted, share);
        expect(values).toContain(found);
        expect(sorted.filter((value) => value <= found).length).toBeGreaterThanOrEqual(share * sorted.length - 1e-9);
        expect(sorted.filter((value) => value < found).length).toBeLessThan(share * sorted.length + 1e-9);
      },
    ),
  );
  expect(() => percentile([], 0.5)).toThrow(RangeError);
});

test.each([
  [0, '0 ms'],
  [850, '850 ms'],
  [1_000, '1 s'],
  [4_240, '4.2 s'],
  [59_900, '60 s'],
  [720_000, '12 min'],
  [5_400_000, '1.5 h'],
  [259_200_000, '3 d'],
])('%i ms is written %s', (milliseconds, text) => expect(shortDuration(milliseconds)).toBe(text));
