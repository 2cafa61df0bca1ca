import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  EC2Client,
  type IpPermission,
  paginateDescribeSecurityGroupRules,
  type SecurityGroupRule,
  type Tag,
} from '@aws-sdk/client-ec2';
import type { JsonObject } from '../../shared/event.ts';
import { freshEvent } from '../fresh-event.ts';
import type { SceneAccount, Snapshot } from '../scene.ts';

export const EVERYWHERE = '0.0.0.0/0';

/** A TCP port, open to whom the rest says. */
export const tcp = (port: number, rest: Partial<IpPermission>): IpPermission => ({
  IpProtocol: 'tcp',
  FromPort: port,
  ToPort: port,
  ...rest,
});

export const from = (CidrIp: string, Description: string): Partial<IpPermission> => ({
  IpRanges: [{ CidrIp, Description }],
});

/** The web to everybody: what is open to the world and may be. */
export const HTTPS = tcp(443, from(EVERYWHERE, 'the public site'));

/** Creates a security group, in the default VPC unless said, and gives its id. */
export async function createGroup(
  account: Pick<SceneAccount, 'aws'>,
  GroupName: string,
  permissions: readonly IpPermission[] = [],
  VpcId?: string,
): Promise<string> {
  const command = new CreateSecurityGroupCommand({ GroupName, Description: GroupName, VpcId });
  const { GroupId = '' } = await account.aws(EC2Client).send(command);
  if (permissions.length > 0) await allowIngress(account, GroupId, permissions);
  return GroupId;
}

/** Adds permissions to a group, all their rules with these tags, and gives the ids of the rules. */
export async function allowIngress(
  { aws }: Pick<SceneAccount, 'aws'>,
  GroupId: string,
  permissions: readonly IpPermission[],
  Tags: Tag[] = [],
): Promise<readonly string[]> {
  const TagSpecifications = Tags.length > 0 ? [{ ResourceType: 'security-group-rule' as const, Tags }] : undefined;
  const command = new AuthorizeSecurityGroupIngressCommand({
    GroupId,
    IpPermissions: [...permissions],
    TagSpecifications,
  });
  const { SecurityGroupRules = [] } = await aws(EC2Client).send(command);
  return SecurityGroupRules.map(({ SecurityGroupRuleId = '' }) => SecurityGroupRuleId);
}

/** The event by which somebody changed what a group lets in. */
export const ingressEvent = (account: SceneAccount, groupId: string): JsonObject =>
  freshEvent('ec2/AuthorizeSecurityGroupIngress', account, { 'requestParameters.groupId': groupId });

async function rulesOf({ aws }: SceneAccount, ...groupIds: string[]): Promise<readonly SecurityGroupRule[]> {
  const Filters = [{ Name: 'group-id', Values: groupIds }];
  const pages = paginateDescribeSecurityGroupRules({ client: aws(EC2Client) }, { Filters });
  return (await Array.fromAsync(pages)).flatMap(({ SecurityGroupRules = [] }) => SecurityGroupRules);
}

/** Everything of a rule but its id, which changes where it is made again. */
const comparable = ({ SecurityGroupRuleId: _, SecurityGroupRuleArn: __, ...rule }: SecurityGroupRule) => rule;

/** A group that drifts: its rules are the state; the rules that it has now, but for those that are to go, and those of other groups are the neighbours. */
export async function watchGroup(
  account: SceneAccount,
  groupId: string,
  { others = [], drifting = [] }: { readonly others?: readonly string[]; readonly drifting?: readonly string[] } = {},
) {
  const kept = new Set((await rulesOf(account, groupId)).map(({ SecurityGroupRuleId }) => SecurityGroupRuleId));
  for (const rule of drifting) kept.delete(rule);
  return {
    state: async () =>
      (await rulesOf(account, groupId))
        .map(comparable)
        .sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b))),
    neighbours: async (): Promise<Snapshot> =>
      Object.fromEntries(
        (await rulesOf(account, groupId, ...others))
          .filter((rule) => rule.GroupId !== groupId || kept.has(rule.SecurityGroupRuleId))
          .map((rule) => [`rule ${rule.SecurityGroupRuleId} of ${rule.GroupId}`, rule]),
      ),
  };
}
