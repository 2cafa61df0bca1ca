import {
  CreateNetworkAclCommand,
  CreateNetworkAclEntryCommand,
  CreateVpcCommand,
  DescribeNetworkAclsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { freshEvent } from '../fresh-event.ts';
import type { Scene, SceneAccount } from '../scene.ts';

const ID = 'ec2-network-acl-admin-ports-restricted';
const WORLD = '0.0.0.0/0';

/** Creates a network ACL that lets the web in, and SSH from an office. */
async function createAcl({ aws }: SceneAccount, VpcId: string) {
  const ec2 = aws(EC2Client);
  const { NetworkAcl } = await ec2.send(new CreateNetworkAclCommand({ VpcId }));
  const id = NetworkAcl?.NetworkAclId ?? '';
  await allow(ec2, id, 100, 443, WORLD);
  await allow(ec2, id, 110, 22, '203.0.113.0/24');
  return id;
}

const allow = (ec2: EC2Client, NetworkAclId: string, RuleNumber: number, port: number | null, CidrBlock: string) =>
  ec2.send(
    new CreateNetworkAclEntryCommand({
      NetworkAclId,
      RuleNumber,
      CidrBlock,
      ...(port === null ? { Protocol: '-1' } : { Protocol: '6', PortRange: { From: port, To: port } }),
      RuleAction: 'allow',
      Egress: false,
    }),
  );

async function entriesOf({ aws }: SceneAccount, id: string) {
  const { NetworkAcls = [] } = await aws(EC2Client).send(new DescribeNetworkAclsCommand({ NetworkAclIds: [id] }));
  return NetworkAcls[0]?.Entries?.toSorted((a, b) => (a.RuleNumber ?? 0) - (b.RuleNumber ?? 0));
}

async function prepare(account: SceneAccount, CidrBlock: string, port: number | null) {
  const ec2 = account.aws(EC2Client);
  const { Vpc: { VpcId = '' } = {} } = await ec2.send(new CreateVpcCommand({ CidrBlock }));
  const [acl, other] = [await createAcl(account, VpcId), await createAcl(account, VpcId)];
  return {
    state: () => entriesOf(account, acl),
    neighbours: async () => ({ [`network ACL ${other}`]: await entriesOf(account, other) }),
    async happen() {
      await allow(ec2, acl, 90, port, WORLD);
      return { event: freshEvent('ec2/CreateNetworkAclEntry', account, { 'requestParameters.networkAclId': acl }) };
    },
  };
}

export default {
  title: 'A network ACL begins to let SSH in from anywhere',
  expects: { [ID]: 'remediated' },
  prepare: (account) => prepare(account, '10.72.0.0/16', 22),
} satisfies Scene;

/** A deny in front of it cuts off the network itself too, so that it has to be asked for. */
const everything: Scene = {
  title: 'A network ACL begins to let everything in',
  expects: { [ID]: 'remediated' },
  parameters: () => ({ denyInFront: true }),
  leaves: 'the entry that lets everything in, behind those that deny the ports',
  prepare: (account) => prepare(account, '10.73.0.0/16', null),
};

export const more: readonly Scene[] = [everything];
