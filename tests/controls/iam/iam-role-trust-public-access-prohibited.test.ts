import scene from '../../../scenes/iam/iam-role-trust-public-access-prohibited.ts';
import control from '../../../shared/controls/iam/iam-role-trust-public-access-prohibited.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const NAME = 'reports';
const ROOT = 'arn:aws:iam::111122223333:root';
const GITHUB = 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com';
const open = { Effect: 'Allow', Principal: { AWS: '*' } as unknown, Action: 'sts:AssumeRole' };
const lambda = { ...open, Principal: { Service: 'lambda.amazonaws.com' } };
const text = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const trust = (...statements: object[]) => ({ trustPolicy: text(...statements) });
const put = (PolicyDocument: string) => ['UpdateAssumeRolePolicy', { RoleName: NAME, PolicyDocument }] as const;
const when = (operator: string, name: string, value: unknown) => ({ Condition: { [operator]: { [name]: value } } });
const github = (sub: string) => ({
  ...open,
  Principal: { Federated: GITHUB },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: {
    StringEquals: { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com' },
    StringLike: { 'token.actions.githubusercontent.com:sub': sub },
  },
});

// IAM takes some seconds to show a new trust policy everywhere, and refuses one with a deleted principal; moto does neither.
testControl(control, {
  resourceId: NAME,
  region: 'us-east-1',
  compliant: {
    'a service': trust(lambda),
    'another account': trust({ ...open, Principal: { AWS: '444455556666' } }),
    'who knows an external id': trust({ ...open, ...when('StringEquals', 'sts:ExternalId', 'example') }),
    'an organization': trust({ ...open, ...when('StringEquals', 'aws:PrincipalOrgID', 'o-example') }),
    'repositories of one owner': trust(github('repo:example/*')),
    'the users of an own identity provider': trust({
      ...open,
      Principal: { Federated: 'arn:aws:iam::111122223333:saml-provider/example' },
      Action: 'sts:AssumeRoleWithSAML',
    }),
  },
  nonCompliant: {
    everybody: {
      given: trust(lambda, open),
      plan: [put(text(lambda, { ...open, Principal: { AWS: ROOT } }))],
      undo: [put(text(lambda, open))],
      after: trust(lambda, { ...open, Principal: { AWS: ROOT } }),
      says: 'grants access to everybody: statement no. 2.',
      other: { 'tags may be set too': trust(lambda, { ...open, Action: ['sts:AssumeRole', 'sts:TagSession'] }) },
    },
    'every repository of GitHub': {
      given: trust(github('repo:*')),
      plan: [],
      byHand: 'name the principals or subjects',
    },
    'every user of Google': {
      given: trust({
        ...open,
        Principal: { Federated: 'accounts.google.com' },
        Action: 'sts:AssumeRoleWithWebIdentity',
      }),
      plan: [],
      byHand: 'name the principals or subjects',
    },
  },
});

testScene(control, scene);
