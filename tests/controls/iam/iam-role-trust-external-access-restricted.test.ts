import { expect, test } from '@jest/globals';
import scene from '../../../scenes/iam/iam-role-trust-external-access-restricted.ts';
import control from '../../../shared/controls/iam/iam-role-trust-external-access-restricted.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const NAME = 'reports';
const OWN = 'arn:aws:iam::111122223333:root';
const PARTNER = 'arn:aws:iam::444455556666:root';
const STRANGER = 'arn:aws:iam::777788889999:role/deploy';
const trusted = { accounts: ['444455556666'], organizations: ['o-example'] };
const allow = (AWS: unknown, rest: object = {}) => ({
  Effect: 'Allow',
  Principal: { AWS },
  Action: 'sts:AssumeRole',
  ...rest,
});
const text = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const trust = (...statements: object[]) => ({ trustPolicy: text(...statements) });
const put = (PolicyDocument: string) => ['UpdateAssumeRolePolicy', { RoleName: NAME, PolicyDocument }] as const;
const inOrganization = (id: string) => ({ Condition: { StringEquals: { 'aws:PrincipalOrgID': id } } });

// IAM takes some seconds to show a new trust policy everywhere, and refuses one with a deleted principal; moto does neither.
testControl(control, {
  resourceId: NAME,
  region: 'us-east-1',
  compliant: {
    'the own account': trust(allow(OWN)),
    'a service': trust({ ...allow(OWN), Principal: { Service: 'lambda.amazonaws.com' } }),
    'a trusted account': { ...trust(allow(PARTNER)), trusted },
    'the trusted organization': { ...trust(allow('*', inOrganization('o-example'))), trusted },
    'everybody, which is the sibling’s': trust(allow('*')),
    'a denial': trust(allow(OWN), { ...allow(STRANGER), Effect: 'Deny' }),
  },
  nonCompliant: {
    'another account beside the own': {
      given: trust(allow([OWN, STRANGER])),
      trusted,
      plan: [put(text(allow(OWN)))],
      undo: [put(text(allow([OWN, STRANGER])))],
      after: trust(allow(OWN)),
      says: 'The trust policy grants access to 777788889999.',
    },
    'a statement for nobody else': {
      given: trust(allow(OWN), allow([STRANGER], { Sid: 'Deploy' })),
      trusted,
      plan: [put(text(allow(OWN)))],
      undo: [put(text(allow(OWN), allow([STRANGER], { Sid: 'Deploy' })))],
      after: trust(allow(OWN)),
      elements: [['statement Deploy']],
      other: {
        'who knows an external id': trust(
          allow(OWN),
          allow([STRANGER], { Sid: 'Deploy', Condition: { StringEquals: { 'sts:ExternalId': 'x' } } }),
        ),
      },
    },
    'another organization': {
      given: trust(allow('*', inOrganization('o-other'))),
      trusted,
      plan: [],
      byHand: 'A condition grants them access',
      says: 'o-other',
    },
    'nobody else at all': { given: trust(allow(STRANGER)), trusted, plan: [], byHand: 'delete the role' },
    'whom policy.yml might trust': { given: trust(allow(PARTNER)), plan: [], byHand: 'under `trusted`' },
  },
  notApplicable: {},
});

test.each(['AWSServiceRoleForSupport', 'AWSReservedSSO_Admin_0123456789abcdef'])('%s is left to AWS', (resourceId) => {
  const ref = { resourceType: 'AWS::IAM::Role', resourceId, accountId: '111122223333', region: 'us-east-1' };
  const context = { parameters: {}, now: new Date(), lastKnown: null };
  expect(control.evaluate({ ref, ...trust(allow(STRANGER)) }, context).complianceType).toBe('NOT_APPLICABLE');
});

testScene(control, scene);
