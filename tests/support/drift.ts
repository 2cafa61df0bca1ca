import { DescribeSecurityGroupRulesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { allowIngress, createGroup, EVERYWHERE, tcp } from '../../scenes/ec2/security-group.ts';
import type { Aws } from '../../shared/resource.ts';
import { SAMPLE_ACCOUNT, sampleEvent } from './samples.ts';
import type { TestAccount } from './sandbox.ts';

/** The controls that a change of a security group's ingress can affect, in the order of their lines. */
export const INGRESS_CONTROLS = [
  'ec2-security-group-admin-ports-restricted',
  'ec2-default-security-group-closed',
  'ec2-security-group-high-risk-ports-restricted',
  'ec2-security-group-open-ports-authorized',
] as const;
export const ADMIN_PORTS = INGRESS_CONTROLS[0];

const SAMPLE_GROUP = 'sg-0a1b2c3d4e5f60718';
const SAMPLE_ID = '5c1f2ad0-3b4e-4f6a-8d1c-0a1b2c3d4e01';

const range = (CidrIp: string) => ({ IpRanges: [{ CidrIp }] });

/** A security group with SSH open to the world and a neighbour that must stay. */
export const openGroup = ({ aws }: TestAccount, name: string): Promise<string> =>
  createGroup({ aws: aws() }, name, [tcp(22, range(EVERYWHERE)), tcp(443, range('10.0.0.0/8'))]);

/** Opens SSH to the world, or another port to an address range. */
export async function open(
  { aws }: Pick<TestAccount, 'aws'>,
  groupId: string,
  port = 22,
  cidr = EVERYWHERE,
): Promise<void> {
  await allowIngress({ aws: aws() }, groupId, [tcp(port, range(cidr))]);
}

/** The event by which EventBridge reports it. */
export const openedEvent = (
  { accountId }: Pick<TestAccount, 'accountId'>,
  groupId: string,
  id: string,
): Record<string, unknown> =>
  sampleEvent('ec2/AuthorizeSecurityGroupIngress', {
    [SAMPLE_GROUP]: groupId,
    [SAMPLE_ID]: id,
    [SAMPLE_ACCOUNT]: accountId,
  });

/** Puts an event on the default bus of a region, as AWS would; it goes on by the rules that are deployed there. */
export async function putEvent(aws: Aws, event: object): Promise<void> {
  const { source, 'detail-type': DetailType, detail } = event as Readonly<Record<string, string>>;
  const Entries = [{ Source: source, DetailType, Detail: JSON.stringify(detail) }];
  await aws(EventBridgeClient).send(new PutEventsCommand({ Entries }));
}

/** The ingress of groups, in a form that compares. */
export async function ingressOf({ aws }: TestAccount, groupIds: readonly string[]): Promise<readonly string[]> {
  const query = { Filters: [{ Name: 'group-id', Values: [...groupIds] }] };
  const { SecurityGroupRules = [] } = await aws()(EC2Client).send(new DescribeSecurityGroupRulesCommand(query));
  return SecurityGroupRules.filter(({ IsEgress }) => !IsEgress)
    .map(({ GroupId, IpProtocol, FromPort, CidrIpv4 }) => `${GroupId} ${IpProtocol} ${FromPort} ${CidrIpv4}`)
    .sort();
}
