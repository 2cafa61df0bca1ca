import { describe, expect, test } from '@jest/globals';
import { confusedDeputies, untrustedGrantees } from '../../../shared/aws/iam/sharing.ts';

const OWN = '111122223333';
const PARTNER = '444455556666';
const STRANGER = '777788889999';
const trusted = { accounts: [PARTNER], organizations: ['o-example'] };
const root = (account: string) => `arn:aws:iam::${account}:root`;
const allow = (principal: unknown, condition?: object) => ({
  Effect: 'Allow',
  Principal: principal,
  Action: 'sqs:SendMessage',
  ...(condition ? { Condition: condition } : {}),
});
const when = (operator: string, key: string, value: unknown) => ({ [operator]: { [key]: value } });

describe('who gets in beyond what is trusted', () => {
  test.each<[string, object, readonly string[]]>([
    ['the own account', allow({ AWS: [root(OWN), OWN, `arn:aws:iam::${OWN}:role/x`] }), []],
    ['a trusted account', allow({ AWS: PARTNER }), []],
    ['a stranger, once', allow({ AWS: [STRANGER, root(STRANGER), root(OWN)] }), [STRANGER]],
    ['a canonical user', allow({ CanonicalUser: '79a59d' }), ['canonical user 79a59d']],
    ['everybody', allow('*'), ['everybody']],
    ['everybody but one', { Effect: 'Allow', NotPrincipal: { AWS: root(OWN) }, Action: '*' }, ['everybody']],
    ['a service', allow({ Service: 's3.amazonaws.com' }), []],
    ['a deleted role', allow({ AWS: 'AROAEXAMPLEDELETED12' }), []],
    ['a denial', { ...allow('*'), Effect: 'Deny' }, []],
    ['the trusted organization', allow('*', when('StringEquals', 'aws:PrincipalOrgID', 'o-example')), []],
    [
      'another organization',
      allow('*', when('StringEquals', 'aws:PrincipalOrgID', ['o-example', 'o-other'])),
      ['o-other'],
    ],
    [
      'the own organization, whichever it is',
      allow('*', when('StringEquals', 'aws:PrincipalOrgID', '${aws:ResourceOrgID}')),
      [],
    ],
    [
      'a stranger of the trusted organization',
      allow({ AWS: STRANGER }, when('StringEquals', 'aws:PrincipalOrgID', 'o-example')),
      [],
    ],
    [
      'a stranger by a condition',
      allow('*', when('ArnLike', 'aws:PrincipalArn', `arn:aws:iam::${STRANGER}:role/*`)),
      [STRANGER],
    ],
    ['a stranger in a network', allow({ AWS: STRANGER }, when('StringEquals', 'aws:SourceVpce', 'vpce-1')), [STRANGER]],
    ['whoever is in a network', allow('*', when('StringEquals', 'aws:SourceVpce', 'vpce-1')), []],
    [
      'one of two conditions that names only friends',
      allow('*', {
        StringEquals: { 'aws:PrincipalAccount': [OWN, STRANGER], 'aws:PrincipalOrgID': 'o-example' },
      }),
      [],
    ],
  ])('%s', (_, statement, expected) => expect(untrustedGrantees(statement, OWN, trusted)).toEqual(expected));

  test('without trusted accounts every other one is a stranger', () => {
    const none = { accounts: [], organizations: [] };
    expect(untrustedGrantees(allow({ AWS: [OWN, PARTNER] }), OWN, none)).toEqual([PARTNER]);
  });
});

describe('services that a stranger could send', () => {
  test.each<[string, object, readonly string[]]>([
    ['no source', allow({ Service: 's3.amazonaws.com' }), ['s3.amazonaws.com']],
    [
      'any bucket',
      allow({ Service: 's3.amazonaws.com' }, when('ArnLike', 'aws:SourceArn', 'arn:aws:s3:::*')),
      ['s3.amazonaws.com'],
    ],
    ['a bucket', allow({ Service: 's3.amazonaws.com' }, when('ArnLike', 'aws:SourceArn', 'arn:aws:s3:::reports')), []],
    ['an account', allow({ Service: ['sns.amazonaws.com'] }, when('StringEquals', 'AWS:SourceAccount', OWN)), []],
    [
      'an account, if it is named',
      allow({ Service: 'sns.amazonaws.com' }, when('StringEqualsIfExists', 'aws:SourceAccount', OWN)),
      ['sns.amazonaws.com'],
    ],
    ['no service', allow({ AWS: STRANGER }), []],
    ['a denial', { ...allow({ Service: 's3.amazonaws.com' }), Effect: 'Deny' }, []],
  ])('%s', (_, statement, expected) => expect(confusedDeputies(statement)).toEqual(expected));
});
