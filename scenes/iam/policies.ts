import { GetUserPolicyCommand, IAMClient, ListUserPoliciesCommand } from '@aws-sdk/client-iam';
import type { SceneAccount } from '../scene.ts';

/** A policy that allows an action everywhere. */
export const documentOf = (Action: string) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] });

/** The inline policies of a user. */
export async function userPolicies({ aws }: Pick<SceneAccount, 'aws'>, UserName: string) {
  const iam = aws(IAMClient);
  const { PolicyNames = [] } = await iam.send(new ListUserPoliciesCommand({ UserName }));
  const read = PolicyNames.map((PolicyName) => iam.send(new GetUserPolicyCommand({ UserName, PolicyName })));
  return (await Promise.all(read)).map(({ PolicyName, PolicyDocument }) => ({ PolicyName, PolicyDocument }));
}
