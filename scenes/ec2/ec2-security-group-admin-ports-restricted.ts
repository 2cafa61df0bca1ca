import {
  AuthorizeSecurityGroupIngressCommand,
  CreateManagedPrefixListCommand,
  EC2Client,
  GetManagedPrefixListEntriesCommand,
  ModifyManagedPrefixListCommand,
} from '@aws-sdk/client-ec2';
import { freshEvent } from '../fresh-event.ts';
import type { Scene, SceneAccount } from '../scene.ts';
import { allowIngress, createGroup, EVERYWHERE, from, HTTPS, ingressEvent, tcp, watchGroup } from './security-group.ts';

/** Creates a prefix list that holds the office's range. */
async function createPrefixList({ aws, name }: SceneAccount) {
  const command = new CreateManagedPrefixListCommand({
    PrefixListName: name('offices'),
    AddressFamily: 'IPv4',
    MaxEntries: 10,
    Entries: [{ Cidr: '203.0.113.0/24', Description: 'the office' }],
  });
  const { PrefixList } = await aws(EC2Client).send(command);
  return { id: PrefixList?.PrefixListId ?? '', version: PrefixList?.Version };
}

export default {
  title: "SSH is opened to the world, in the same permission as the office's ranges",
  expects: { 'ec2-security-group-admin-ports-restricted': 'remediated' },
  async prepare(account) {
    const application = await createGroup(account, account.name('application'), [HTTPS]);
    const { id: PrefixListId } = await createPrefixList(account);
    const group = await createGroup(account, account.name('bastion'), [
      tcp(22, {
        ...from('203.0.113.0/24', 'the office'),
        Ipv6Ranges: [{ CidrIpv6: '2001:db8::/48', Description: 'the office' }],
        UserIdGroupPairs: [{ GroupId: application, Description: 'the application' }],
        PrefixListIds: [{ PrefixListId, Description: 'the offices' }],
      }),
      HTTPS,
    ]);
    return {
      ...(await watchGroup(account, group, { others: [application] })),
      async happen() {
        const tags = [
          { Key: 'Owner', Value: 'jo' },
          { Key: 'Ticket', Value: 'OPS-1' },
        ];
        await allowIngress(account, group, [tcp(22, from(EVERYWHERE, 'just for today'))], tags);
        return { event: ingressEvent(account, group) };
      },
    };
  },
} satisfies Scene;

const rdpInHalves: Scene = {
  title: 'RDP is opened to the world in two halves, 0.0.0.0/1 and 128.0.0.0/1',
  expects: { 'ec2-security-group-admin-ports-restricted': 'remediated' },
  async prepare(account) {
    const group = await createGroup(account, account.name('windows'), [
      tcp(3389, from('198.51.100.0/24', 'the vendor')),
    ]);
    return {
      ...(await watchGroup(account, group)),
      async happen() {
        const IpRanges = [{ CidrIp: '0.0.0.0/1' }, { CidrIp: '128.0.0.0/1' }];
        await allowIngress(account, group, [tcp(3389, { IpRanges })]);
        return { event: ingressEvent(account, group) };
      },
    };
  },
};

const prefixListWidened: Scene = {
  title: 'A prefix list gains 0.0.0.0/0, and a group lets that list in by SSH',
  expects: { 'ec2-security-group-admin-ports-restricted': 'remediated' },
  leaves: 'the rule that lets the list in is gone; the list is not touched',
  async prepare(account) {
    const ec2 = account.aws(EC2Client);
    const { id: PrefixListId, version: CurrentVersion } = await createPrefixList(account);
    const ofList = { PrefixListIds: [{ PrefixListId }] };
    const group = await createGroup(account, account.name('jump-host'), [HTTPS]);
    const drifting = await allowIngress(account, group, [tcp(22, ofList)]);
    const intranet = await createGroup(account, account.name('intranet'), [tcp(443, ofList)]);
    const { state, neighbours } = await watchGroup(account, group, { others: [intranet], drifting });
    const entries = async () => {
      const { Entries = [] } = await ec2.send(new GetManagedPrefixListEntriesCommand({ PrefixListId }));
      const before = Entries.filter(({ Cidr }) => Cidr !== EVERYWHERE);
      return Object.fromEntries(before.map((entry) => [`entry ${entry.Cidr} of ${PrefixListId}`, entry]));
    };
    return {
      state,
      neighbours: async () => ({ ...(await neighbours()), ...(await entries()) }),
      async happen() {
        const AddEntries = [{ Cidr: EVERYWHERE, Description: 'for the migration' }];
        await ec2.send(new ModifyManagedPrefixListCommand({ PrefixListId, CurrentVersion, AddEntries }));
        const at = 'requestParameters.ModifyManagedPrefixListRequest.PrefixListId';
        return { event: freshEvent('ec2/ModifyManagedPrefixList', account, { [at]: PrefixListId }) };
      },
    };
  },
};

const allTrafficByName: Scene = {
  title: 'All traffic is let in from everywhere, by a call that names the group and gives no id',
  expects: {
    'ec2-security-group-admin-ports-restricted': 'remediated',
    'ec2-security-group-high-risk-ports-restricted': 'remediated',
  },
  async prepare(account) {
    const GroupName = account.name('legacy-import');
    const group = await createGroup(account, GroupName, [tcp(8443, from('192.0.2.0/24', 'the importer'))]);
    return {
      ...(await watchGroup(account, group)),
      async happen() {
        const IpPermissions = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: EVERYWHERE }] }];
        await account.aws(EC2Client).send(new AuthorizeSecurityGroupIngressCommand({ GroupName, IpPermissions }));
        const names = { 'requestParameters.groupName': GroupName };
        return { event: freshEvent('ec2/AuthorizeSecurityGroupIngress.by-name-only', account, names) };
      },
    };
  },
};

export const more: readonly Scene[] = [rdpInHalves, prefixListWidened, allTrafficByName];
