import {
  AttachUserPolicyCommand,
  DeleteUserPolicyCommand,
  DetachUserPolicyCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { onResources } from '../../resource.ts';
import { step, stepBuilder, undoneBy } from '../../step.ts';
import type { AttachedPolicy, InlinePolicy } from './identity-policies.ts';

const USERS = 'arn:${AWS::Partition}:iam::${AWS::AccountId}:user/*';
const NOT_THERE = ['NoSuchEntityException', 'NoSuchEntity'];

export const detach = stepBuilder(
  onResources(USERS, 'iam:DetachUserPolicy'),
  (UserName: string, { PolicyArn }: AttachedPolicy) => {
    const elements = [`policy ${PolicyArn}`];
    const input = { UserName, PolicyArn };
    const undo = () => [step(IAMClient, AttachUserPolicyCommand, input, { elements })];
    return step(IAMClient, DetachUserPolicyCommand, input, { elements, satisfiedBy: NOT_THERE, undo });
  },
);

export const deleteInline = stepBuilder(
  onResources(USERS, 'iam:DeleteUserPolicy'),
  (UserName: string, policy: InlinePolicy) => {
    const { PolicyName } = policy;
    const elements = [`inline policy ${PolicyName}`];
    const undo = () => [step(IAMClient, PutUserPolicyCommand, { UserName, ...policy }, { elements })];
    return step(
      IAMClient,
      DeleteUserPolicyCommand,
      { UserName, PolicyName },
      { elements, satisfiedBy: NOT_THERE, undo },
    );
  },
);

/** The calls that give a user back the policies that it lost. */
export const policiesRestored = [
  undoneBy(IAMClient, AttachUserPolicyCommand, ({ resourceId: UserName }) => ({ UserName }), ['PolicyArn'], {
    permissions: onResources(USERS, 'iam:AttachUserPolicy'),
  }),
  undoneBy(
    IAMClient,
    PutUserPolicyCommand,
    ({ resourceId: UserName }) => ({ UserName }),
    ['PolicyName', 'PolicyDocument'],
    { permissions: onResources(USERS, 'iam:PutUserPolicy') },
  ),
];
