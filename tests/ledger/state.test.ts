import { describe, expect, test } from '@jest/globals';
import { take } from '../../shared/ledger/lease.ts';
import { ACTIVE, listingOf, NEW_RESOURCE, QUIET, type ResourceState, withLease } from '../../shared/ledger/state.ts';
import { findingOf, noticeOf, remediationOf } from '../support/ledger-fixtures.ts';

const NOW = 1_000_000;
const claim = { requested: ['a'], handles: ['a'] };

describe('a resource is listed as active', () => {
  const lease = { ...NEW_RESOURCE.lease, wanted: ['a'] };
  test.each<[string, Partial<ResourceState>]>([
    ['with an open finding', { findings: { a: findingOf('a') } }],
    ['with an open record', { open: [{ id: 'rem-1', controlId: 'a', status: 'pending' }] }],
    ['with a notification in its outbox', { outbox: [noticeOf(remediationOf('rem-1'), NOW)] }],
    ['with a recheck, also at the time 0', { recheckAt: 0 }],
    ['with a control to evaluate', { lease }],
    ['with a last known value', { lastKnown: { trail: null } }],
  ])('%s', (_what, rest) => {
    expect(listingOf('key', { ...NEW_RESOURCE, ...rest })).toEqual({ list: ACTIVE, at: 'key' });
  });

  test('and else as quiet, whatever its past', () => {
    const flap = { times: [NOW], trippedAt: null, lastDrift: NOW, controlId: 'a' };
    const past = { arn: 'arn', flaps: { rule: flap }, head: { sequence: 9, hash: 'h' }, changedHandsAt: NOW };
    expect(listingOf('key', { ...NEW_RESOURCE, ...past })).toEqual({ list: QUIET, at: 'key' });
  });
});

test('a resource changes hands when its lease is taken and released, not when it is extended', () => {
  const taken = take(NEW_RESOURCE.lease, 'one', claim, NOW);
  if (taken === null) throw new Error('the lease is free');
  const held = withLease(NEW_RESOURCE, taken, NOW);
  expect(held).toEqual({ ...NEW_RESOURCE, lease: taken, changedHandsAt: NOW });
  const extended = withLease(held, { ...taken, until: NOW + 90_000 }, NOW + 5_000);
  expect(extended.changedHandsAt).toBe(NOW);
  expect(withLease(extended, NEW_RESOURCE.lease, NOW + 9_000).changedHandsAt).toBe(NOW + 9_000);
});
