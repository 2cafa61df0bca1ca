import { describe, expect, test } from '@jest/globals';
import { closureOf } from '../../scripts/generate/source/modules.ts';
import type { AnyControl, Context, Trusted } from '../../shared/control.ts';
import { controls } from '../../shared/controls/index.ts';
import { defaultParameters } from '../../shared/policy/defaults.ts';
import { REGION, SAMPLE_ACCOUNT } from '../support/samples.ts';

/** Where it is decided who beside the own account has access. */
const SHARING =
  /^shared\/aws\/(iam\/(sharing|public-access|untrusted-removal)|lambda\/permissions|s3\/public-bucket)\.ts$/;

/** Sharing with named accounts: `trusted` decides. */
const BY_TRUSTED = ['iam-role-trust-external-access-restricted', 's3-bucket-policy-external-access-restricted'];
/** Sharing with everybody, whom nobody trusts. */
const PUBLIC_ONLY = [
  'cloudtrail-bucket-public-access-prohibited',
  'ec2-ebs-snapshot-public-access-prohibited',
  'ec2-image-public-access-prohibited',
  'iam-role-trust-public-access-prohibited',
  'kms-key-policy-public-access-prohibited',
  'lambda-function-public-access-prohibited',
  'rds-cluster-snapshot-public-access-prohibited',
  'rds-snapshot-public-access-prohibited',
  's3-bucket-acl-public-access-prohibited',
  's3-bucket-policy-public-access-prohibited',
  'sns-topic-public-access-prohibited',
  'sqs-queue-public-access-prohibited',
  'ssm-document-public-access-prohibited',
];
/** It judges another thing, and asks before it writes whether S3 takes the policy for public. */
const NEITHER = ['s3-bucket-tls-required'];

/** True where the control decides who beside the account has access: by a policy, by an ACL, or by a list of accounts. */
function judgesSharing({ id, resource, needs }: AnyControl): boolean {
  const { declarations } = closureOf(`shared/controls/${resource.service.id}/${id}.ts`, 'shared/aws/');
  const isByList = needs.some((facet: string) => ['sharing', 'createVolumePermission'].includes(facet));
  return isByList || declarations.some(({ file }) => SHARING.test(file));
}

const STRANGER = '444455556666';
const Statement = [
  { Sid: 'Partner', Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${STRANGER}:root` }, Action: '*', Resource: '*' },
  {
    Sid: 'Own',
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${SAMPLE_ACCOUNT}:root` },
    Action: '*',
    Resource: '*',
  },
];
const policy = JSON.stringify({ Version: '2012-10-17', Statement });

/** Each facet as it reads where a stranger has access, and nobody else. */
const SHARED_WITH_STRANGER = {
  ref: { resourceType: '', resourceId: 'r', accountId: SAMPLE_ACCOUNT, region: REGION },
  policy,
  policies: [{ qualifier: null, text: policy }],
  trustPolicy: policy,
  role: { path: '/' },
  key: { KeyManager: 'CUSTOMER' },
  policyStatus: { isPublic: null },
  acl: { Owner: { ID: 'own' }, Grants: [{ Grantee: { Type: 'CanonicalUser', ID: 'stranger' }, Permission: 'READ' }] },
  ownershipControls: null,
  publicAccessBlock: null,
  accountPublicAccessBlock: null,
  trails: ['audit'],
  sharing: { public: false },
  createVolumePermission: { public: false },
};

const controlOf = (id: string) => controls.find((one) => one.id === id) as AnyControl;
const contextOf = (control: AnyControl, trusted?: Trusted): Context => ({
  parameters: defaultParameters(control),
  now: new Date(),
  lastKnown: null,
  ...(trusted && { trusted }),
});
const evaluate = (id: string, trusted?: Trusted) =>
  controlOf(id).evaluate(SHARED_WITH_STRANGER, contextOf(controlOf(id), trusted)).complianceType;
const plan = (id: string, trusted?: Trusted) =>
  controlOf(id).plan?.(SHARED_WITH_STRANGER, contextOf(controlOf(id), trusted));

test('every control that judges sharing goes by `trusted`, or judges what is public alone', () => {
  const found = controls.filter(judgesSharing).map(({ id }) => id);
  expect(found.toSorted()).toEqual([...BY_TRUSTED, ...PUBLIC_ONLY, ...NEITHER].sort());
});

describe.each(BY_TRUSTED)('%s', (id) => {
  test('detects without `trusted`, and plans nothing', () => {
    expect(evaluate(id)).toBe('NON_COMPLIANT');
    expect(plan(id)).toEqual({ byHand: expect.stringContaining('`trusted`') });
  });

  test('lets an account be that is trusted, and takes back what is shared with others', () => {
    expect(evaluate(id, { accounts: [STRANGER], organizations: [] })).toBe('COMPLIANT');
    const others = { accounts: ['999988887777'], organizations: [] };
    expect(evaluate(id, others)).toBe('NON_COMPLIANT');
    expect(plan(id, others)).toHaveLength(1);
  });
});

test.each(PUBLIC_ONLY)('%s lets named accounts be, and does not ask whom the policy trusts', (id) => {
  const control = controlOf(id);
  const context = Object.defineProperty({ ...contextOf(control) }, 'trusted', {
    get: () => {
      throw new Error(`${id} asks for trusted`);
    },
  });
  expect(control.evaluate(SHARED_WITH_STRANGER, context).complianceType).toBe('COMPLIANT');
});
