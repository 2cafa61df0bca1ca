import {
  GetGroupPolicyCommand,
  GetRolePolicyCommand,
  GetUserPolicyCommand,
  IAMClient,
  paginateListAttachedGroupPolicies,
  paginateListAttachedRolePolicies,
  paginateListAttachedUserPolicies,
  paginateListGroupPolicies,
  paginateListRolePolicies,
  paginateListUserPolicies,
} from '@aws-sdk/client-iam';
import type { Aws } from '../../resource.ts';
import { carried } from '../answer.ts';
import { decodedPolicy } from './policy-document.ts';

/** A managed policy, AWS's or the customer's, that is attached to a user, a group or a role. */
export interface AttachedPolicy {
  readonly PolicyName: string;
  readonly PolicyArn: string;
}

/** A policy that is a part of a user, a group or a role; the text as it stands. */
export interface InlinePolicy {
  readonly PolicyName: string;
  readonly PolicyDocument: string;
}

/** The policies of one kind of principal. */
interface PolicyReader {
  attached(aws: Aws, name: string): Promise<readonly AttachedPolicy[]>;
  inline(aws: Aws, name: string): Promise<readonly InlinePolicy[]>;
}

interface AttachedPage {
  readonly AttachedPolicies?: readonly { readonly PolicyName?: string; readonly PolicyArn?: string }[] | undefined;
}

async function attachedIn(operation: string, pages: AsyncIterable<AttachedPage>): Promise<readonly AttachedPolicy[]> {
  const found: AttachedPolicy[] = [];
  for await (const { AttachedPolicies } of pages)
    for (const { PolicyName, PolicyArn } of carried(operation, 'AttachedPolicies', AttachedPolicies))
      found.push({
        PolicyName: carried(operation, 'PolicyName', PolicyName),
        PolicyArn: carried(operation, 'PolicyArn', PolicyArn),
      });
  return found.toSorted((a, b) => a.PolicyArn.localeCompare(b.PolicyArn));
}

interface InlinePage {
  readonly PolicyNames?: readonly string[] | undefined;
}

async function inlineIn(
  operation: string,
  pages: AsyncIterable<InlinePage>,
  read: (PolicyName: string) => Promise<{ readonly PolicyDocument?: string | undefined }>,
): Promise<readonly InlinePolicy[]> {
  const names: string[] = [];
  for await (const { PolicyNames } of pages) names.push(...carried(operation, 'PolicyNames', PolicyNames));
  const found: InlinePolicy[] = [];
  for (const PolicyName of names.toSorted()) {
    const { PolicyDocument } = await read(PolicyName);
    const text = decodedPolicy(carried('GetPolicy', 'PolicyDocument', PolicyDocument));
    found.push({ PolicyName, PolicyDocument: text });
  }
  return found;
}

export const userPolicies: PolicyReader = {
  attached: (aws, UserName) =>
    attachedIn('ListAttachedUserPolicies', paginateListAttachedUserPolicies({ client: aws(IAMClient) }, { UserName })),
  inline: (aws, UserName) =>
    inlineIn('ListUserPolicies', paginateListUserPolicies({ client: aws(IAMClient) }, { UserName }), (PolicyName) =>
      aws(IAMClient).send(new GetUserPolicyCommand({ UserName, PolicyName })),
    ),
};

export const groupPolicies: PolicyReader = {
  attached: (aws, GroupName) =>
    attachedIn(
      'ListAttachedGroupPolicies',
      paginateListAttachedGroupPolicies({ client: aws(IAMClient) }, { GroupName }),
    ),
  inline: (aws, GroupName) =>
    inlineIn('ListGroupPolicies', paginateListGroupPolicies({ client: aws(IAMClient) }, { GroupName }), (PolicyName) =>
      aws(IAMClient).send(new GetGroupPolicyCommand({ GroupName, PolicyName })),
    ),
};

export const rolePolicies: PolicyReader = {
  attached: (aws, RoleName) =>
    attachedIn('ListAttachedRolePolicies', paginateListAttachedRolePolicies({ client: aws(IAMClient) }, { RoleName })),
  inline: (aws, RoleName) =>
    inlineIn('ListRolePolicies', paginateListRolePolicies({ client: aws(IAMClient) }, { RoleName }), (PolicyName) =>
      aws(IAMClient).send(new GetRolePolicyCommand({ RoleName, PolicyName })),
    ),
};
