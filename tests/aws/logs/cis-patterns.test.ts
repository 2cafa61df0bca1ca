import { describe, expect, test } from '@jest/globals';
import { CIS_PATTERN_IDS, CIS_PATTERNS, cisPatternOf } from '../../../shared/aws/logs/cis-patterns.ts';

/** What CloudWatch Logs takes. */
const MAX_LENGTH = 1024;

describe('the patterns of CIS section 4', () => {
  test.each(CIS_PATTERN_IDS)('%s is known by each of its forms, and fits into a metric filter', (id) => {
    const { pattern, accepted } = CIS_PATTERNS[id];
    for (const text of [pattern, ...accepted]) expect({ text, id: cisPatternOf(text) }).toEqual({ text, id });
    expect(pattern.length).toBeLessThanOrEqual(MAX_LENGTH);
  });

  test('are those of 4.1 to 4.15, each once', () => {
    const numbers = CIS_PATTERN_IDS.map((id) => CIS_PATTERNS[id].requirement);
    expect(numbers).toEqual(Array.from({ length: 15 }, (_, index) => `4.${index + 1}`));
  });

  test('are known as others write them', () => {
    const vpc =
      '{ ($.eventName = CreateVpc) || ($.eventName = DeleteVpc) || ($.eventName = ModifyVpcAttribute) || ($.eventName = AcceptVpcPeeringConnection) || ($.eventName = CreateVpcPeeringConnection) || ($.eventName = DeleteVpcPeeringConnection) || ($.eventName = RejectVpcPeeringConnection) || ($.eventName = AttachClassicLinkVpc) || ($.eventName = DetachClassicLinkVpc) || ($.eventName = DisableVpcClassicLink) || ($.eventName = EnableVpcClassicLink) }';
    expect(cisPatternOf(vpc)).toBe('vpc-changes');
    expect(cisPatternOf(vpc.replace(' || ($.eventName = EnableVpcClassicLink)', ''))).toBeNull();
    expect(
      cisPatternOf(
        '{ ($.eventSource = "kms.amazonaws.com") && (($.eventName = ScheduleKeyDeletion) || ($.eventName = DisableKey)) }',
      ),
    ).toBe('kms-key-deletions');
    expect(
      cisPatternOf(
        '{ ($.errorCode ="*UnauthorizedOperation") || ($.errorCode ="AccessDenied*") && ($.sourceIPAddress!="delivery.logs.amazonaws.com") && ($.eventName!="HeadBucket") }',
      ),
    ).toBe('unauthorized-api-calls');
    expect(cisPatternOf('ERROR')).toBeNull();
  });
});
