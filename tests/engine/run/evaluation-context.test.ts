import { expect, test } from '@jest/globals';
import type { AnyControl } from '../../../shared/control.ts';
import { contextOf, lastKnownBy } from '../../../shared/engine/run/evaluation-context.ts';
import { policyFrom } from '../../../shared/policy/settings.ts';

const now = new Date('2027-01-01T00:00:00Z');
const engine = { clock: { now: () => now, sleep: async () => {} }, policy: policyFrom({}) };

test('what nobody has said is absent', () => {
  expect(contextOf(engine, { ports: [22] }, null)).toEqual({ parameters: { ports: [22] }, now, lastKnown: null });
});

test('a control knows what it names itself, and nothing that others keep', () => {
  const kept = { lid: { open: false }, label: 'tea' };
  const naming = (...lastKnown: string[]) => ({ lastKnown }) as unknown as AnyControl;
  expect(lastKnownBy(naming('lid', 'lock'), kept)).toEqual({ lid: { open: false } });
  expect(lastKnownBy(naming('lock'), kept)).toBeNull();
  expect(lastKnownBy({} as AnyControl, kept)).toBeNull();
  expect(lastKnownBy(naming('lid'), null)).toBeNull();
});

test('the home region and those that are trusted are passed on', () => {
  const policy = policyFrom({ trusted: { accounts: ['444455556666'] } });
  expect(contextOf({ ...engine, policy, home: 'eu-west-1' }, {}, { lid: 1 })).toEqual({
    parameters: {},
    now,
    lastKnown: { lid: 1 },
    home: 'eu-west-1',
    trusted: { accounts: ['444455556666'], organizations: [] },
  });
});
