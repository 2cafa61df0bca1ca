import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { policyText } from '../../../shared/aws/iam/policy-text.ts';
import { sharedWithUntrusted, untrustedIn, withoutUntrusted } from '../../../shared/aws/iam/untrusted-removal.ts';

const OWN = '111122223333';
const PARTNER = '444455556666';
const STRANGER = '777788889999';
const OTHER = '222233334444';
const trusted = { accounts: [PARTNER], organizations: ['o-example'] };
const allow = (principal: unknown, rest: object = {}) => ({
  Effect: 'Allow',
  Principal: principal,
  Action: 'sts:AssumeRole',
  ...rest,
});
const text = (...Statement: object[]) => policyText(JSON.stringify({ Version: '2012-10-17', Statement }, null, 2));
const closed = (policy: ReturnType<typeof text>) =>
  withoutUntrusted(policy, sharedWithUntrusted(policy.statements, OWN, trusted));

describe('who is let in without being trusted', () => {
  test('is named once, and everybody is left to those who judge what is public', () => {
    const { statements } = text(allow({ AWS: [OWN, STRANGER] }), allow('*'), allow({ AWS: [STRANGER, OTHER] }));
    const shared = sharedWithUntrusted(statements, OWN, trusted);
    expect(shared.map(({ statement }) => statements.indexOf(statement))).toEqual([0, 2]);
    expect(untrustedIn(shared)).toBe(`${STRANGER}, ${OTHER}`);
  });

  test('is everybody but the own account where nobody is trusted', () => {
    expect(untrustedIn(sharedWithUntrusted(text(allow({ AWS: [OWN, PARTNER] })).statements, OWN))).toBe(PARTNER);
  });
});

describe('a policy without them', () => {
  test('keeps all others, of every type, and every other byte', () => {
    const mixed = { AWS: [OWN, STRANGER], CanonicalUser: '79a59d', Service: 'ec2.amazonaws.com', Federated: 'x' };
    expect(closed(text(allow(mixed), allow({ AWS: [STRANGER, PARTNER] })))).toMatchObject({
      left: [allow({ AWS: OWN, Service: 'ec2.amazonaws.com', Federated: 'x' }), allow({ AWS: PARTNER })],
      elements: ['statement 1', 'statement 2'].map(() => expect.any(String)),
    });
  });

  test('loses the statements that name nobody else, wherever they stand', () => {
    const policy = text(allow({ AWS: STRANGER }), allow({ AWS: [OTHER, OWN] }), allow({ AWS: [STRANGER] }));
    expect(closed(policy)).toMatchObject({ left: [allow({ AWS: OWN })] });
    expect(closed(text(allow({ AWS: STRANGER })))).toMatchObject({ left: [] });
  });

  test.each([
    [
      'a condition lets them in',
      text(allow('*', { Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-other' } } })),
      'A condition',
    ],
    [
      'a deleted principal stays',
      text(allow({ AWS: [STRANGER, OWN] }), allow({ AWS: 'AROAEXAMPLEDELETED12' })),
      'AROAEXAMPLEDELETED12',
    ],
    [
      'a key stands twice',
      policyText(
        `{"Statement":[{"Effect":"Allow","Principal":{"AWS":"${STRANGER}"},"principal":{"AWS":"${STRANGER}"},"Action":"*"}]}`,
      ),
      'a key twice',
    ],
  ])('is edited by a person where %s', (_what, policy, says) => {
    expect(closed(policy)).toEqual({ byHand: expect.stringContaining(says) });
  });

  test('lets in nobody who was not let in, and nobody who is not trusted', () => {
    const ids = fc.uniqueArray(fc.constantFrom(OWN, PARTNER, STRANGER, OTHER), { minLength: 1 });
    fc.assert(
      fc.property(fc.array(ids, { minLength: 1, maxLength: 5 }), (lists) => {
        const policy = text(...lists.map((AWS) => allow({ AWS })));
        const result = closed(policy);
        if ('byHand' in result) throw new Error(result.byHand);
        expect(sharedWithUntrusted(result.left, OWN, trusted)).toEqual([]);
        const kept = lists
          .map((list) => list.filter((id) => id === OWN || id === PARTNER))
          .filter((list) => list.length > 0);
        expect(result.left.map(({ Principal }) => [(Principal as { AWS: string }).AWS].flat())).toEqual(kept);
      }),
      { numRuns: 100 },
    );
  });
});
