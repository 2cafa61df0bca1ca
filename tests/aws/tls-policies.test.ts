import { expect, test } from '@jest/globals';
import { ELB_RECOMMENDED_POLICIES, elbPolicyInPlaceOf } from '../../shared/aws/tls-policies.ts';

test.each([
  ['ELBSecurityPolicy-2016-08', 'ELBSecurityPolicy-TLS13-1-2-Res-2021-06'],
  ['ELBSecurityPolicy-TLS13-1-0-FIPS-2023-04', 'ELBSecurityPolicy-TLS13-1-2-Res-FIPS-2023-04'],
])('in the place of %s comes a recommended policy of its kind', (policy, expected) => {
  expect(ELB_RECOMMENDED_POLICIES).not.toContain(policy);
  expect(elbPolicyInPlaceOf(policy)).toBe(expected);
  expect(ELB_RECOMMENDED_POLICIES).toContain(expected);
});
