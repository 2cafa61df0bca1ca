import { describe, expect, test } from '@jest/globals';
import { isOpen, mayFollow, type RemediationStatus } from '../../shared/ledger/records.ts';

const STATUSES: readonly RemediationStatus[] = [
  'awaitingApproval',
  'applying',
  'pending',
  'remediated',
  'failed',
  'blocked',
  'interrupted',
  'rejected',
  'expired',
  'superseded',
];
const ENDS: readonly RemediationStatus[] = ['remediated', 'failed', 'blocked', 'interrupted'];
const ALLOWED: Readonly<Record<RemediationStatus, readonly RemediationStatus[]>> = {
  awaitingApproval: STATUSES,
  applying: ['applying', 'pending', ...ENDS],
  pending: ['pending', ...ENDS],
  remediated: ENDS,
  failed: ENDS,
  blocked: ['applying', ...ENDS],
  interrupted: ENDS,
  rejected: [],
  expired: [],
  superseded: [],
};

describe('a record', () => {
  const pairs = STATUSES.flatMap((from) => STATUSES.map((to) => [from, to, ALLOWED[from].includes(to)] as const));
  test.each(pairs)('that is %s may become %s: %s', (from, to, may) => {
    expect(mayFollow(from, to)).toBe(may);
  });

  test('is open until its end', () => {
    expect(STATUSES.filter((status) => isOpen({ status }))).toEqual(['awaitingApproval', 'applying', 'pending']);
  });
});
