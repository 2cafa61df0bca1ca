import { expect } from '@jest/globals';
import fc from 'fast-check';
import { mfaPolicy } from '../../../shared/aws/iam/mfa-policy.ts';
import control from '../../../shared/controls/iam/iam-user-direct-policies-prohibited.ts';
import { testHarmless } from '../../support/harm/test-harmless.ts';

interface User {
  /** ARNs of managed policies. */
  readonly attached: readonly string[];
  /** Inline policies with their documents. */
  readonly inline: readonly { readonly PolicyName: string; readonly PolicyDocument: string }[];
}

const QUARANTINES = [
  'arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantine',
  'arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3',
];
const MANAGED = [
  'arn:aws:iam::aws:policy/AdministratorAccess',
  'arn:aws:iam::111122223333:policy/deploy',
  // The name alone does not make it AWS's.
  'arn:aws:iam::111122223333:policy/AWSCompromisedKeyQuarantine',
  'arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineForMe',
];
const DOCUMENT = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
});
const INLINE = [
  { PolicyName: 'all', PolicyDocument: DOCUMENT },
  { PolicyName: mfaPolicy.PolicyName.toLowerCase(), PolicyDocument: mfaPolicy.PolicyDocument },
  // Of its name and not what it is, and what it is under another name.
  { PolicyName: mfaPolicy.PolicyName, PolicyDocument: DOCUMENT },
  { PolicyName: 'team-mfa', PolicyDocument: mfaPolicy.PolicyDocument },
];
/** As IAM gives it back, spaced otherwise. */
const MFA = { ...mfaPolicy, PolicyDocument: JSON.stringify(JSON.parse(mfaPolicy.PolicyDocument), null, 2) };

const some = <T>(values: readonly T[]) => fc.uniqueArray(fc.constantFrom(...values), { maxLength: 5 });
const userOf = (attached: readonly string[], inline: User['inline']) =>
  fc
    .record({ attached: some(attached), inline: some(inline) })
    .map(({ attached: arns, inline: policies }): User => ({ attached: arns, inline: onePerName(policies) }));
const onePerName = (policies: User['inline']) => [
  ...new Map(policies.map((policy) => [policy.PolicyName, policy])).values(),
];

const isMfa = ({ PolicyName, PolicyDocument }: User['inline'][number]) =>
  PolicyName === mfaPolicy.PolicyName && PolicyDocument !== DOCUMENT;

testHarmless<User>(control, {
  resourceId: 'jo',
  region: 'us-east-1',
  good: userOf(QUARANTINES, [MFA]),
  any: userOf([...QUARANTINES, ...MANAGED], [MFA, mfaPolicy, ...INLINE]),
  isPossible: ({ attached, inline }) =>
    new Set(attached).size === attached.length &&
    new Set(inline.map(({ PolicyName }) => PolicyName)).size === inline.length &&
    inline.every((policy) => [MFA, mfaPolicy, ...INLINE].some((one) => JSON.stringify(one) === JSON.stringify(policy))),
  read: ({ attached, inline }) => ({
    attachedPolicies: attached.map((PolicyArn) => ({ PolicyArn, PolicyName: PolicyArn.split('/').at(-1) ?? '' })),
    inlinePolicies: inline,
  }),
  calledFor: ({ attached, inline }) => {
    const wrong = [
      ...attached.filter((arn) => MANAGED.includes(arn)),
      ...inline.filter((policy) => !isMfa(policy)).map(({ PolicyName }) => PolicyName),
    ];
    return { isDrift: wrong.length > 0, parts: wrong };
  },
  partsOf: ({ attached, inline }) => ({
    ...Object.fromEntries(attached.map((arn) => [arn, 'attached'])),
    ...Object.fromEntries(inline.map(({ PolicyName, PolicyDocument }) => [PolicyName, PolicyDocument])),
  }),
  apply: ({ attached, inline }, { operation, input }) => {
    const {
      UserName,
      PolicyArn = '',
      PolicyName = '',
      PolicyDocument = '',
    } = input as Readonly<Record<string, string>>;
    expect(UserName).toBe('jo');
    const hasInline = inline.some((policy) => policy.PolicyName === PolicyName);
    if (operation === 'DetachUserPolicy' && attached.includes(PolicyArn))
      return { inline, attached: attached.filter((arn) => arn !== PolicyArn) };
    if (operation === 'AttachUserPolicy') return { inline, attached: [...attached, PolicyArn] };
    if (operation === 'DeleteUserPolicy' && hasInline)
      return { attached, inline: inline.filter((policy) => policy.PolicyName !== PolicyName) };
    if (operation === 'PutUserPolicy' && !hasInline)
      return { attached, inline: [...inline, { PolicyName, PolicyDocument }] };
    throw new Error(`${operation} of ${PolicyArn}${PolicyName} was not expected`);
  },
});
