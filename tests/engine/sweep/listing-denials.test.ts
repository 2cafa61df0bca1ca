import { describe, expect, test } from '@jest/globals';
import { CONFIRM_AFTER_MS } from '../../../shared/engine/run/failures.ts';
import { denialText, ListingDenials } from '../../../shared/engine/sweep/listing-denials.ts';
import { named, refusedWith } from '../../support/fake-resource.ts';

const TYPE = 'AWS::W::Crate';
const BY_SCP = refusedWith('AccessDenied', 'with an explicit deny in a service control policy');
const MISSING = refusedWith('AccessDenied');
const at = (milliseconds: number) => ({ now: () => new Date(milliseconds) });

describe('a listing that is refused', () => {
  test('by an explicit denial is refused for good at once', () => {
    const denials = new ListingDenials({}, at(5));
    expect(denials.refusalOf(TYPE, BY_SCP)).not.toBeNull();
    expect(denials.next({}, new Set())).toMatchObject({ [TYPE]: { since: 5, lastSeen: 5, isLasting: true } });
  });

  test('without saying why is so only after a while, counted from the first time', () => {
    const first = new ListingDenials({}, at(0));
    expect(first.refusalOf(TYPE, MISSING)).toBeNull();
    const known = first.next({}, new Set());
    expect(new ListingDenials(known, at(CONFIRM_AFTER_MS - 1)).refusalOf(TYPE, MISSING)).toBeNull();
    const later = new ListingDenials(known, at(CONFIRM_AFTER_MS));
    expect(later.refusalOf(TYPE, MISSING)).not.toBeNull();
    expect(later.next(known, new Set())[TYPE]).toMatchObject({ since: 0, isLasting: true });
  });

  test('for a while by throttling or a fault of the service is not refused for good', () => {
    const denials = new ListingDenials({}, at(0));
    for (const name of ['ThrottlingException', 'InternalFailure'])
      expect(denials.refusalOf(TYPE, named(name))).toBeNull();
    expect(denials.next({}, new Set())).toEqual({});
  });
});

test('what is listed again is denied no more; what nobody has tried stays', () => {
  const denials = new ListingDenials({}, at(0));
  denials.refusalOf(TYPE, BY_SCP);
  const known = denials.next({}, new Set());
  expect(new ListingDenials(known, at(1)).next(known, new Set())).toEqual(known);
  expect(new ListingDenials(known, at(1)).next(known, new Set([TYPE]))).toEqual({});
});

test('news is what is refused, and what was refused and is listed now', () => {
  const denials = new ListingDenials({}, at(0));
  expect(denials.hasNews(new Set([TYPE]))).toBe(false);
  denials.refusalOf(TYPE, BY_SCP);
  expect(denials.hasNews(new Set())).toBe(true);
  const next = new ListingDenials(denials.next({}, new Set()), at(1));
  expect([next.hasNews(new Set()), next.hasNews(new Set(['AWS::W::Barrel'])), next.hasNews(new Set([TYPE]))]).toEqual([
    false,
    false,
    true,
  ]);
});

test('the sentence names the type, the region and who refuses', () => {
  expect(denialText(TYPE, 'eu-west-1', { by: 'an SCP', remedy: 'ask' })).toBe(
    'AWS::W::Crate cannot be listed in eu-west-1, and is not swept there: refused by an SCP',
  );
});
