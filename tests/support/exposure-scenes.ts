import { randomUUID } from 'node:crypto';
import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateManagedPrefixListCommand,
  CreateSecurityGroupCommand,
  DescribeSecurityGroupRulesCommand,
  EC2Client,
  type IpPermission,
  type SecurityGroupRule,
  type Tag,
} from '@aws-sdk/client-ec2';
import { sampleEvent, type TestAccount } from './sandbox.ts';
import type { Scene } from './test-on-sandbox.ts';

const GROUP = 'sg-0a1b2c3d4e5f60718';
/** The description of the rules that a control should take away. */
const DRIFT = 'just for today';

/** The rules of a group in a form that compares: without ids, in a fixed order. */
export async function comparableRules(ec2: EC2Client, GroupId: string) {
  const filter = { Filters: [{ Name: 'group-id', Values: [GroupId] }] };
  const { SecurityGroupRules = [] } = await ec2.send(new DescribeSecurityGroupRulesCommand(filter));
  return SecurityGroupRules.map(({ SecurityGroupRuleId: _, SecurityGroupRuleArn: __, ...rule }) => rule).sort((a, b) =>
    JSON.stringify(a).localeCompare(JSON.stringify(b)),
  );
}

class Groups {
  readonly #account: TestAccount;
  readonly ec2: EC2Client;

  constructor(account: TestAccount) {
    this.#account = account;
    this.ec2 = account.aws()(EC2Client);
  }

  async make(GroupName = `web-${randomUUID()}`): Promise<string> {
    const { GroupId } = await this.ec2.send(new CreateSecurityGroupCommand({ GroupName, Description: 'web' }));
    return GroupId as string;
  }

  async makeList(...cidrs: string[]): Promise<string> {
    const { PrefixList } = await this.ec2.send(
      new CreateManagedPrefixListCommand({
        PrefixListName: 'offices',
        AddressFamily: 'IPv4',
        MaxEntries: 5,
        Entries: cidrs.map((Cidr) => ({ Cidr })),
      }),
    );
    return PrefixList?.PrefixListId as string;
  }

  async letIn(GroupId: string, IpPermissions: IpPermission[], Tags: Tag[] = []): Promise<void> {
    const tags = Tags.length > 0 ? { TagSpecifications: [{ ResourceType: 'security-group-rule' as const, Tags }] } : {};
    await this.ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions, ...tags }));
  }

  /** A scene about one group, with a second group beside it. */
  async scene(
    GroupId: string,
    event: (replacements: Record<string, string>) => unknown,
    isDrift = ({ Description }: SecurityGroupRule) => Description === DRIFT,
  ): Promise<Scene> {
    const world = { IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
    await this.ec2.send(
      new AuthorizeSecurityGroupEgressCommand({
        GroupId,
        IpPermissions: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, ...world }],
      }),
    );
    const other = await this.make();
    await this.letIn(other, [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, ...world }]);
    return {
      event: event({ [GROUP]: GroupId, '111122223333': this.#account.accountId }),
      state: () => comparableRules(this.ec2, GroupId),
      neighbours: async () => [
        (await comparableRules(this.ec2, GroupId)).filter((rule) => !isDrift(rule)),
        await comparableRules(this.ec2, other),
      ],
    };
  }
}

const v4 = (CidrIp: string, Description = DRIFT) => ({ CidrIp, Description });
const v6 = (CidrIpv6: string, Description = DRIFT) => ({ CidrIpv6, Description });
const authorized = (replacements: Record<string, string>) =>
  sampleEvent('ec2/AuthorizeSecurityGroupIngress', replacements);

