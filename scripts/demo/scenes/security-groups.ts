import {
  AuthorizeSecurityGroupIngressCommand,
  CreateManagedPrefixListCommand,
  CreateSecurityGroupCommand,
  EC2Client,
  type IpPermission,
  ModifyManagedPrefixListCommand,
} from '@aws-sdk/client-ec2';
import { told } from '../sample.ts';
import type { Account, Scene } from '../scene.ts';

const EVERYWHERE = '0.0.0.0/0';
const port = (number: number) => ({ IpProtocol: 'tcp', FromPort: number, ToPort: number });
const from = (CidrIp: string, Description: string): Partial<IpPermission> => ({ IpRanges: [{ CidrIp, Description }] });
const https = { ...port(443), ...from(EVERYWHERE, 'the public site') };

/** A security group of the default VPC. */
async function groupOf({ aws }: Account, GroupName: string, IpPermissions: IpPermission[]): Promise<string> {
  const made = await aws(EC2Client).send(new CreateSecurityGroupCommand({ GroupName, Description: GroupName }));
  const GroupId = made.GroupId ?? '';
  if (IpPermissions.length > 0)
    await aws(EC2Client).send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
  return GroupId;
}

/** Adds a permission to a group, and gives the id of its (first) rule. */
export async function letIn({ aws }: Account, GroupId: string, permission: IpPermission): Promise<string> {
  const asked = { GroupId, IpPermissions: [permission] };
  const { SecurityGroupRules } = await aws(EC2Client).send(new AuthorizeSecurityGroupIngressCommand(asked));
  return SecurityGroupRules?.[0]?.SecurityGroupRuleId ?? '';
}

const ingressAllowed = (account: Account, groupId: string) =>
  told('ec2/AuthorizeSecurityGroupIngress', account, { 'requestParameters.groupId': groupId });

const bothPortControls = {
  'ec2-security-group-admin-ports-restricted': 'remediated',
  'ec2-security-group-high-risk-ports-restricted': 'remediated',
} as const;

const ssh: Scene = {
  title: "SSH is opened to the world, in the same permission as the office's range",
  expects: bothPortControls,
  async prepare(account) {
    const group = await groupOf(account, 'bastion', [{ ...port(22), ...from('203.0.113.0/24', 'the office') }, https]);
    return {
      async happen() {
        await letIn(account, group, { ...port(22), ...from(EVERYWHERE, 'just for today') });
        return { event: ingressAllowed(account, group) };
      },
    };
  },
};

const rdp: Scene = {
  title: 'RDP is opened to the world in two halves, 0.0.0.0/1 and 128.0.0.0/1',
  expects: bothPortControls,
  async prepare(account) {
    const group = await groupOf(account, 'windows', [{ ...port(3389), ...from('198.51.100.0/24', 'the vendor') }]);
    return {
      async happen() {
        const IpRanges = [{ CidrIp: '0.0.0.0/1' }, { CidrIp: '128.0.0.0/1' }];
        await letIn(account, group, { ...port(3389), IpRanges });
        return { event: ingressAllowed(account, group) };
      },
    };
  },
};

const prefixList: Scene = {
  title: 'A prefix list gains 0.0.0.0/0, and a group lets that list in by SSH',
  expects: bothPortControls,
  async prepare(account) {
    const ec2 = account.aws(EC2Client);
    const { PrefixList } = await ec2.send(
      new CreateManagedPrefixListCommand({
        PrefixListName: 'offices',
        AddressFamily: 'IPv4',
        MaxEntries: 10,
        Entries: [{ Cidr: '203.0.113.0/24', Description: 'the office' }],
      }),
    );
    const PrefixListId = PrefixList?.PrefixListId ?? '';
    const group = await groupOf(account, 'jump-host', [https]);
    const rule = await letIn(account, group, { ...port(22), PrefixListIds: [{ PrefixListId }] });
    await groupOf(account, 'intranet', [{ ...port(443), PrefixListIds: [{ PrefixListId }] }]);
    return {
      async happen() {
        const AddEntries = [{ Cidr: EVERYWHERE, Description: 'for the migration' }];
        const CurrentVersion = PrefixList?.Version;
        await ec2.send(new ModifyManagedPrefixListCommand({ PrefixListId, CurrentVersion, AddEntries }));
        const at = 'requestParameters.ModifyManagedPrefixListRequest.PrefixListId';
        return {
          event: told('ec2/ModifyManagedPrefixList', account, { [at]: PrefixListId }),
          leaves: [`prefix list ${PrefixListId} ${EVERYWHERE}`, `rule ${group} ${rule}`],
        };
      },
    };
  },
};

const postgres: Scene = {
  title: 'Postgres is opened to all of IPv6',
  expects: { 'ec2-security-group-high-risk-ports-restricted': 'remediated' },
  async prepare(account) {
    const application = await groupOf(account, 'application', [https]);
    const fromApplication = [{ GroupId: application, Description: 'the application' }];
    const group = await groupOf(account, 'database', [{ ...port(5432), UserIdGroupPairs: fromApplication }]);
    return {
      async happen() {
        await letIn(account, group, { ...port(5432), Ipv6Ranges: [{ CidrIpv6: '::/0' }] });
        return { event: ingressAllowed(account, group) };
      },
    };
  },
};

const everything: Scene = {
  title: 'All traffic is let in from everywhere, by a call that names the group and gives no id',
  expects: bothPortControls,
  async prepare(account) {
    const GroupName = 'legacy-import';
    await groupOf(account, GroupName, [{ ...port(8443), ...from('192.0.2.0/24', 'the importer') }]);
    return {
      async happen() {
        const IpPermissions = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: EVERYWHERE }] }];
        await account.aws(EC2Client).send(new AuthorizeSecurityGroupIngressCommand({ GroupName, IpPermissions }));
        const names = { 'requestParameters.groupName': GroupName };
        return { event: told('ec2/AuthorizeSecurityGroupIngress.by-name-only', account, names) };
      },
    };
  },
};

export const securityGroupScenes: readonly Scene[] = [ssh, rdp, prefixList, postgres, everything];
