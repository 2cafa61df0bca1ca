import scene from '../../../scenes/kms/kms-key-policy-public-access-prohibited.ts';
import control from '../../../shared/controls/kms/kms-key-policy-public-access-prohibited.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const KEY = '1f2e3d4c-5b6a-4798-8a1b-2c3d4e5f6071';
const ROOT = 'arn:aws:iam::111122223333:root';
const key = {
  KeyState: 'Enabled' as const,
  KeyManager: 'CUSTOMER' as const,
  DeletionDate: null,
  PendingDeletionWindowInDays: null,
};
const own = { Sid: 'Account', Effect: 'Allow', Principal: { AWS: ROOT }, Action: 'kms:*', Resource: '*' };
const open = { Sid: 'Open', Effect: 'Allow', Principal: '*' as unknown, Action: 'kms:Decrypt', Resource: '*' };
const text = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const policy = (...statements: object[]) => ({ key, policy: text(...statements) });
const put = (Policy: string) => ['PutKeyPolicy', { KeyId: KEY, PolicyName: 'default', Policy }] as const;
const when = (operator: string, name: string, value: unknown) => ({ Condition: { [operator]: { [name]: value } } });
const byService = {
  ...open,
  Principal: { AWS: ['444455556666', ROOT] },
  ...when('StringEquals', 'kms:ViaService', 's3.eu-west-1.amazonaws.com'),
};

// KMS refuses a policy that would lock the caller out, and one with a deleted principal; it may show the old policy for some
// seconds. moto takes every policy, and shows it at once.
testControl(control, {
  resourceId: KEY,
  compliant: {
    'the account alone': policy(own),
    'everybody of the account, by a service': policy(own, {
      ...open,
      Condition: {
        StringEquals: { 'kms:CallerAccount': '111122223333', 'kms:ViaService': 's3.eu-west-1.amazonaws.com' },
      },
    }),
    'an organization': policy(own, { ...open, ...when('StringEquals', 'aws:PrincipalOrgID', 'o-example') }),
  },
  notApplicable: {
    'a key of an AWS service': { ...policy(open), key: { ...key, KeyManager: 'AWS' } },
  },
  nonCompliant: {
    everybody: {
      given: policy(own, open),
      plan: [put(text(own, { ...open, Principal: { AWS: ROOT } }))],
      undo: [put(text(own, open))],
      after: policy(own, { ...open, Principal: { AWS: ROOT } }),
      says: 'grants access to everybody: statement "Open".',
      elements: [['statement Open']],
      other: { 'more is open': policy(own, open, { ...open, Sid: 'Two' }) },
    },
    'every account by a service': {
      given: policy(own, { ...byService, Principal: { AWS: ['444455556666', '*'] } }),
      plan: [put(text(own, byService))],
      after: policy(own, byService),
    },
    'everybody but one account': {
      given: policy(own, { ...open, Principal: undefined, NotPrincipal: { AWS: '444455556666' } }),
      plan: [],
      byHand: 'name the principals',
    },
    'a deleted role beside it': {
      given: policy(own, open, { ...own, Sid: 'Gone', Principal: { AWS: 'AROAEXAMPLEDELETED12' } }),
      plan: [],
      byHand: 'AROAEXAMPLEDELETED12',
    },
  },
});

testScene(control, scene);
