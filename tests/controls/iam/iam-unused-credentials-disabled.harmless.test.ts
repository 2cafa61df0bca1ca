import { expect } from '@jest/globals';
import fc from 'fast-check';
import control from '../../../shared/controls/iam/iam-unused-credentials-disabled.ts';
import { DAY_MS } from '../../../shared/time.ts';
import { testHarmless } from '../../support/harm/test-harmless.ts';

interface Key {
  readonly AccessKeyId: string;
  readonly Status: 'Active' | 'Inactive';
  readonly createdDaysAgo: number;
  /** Null for a key that was never used. */
  readonly usedDaysAgo: number | null;
}

const NOW = new Date('2026-01-01T00:00:00Z');
const MAX_UNUSED_DAYS = 45;
const daysBefore = (days: number) => new Date(NOW.getTime() - days * DAY_MS);

// Around the limit above all; a key that is made now may read as of the future, by another clock.
const days = fc.oneof(fc.constantFrom(-1, 0, 44, 45, 46, 47), fc.integer({ min: 0, max: 2000 }));
const keysOf = (status: fc.Arbitrary<Key['Status']>, age = days) =>
  fc
    .array(fc.record({ Status: status, createdDaysAgo: age, usedDaysAgo: fc.option(age, { freq: 3 }) }), {
      maxLength: 2,
    })
    .map((keys) => keys.map((key, index): Key => ({ AccessKeyId: `AKIAEXAMPLE${index}`, ...key })));

const isWrong = ({ Status, createdDaysAgo, usedDaysAgo }: Key) =>
  Status === 'Active' && (usedDaysAgo ?? createdDaysAgo) > MAX_UNUSED_DAYS;

testHarmless<readonly Key[]>(control, {
  resourceId: 'jo',
  region: 'us-east-1',
  now: NOW,
  good: fc.oneof(
    keysOf(fc.constant('Inactive')),
    keysOf(fc.constantFrom('Active', 'Inactive'), fc.integer({ min: -1, max: 45 })),
  ),
  any: keysOf(fc.constantFrom('Active', 'Inactive')),
  isPossible: (keys) => new Set(keys.map(({ AccessKeyId }) => AccessKeyId)).size === keys.length,
  read: (keys) => ({
    accessKeyUse: keys.map(({ createdDaysAgo, usedDaysAgo, ...key }) => ({
      ...key,
      CreateDate: daysBefore(createdDaysAgo),
      LastUsedDate: usedDaysAgo === null ? null : daysBefore(usedDaysAgo),
    })),
  }),
  calledFor: (keys) => ({
    isDrift: keys.some(isWrong),
    parts: keys.filter(isWrong).map(({ AccessKeyId }) => AccessKeyId),
  }),
  partsOf: (keys) => Object.fromEntries(keys.map((key) => [key.AccessKeyId, key])),
  apply: (keys, { operation, input }) => {
    const { UserName, AccessKeyId, Status } = input as { UserName: string; AccessKeyId: string; Status: Key['Status'] };
    expect([operation, UserName]).toEqual(['UpdateAccessKey', 'jo']);
    expect(keys.map((key) => key.AccessKeyId)).toContain(AccessKeyId);
    return keys.map((key) => (key.AccessKeyId === AccessKeyId ? { ...key, Status } : key));
  },
});
