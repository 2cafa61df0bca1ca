import { CreatePolicyCommand, CreatePolicyVersionCommand, IAMClient } from '@aws-sdk/client-iam';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { policy } from '../../../shared/resources/iam/policy.ts';
import { type TestAccount, testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, testResource } from '../../support/test-resource.ts';

const SAMPLE = 'arn:aws:iam::111122223333:policy/deploy-all';
/** Percent signs stand in real policies too. */
const documentOf = (Action: string) =>
  `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "${Action}", "Resource": "arn:aws:s3:::100%25"}]}`;

testResource(policy, {
  events: {
    'iam/CreatePolicy': [SAMPLE],
    'iam/CreatePolicyVersion': [SAMPLE],
    'iam/SetDefaultPolicyVersion': [SAMPLE],
    'iam/DeletePolicyVersion': [SAMPLE],
    'iam/DeletePolicy': [SAMPLE],
    'iam/TagPolicy': [SAMPLE],
    'iam/UntagPolicy': [SAMPLE],
  },
});

describe('policies of the local account', () => {
  let account: TestAccount;
  let PolicyArn = '';
  let policyId = '';
  beforeAll(async () => {
    account = await testAccount();
    const iam = account.aws()(IAMClient);
    const created = new CreatePolicyCommand({
      PolicyName: 'reports',
      Path: '/web/',
      PolicyDocument: documentOf('s3:Get*'),
      Tags: [{ Key: 'team', Value: 'web' }],
    });
    const { Policy } = await iam.send(created);
    PolicyArn = Policy?.Arn ?? '';
    policyId = Policy?.PolicyId ?? '';
    for (const action of ['s3:Put*', 's3:List*'])
      await iam.send(
        new CreatePolicyVersionCommand({
          PolicyArn,
          PolicyDocument: documentOf(action),
          SetAsDefault: action === 's3:Put*',
        }),
      );
  });
  const ref = () => {
    const { accountId, region } = account;
    return { resourceType: policy.type, resourceId: PolicyArn, accountId, region };
  };

  test('have a version that holds, and others, the newest first', async () => {
    const { defaultVersion, otherVersions } = policy.facets;
    expect(await defaultVersion.read(account.aws(), ref())).toEqual({
      VersionId: 'v2',
      Document: documentOf('s3:Put*'),
    });
    expect(await otherVersions.read(account.aws(), ref())).toMatchObject([
      { VersionId: 'v3', Document: documentOf('s3:List*') },
      { VersionId: 'v1', Document: documentOf('s3:Get*') },
    ]);
    expect(await policy.ownership?.read(account.aws(), ref())).toEqual({ tags: { team: 'web' }, service: null });
  });

  test('are read with the actions that are declared', () => expectDeclaredReads(policy, PolicyArn, account));

  test("are found by what AWS Config calls them; AWS's own are nobody's", async () => {
    const named = (resourceId: string, arn: string | null) =>
      policy.identify?.(account.aws(), { ...ref(), resourceId, resourceName: null, arn });
    expect(await named(policyId, PolicyArn)).toBe(PolicyArn);
    expect(await named(policyId, null)).toBe(PolicyArn);
    expect(await named('ANPAEXAMPLEEXAMPLE009', null)).toBeNull();
    expect(await named('ANPAEXAMPLEEXAMPLE009', 'arn:aws:iam::aws:policy/AdministratorAccess')).toBeNull();
    expect(await policy.configIdOf?.(account.aws(), ref())).toBe(policyId);
  });
});
