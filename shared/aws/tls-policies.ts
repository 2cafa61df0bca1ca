/** Security policies of Application and Network Load Balancers that allow TLS 1.2 with forward secrecy and AEAD ciphers at least, or TLS 1.3 alone: the list of Security Hub's ELB.17, as of 2026-04-06. */
export const ELB_RECOMMENDED_POLICIES: readonly string[] = [
  'ELBSecurityPolicy-TLS13-1-3-2021-06',
  'ELBSecurityPolicy-TLS13-1-3-FIPS-2023-04',
  'ELBSecurityPolicy-TLS13-1-3-PQ-2025-09',
  'ELBSecurityPolicy-TLS13-1-3-FIPS-PQ-2025-09',
  'ELBSecurityPolicy-TLS13-1-2-Res-2021-06',
  'ELBSecurityPolicy-TLS13-1-2-Res-FIPS-2023-04',
  'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09',
  'ELBSecurityPolicy-TLS13-1-2-Res-FIPS-PQ-2025-09',
];

/** The recommended policy that most clients of an outdated one can still use; one that was chosen for FIPS stays one for FIPS. */
export const elbPolicyInPlaceOf = (policy: string): string =>
  policy.includes('FIPS') ? 'ELBSecurityPolicy-TLS13-1-2-Res-FIPS-2023-04' : 'ELBSecurityPolicy-TLS13-1-2-Res-2021-06';

/** Security policies of CloudFront that Security Hub's CloudFront.15 takes, as of 2026-08. */
export const CLOUDFRONT_RECOMMENDED_POLICIES: readonly string[] = ['TLSv1.2_2021', 'TLSv1.2_2025', 'TLSv1.3_2025'];
