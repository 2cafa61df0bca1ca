import { expect } from '@jest/globals';
import fc from 'fast-check';
import control from '../../../shared/controls/kms/kms-key-policy-public-access-prohibited.ts';
import {
  byPlace,
  isPossiblePolicy,
  OTHER,
  OWN,
  type Policy,
  partsOfPolicy,
  partsWith,
  policyFrom,
  policyOf,
  publicIn,
  type Statement,
  textOf,
} from '../../support/harm/policies.ts';
import { testHarmless } from '../../support/harm/test-harmless.ts';

interface Key {
  readonly manager: 'AWS' | 'CUSTOMER';
  readonly policy: Policy;
}

const KEY = '5b1c6f0e-5d3a-4f5e-8d0b-2f7a9c3e6d45';
const ROOT = `arn:aws:iam::${OWN}:root`;
/** Without it nobody could change the policy of the key any more. */
const ADMINISTRATION = {
  Sid: 'Administration',
  Effect: 'Allow',
  Principal: { AWS: ROOT },
  Action: 'kms:*',
  Resource: '*',
};
const DENIALS: readonly Statement[] = [
  { Effect: 'Deny', Principal: '*', Action: 'kms:ScheduleKeyDeletion', Resource: '*' },
];

const keyOf = (isOpen: boolean, manager: fc.Arbitrary<Key['manager']> = fc.constant('CUSTOMER')) =>
  fc.record({ manager, policy: policyOf(['kms:Decrypt', 'kms:Encrypt'], '*', DENIALS, isOpen) }).map(
    ({ policy, ...rest }): Key => ({
      ...rest,
      policy: { ...policy, statements: [ADMINISTRATION, ...policy.statements] },
    }),
  );

testHarmless<Key>(control, {
  resourceId: KEY,
  good: fc.oneof(keyOf(false), keyOf(true, fc.constant('AWS'))),
  any: keyOf(true),
  isPossible: ({ policy }) => isPossiblePolicy(policy, DENIALS),
  read: ({ manager, policy }) => ({ key: { KeyManager: manager, KeyState: 'Enabled' }, policy: textOf(policy) }),
  calledFor: ({ manager, policy }) => ({
    isDrift: manager === 'CUSTOMER' && publicIn(policy.statements).length > 0,
    parts: partsWith(policy, publicIn(policy.statements), byPlace),
  }),
  partsOf: ({ manager, policy }) => ({ manager, ...partsOfPolicy(policy, byPlace) }),
  // The account root for everybody; who else was named stays, and so does all that is not the principal.
  mayBecome: (part, before) => {
    if (typeof part === 'string') return true;
    const [{ Principal: now, ...rest }, { Principal: was, ...wasRest }] = [part as Statement, before as Statement];
    const names = JSON.stringify(now);
    expect(rest).toEqual(wasRest);
    return (
      !names.includes('*') && names.includes(ROOT) && names.includes(OTHER) === JSON.stringify(was).includes(OTHER)
    );
  },
  apply: (key, { operation, input }) => {
    const { KeyId, PolicyName, Policy, ...others } = input as Readonly<Record<string, string>>;
    expect([operation, KeyId, PolicyName, others]).toEqual(['PutKeyPolicy', KEY, 'default', {}]);
    return { ...key, policy: policyFrom(Policy ?? '') };
  },
  expectKept: ({ policy: before }, { policy: after }) => {
    expect(after.statements).toHaveLength(before.statements.length);
    expect(textOf(after).slice(0, textOf(before).indexOf('kms:*'))).toBe(
      textOf(before).slice(0, textOf(before).indexOf('kms:*')),
    );
  },
});