/** Ways in which a TCP port is opened to the world, for a control that closes it again. */
export function exposureScenes(port: number): Record<string, (account: TestAccount) => Promise<Scene>> {
  const tcp = { IpProtocol: 'tcp', FromPort: port, ToPort: port };
  const opened =
    (...permissions: IpPermission[]) =>
    async (account: TestAccount) => {
      const groups = new Groups(account);
      const groupId = await groups.make();
      await groups.letIn(groupId, permissions);
      return groups.scene(groupId, authorized);
    };
  return {
    'two of seven rules of one permission are open': async (account) => {
      const groups = new Groups(account);
      const [groupId, application] = [await groups.make(), await groups.make()];
      const PrefixListId = await groups.makeList('203.0.113.0/24');
      await groups.letIn(groupId, [
        {
          ...tcp,
          IpRanges: [v4('0.0.0.0/0'), v4('203.0.113.0/24', 'office'), v4('10.0.0.0/8', 'home')],
          Ipv6Ranges: [v6('::/0'), v6('2001:db8::/48', 'office')],
          UserIdGroupPairs: [{ GroupId: application, Description: 'application' }],
          PrefixListIds: [{ PrefixListId, Description: 'offices' }],
        },
        { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [v4('0.0.0.0/0', 'public site')] },
        { IpProtocol: 'icmp', FromPort: -1, ToPort: -1, IpRanges: [v4('0.0.0.0/0', 'ping')] },
      ]);
      return groups.scene(groupId, authorized);
    },
    'the open rule has tags and a description': async (account) => {
      const groups = new Groups(account);
      const groupId = await groups.make();
      await groups.letIn(
        groupId,
        [{ ...tcp, IpRanges: [v4('198.51.100.0/24', 'partner')] }],
        [{ Key: 'Owner', Value: 'partner' }],
      );
      await groups.letIn(
        groupId,
        [{ ...tcp, IpRanges: [v4('0.0.0.0/0')] }],
        [
          { Key: 'Owner', Value: 'jo' },
          { Key: 'Ticket', Value: 'OPS-1' },
        ],
      );
      return groups.scene(groupId, authorized);
    },
    'IPv6 alone is open': opened({ ...tcp, Ipv6Ranges: [v6('::/0')], IpRanges: [v4('203.0.113.0/24', 'office')] }),
    'all traffic is let in': opened({ IpProtocol: '-1', IpRanges: [v4('0.0.0.0/0')] }),
    'the range of ports is wide': opened({
      IpProtocol: 'tcp',
      FromPort: 0,
      ToPort: 65535,
      IpRanges: [v4('0.0.0.0/0')],
    }),
    'udp is open': opened({ ...tcp, IpProtocol: 'udp', IpRanges: [v4('0.0.0.0/0')] }),
    'the world is split in two': opened({
      ...tcp,
      IpRanges: [v4('0.0.0.0/1'), v4('128.0.0.0/1'), v4('203.0.113.0/24', 'office')],
    }),
    'a prefix list comes to hold the world': async (account) => {
      const groups = new Groups(account);
      const groupId = await groups.make();
      const [wide, narrow] = [await groups.makeList('10.0.0.0/8', '0.0.0.0/0'), await groups.makeList('10.0.0.0/8')];
      await groups.letIn(groupId, [
        {
          ...tcp,
          PrefixListIds: [
            { PrefixListId: wide, Description: DRIFT },
            { PrefixListId: narrow, Description: 'offices' },
          ],
        },
        { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, PrefixListIds: [{ PrefixListId: wide }] },
      ]);
      const event = () => sampleEvent('ec2/ModifyManagedPrefixList', { 'pl-0a1b2c3d4e5f60718': wide });
      // The local account forgets the descriptions of rules for prefix lists.
      return groups.scene(groupId, event, (rule) => rule.PrefixListId === wide && rule.FromPort === port);
    },
    'the event has only the name of the group': async (account) => {
      const groups = new Groups(account);
      const name = `web-${randomUUID()}`;
      const groupId = await groups.make(name);
      await groups.letIn(groupId, [{ ...tcp, IpRanges: [v4('0.0.0.0/0')] }]);
      return groups.scene(groupId, () =>
        sampleEvent('ec2/AuthorizeSecurityGroupIngress.by-name-only', { '"web"': `"${name}"` }),
      );
    },
    'a rule is widened in place': async (account) => {
      const groups = new Groups(account);
      const groupId = await groups.make();
      await groups.letIn(groupId, [{ ...tcp, IpRanges: [v4('0.0.0.0/0')] }]);
      return groups.scene(groupId, (replacements) => sampleEvent('ec2/ModifySecurityGroupRules.several', replacements));
    },
  };
}
