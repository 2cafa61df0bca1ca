import { expect, test } from '@jest/globals';
import { contextOf } from '../../../shared/engine/run/evaluation-context.ts';
import { policyFrom } from '../../../shared/policy/settings.ts';

const now = new Date('2027-01-01T00:00:00Z');
const engine = { clock: { now: () => now, sleep: async () => {} }, policy: policyFrom({}) };

test('what nobody has said is absent', () => {
  expect(contextOf(engine, { ports: [22] }, null)).toEqual({ parameters: { ports: [22] }, now, lastKnown: null });
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
