import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateGroupCommand,
  CreateLoginProfileCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  CreateUserCommand,
  GetAccountPasswordPolicyCommand,
  GetAccountSummaryCommand,
  GetPolicyCommand,
  IAMClient,
  ListAccessKeysCommand,
  ListAttachedUserPoliciesCommand,
  ListGroupPoliciesCommand,
  ListRolePoliciesCommand,
  ListUserPoliciesCommand,
  PutRolePolicyCommand,
  UpdateAccountPasswordPolicyCommand,
} from '@aws-sdk/client-iam';
import { DAY_MS } from '../../../shared/time.ts';
import type { Stage } from './stage.ts';

/** The event's user and a neighbour, each with a key that has grown too old by the time anybody looks. */
export const keyGrownOld: Stage = async ({ aws }, { record }) => {
  const iam = aws()(IAMClient);
  const { userName } = record.requestParameters;
  const names = [userName, 'neighbour'];
  for (const UserName of names) {
    await iam.send(new CreateUserCommand({ UserName }));
    await iam.send(new CreateAccessKeyCommand({ UserName }));
  }
  const statusOf = async (UserName: string) => {
    const { AccessKeyMetadata = [] } = await iam.send(new ListAccessKeysCommand({ UserName }));
    return AccessKeyMetadata.map(({ Status }) => Status);
  };
  return {
    renamed: {},
    state: () => Promise.all(names.map(statusOf)),
    right: [['Inactive'], ['Active']],
    later: 91 * DAY_MS,
  };
};

/** The account has the weakest policy that IAM takes, or none. */
export const passwordPolicyWeak: Stage = async ({ aws }, { record }) => {
  const iam = aws()(IAMClient);
  if (record.eventName === 'UpdateAccountPasswordPolicy') await iam.send(new UpdateAccountPasswordPolicyCommand({}));
  return {
    renamed: {},
    async state() {
      const { PasswordPolicy } = await iam.send(new GetAccountPasswordPolicyCommand({})).catch(() => ({}) as never);
      return { length: PasswordPolicy?.MinimumPasswordLength, age: PasswordPolicy?.MaxPasswordAge };
    },
    right: { length: 14, age: 90 },
  };
};

const documentOf = (Action: string) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] });

/** The event's user and a neighbour, each with the policy attached; the local account has none of AWS's own. */
export const policyAttachedToUser: Stage = async ({ aws }, { record }) => {
  const iam = aws()(IAMClient);
  const { userName, policyArn } = record.requestParameters;
  const created = { PolicyName: 'AdministratorAccess', PolicyDocument: documentOf('*') };
  const { Policy } = await iam.send(new CreatePolicyCommand(created));
  const PolicyArn = Policy?.Arn ?? '';
  const names = [userName, 'neighbour'];
  for (const UserName of names) {
    await iam.send(new CreateUserCommand({ UserName }));
    await iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn }));
  }
  const attachedTo = async (UserName: string) => {
    const { AttachedPolicies = [] } = await iam.send(new ListAttachedUserPoliciesCommand({ UserName }));
    return AttachedPolicies.length;
  };
  return { renamed: { [policyArn]: PolicyArn }, state: () => Promise.all(names.map(attachedTo)), right: [0, 1] };
};

/** The event's policy, whose version of now allows everything and whose first one reads. */
export const policyAllowsAll: Stage = async ({ aws }, { record }) => {
  const iam = aws()(IAMClient);
  const { PolicyArn, reading } = await readingPolicy(iam);
  const SetAsDefault = record.eventName !== 'CreatePolicy';
  await iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: documentOf('*'), SetAsDefault }));
  return {
    renamed: { [record.requestParameters.policyArn ?? record.responseElements.policy.arn]: PolicyArn },
    state: async () => (await iam.send(new GetPolicyCommand({ PolicyArn }))).Policy?.DefaultVersionId,
    right: reading,
  };
};

async function readingPolicy(iam: IAMClient) {
  const created = new CreatePolicyCommand({ PolicyName: 'reports', PolicyDocument: documentOf('s3:Get*') });
  const { Policy } = await iam.send(created);
  return { PolicyArn: Policy?.Arn ?? '', reading: Policy?.DefaultVersionId };
}

/** The event's group, without policies: nothing to remediate. */
export const groupCreated: Stage = async ({ aws }, { record }) => {
  const iam = aws()(IAMClient);
  const { groupName: GroupName } = record.requestParameters;
  await iam.send(new CreateGroupCommand({ GroupName }));
  const state = async () => (await iam.send(new ListGroupPoliciesCommand({ GroupName }))).PolicyNames;
  return { renamed: {}, state, right: [] };
};

/** The event's role, an administrator by an inline policy: what a role may do is left to a person. */
export const roleEmpowered: Stage = async ({ aws }, { record }) => {
  const iam = aws()(IAMClient);
  const { roleName: RoleName } = record.requestParameters;
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [] });
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'all', PolicyDocument: documentOf('*') }));
  const state = async () => (await iam.send(new ListRolePoliciesCommand({ RoleName }))).PolicyNames;
  return { renamed: {}, state, right: ['all'] };
};

/** The root user without a device of its own, which a person alone can change. */
export const rootWithoutDevice: Stage = async ({ aws }) => {
  const state = async () =>
    (await aws()(IAMClient).send(new GetAccountSummaryCommand({}))).SummaryMap?.AccountMFAEnabled;
  return { renamed: {}, state, right: 0 };
};

/** The event's user and a neighbour, each with a password and without MFA. */
export const passwordWithoutMfa: Stage = async ({ aws }, { record }) => {
  const iam = aws()(IAMClient);
  const names = [record.requestParameters?.userName ?? record.userIdentity.userName, 'neighbour'];
  for (const UserName of names) {
    await iam.send(new CreateUserCommand({ UserName }));
    await iam.send(new CreateLoginProfileCommand({ UserName, Password: 'correct horse battery' }));
  }
  const policiesOf = async (UserName: string) =>
    (await iam.send(new ListUserPoliciesCommand({ UserName }))).PolicyNames;
  return { renamed: {}, state: () => Promise.all(names.map(policiesOf)), right: [['EvenkeelRequireMFA'], []] };
};
