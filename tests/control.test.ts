import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compliant, MODES, nonCompliant, notApplicable, SEVERITIES, settling } from '../shared/control.ts';

const KINDS = [
  ['COMPLIANT', compliant],
  ['NON_COMPLIANT', nonCompliant],
  ['NOT_APPLICABLE', notApplicable],
] as const;

describe('an evaluation', () => {
  test.each(KINDS)('%s carries its reason, at most 256 characters of it', (complianceType, evaluation) => {
    expect(evaluation('why')).toMatchObject({ complianceType, annotation: 'why' });
    fc.assert(
      fc.property(fc.string({ maxLength: 600 }), (reason) => {
        const { annotation } = evaluation(reason);
        expect(annotation.length).toBeLessThanOrEqual(256);
        expect(annotation).toBe(reason.length <= 256 ? reason : `${reason.slice(0, 255)}…`);
      }),
    );
  });

  test('is the same finding while the same parts are wrong, whatever the sentence says', () => {
    const old = (days: number, ...keys: string[]) => nonCompliant(`${days} days old`, keys).fingerprint;
    expect(old(92, 'a')).toBe(old(91, 'a'));
    expect(old(91, 'a', 'b')).not.toBe(old(91, 'a'));
  });

  test('that names no parts is the same by its whole sentence, also behind what is cut off', () => {
    const long = 'x'.repeat(300);
    expect(nonCompliant(`${long}1`).annotation).toBe(nonCompliant(`${long}2`).annotation);
    expect(nonCompliant(`${long}1`).fingerprint).not.toBe(nonCompliant(`${long}2`).fingerprint);
    expect(nonCompliant('a').fingerprint).not.toBe(compliant('a').fingerprint);
  });

  test('that settles is non-compliant, and says when to look again', () => {
    expect(settling('It is modifying.', '2m', 'x')).toEqual({
      ...nonCompliant('It is modifying.', 'x'),
      retryAfter: 120_000,
    });
    expect(nonCompliant('It is public.').retryAfter).toBeUndefined();
  });
});

test('modes and severities go from least to most', () => {
  expect(MODES).toEqual(['off', 'detect', 'approve', 'remediate']);
  expect(SEVERITIES).toEqual(['INFORMATIONAL', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL']);
});
