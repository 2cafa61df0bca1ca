import {
  DescribeNetworkInterfacesCommand,
  DescribeVpcsCommand,
  EC2Client,
  type FlowLog,
  paginateDescribeFlowLogs,
  paginateDescribeVpcs,
  type Vpc,
} from '@aws-sdk/client-ec2';
import { carried, sole } from '../../aws/answer.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { PAGE } from '../../aws/ec2/describe.ts';
import { ec2Ownership, tagCalls } from '../../aws/ec2/tags.ts';
import { pagesOf } from '../../aws/pages.ts';
import { type CallRecord, strings } from '../../event.ts';
import { type Aws, call, defineResource, onEverything, partitionOf, type ResourceRef } from '../../resource.ts';
import ec2 from './service.ts';

const EVERY = ['vpc', 'flowLogs', 'use'] as const;

const describeVpcs = onEverything('ec2:DescribeVpcs');
const describeFlowLogs = onEverything('ec2:DescribeFlowLogs');

const vpcOf = ({ OwnerId, IsDefault = false }: Vpc) => ({ ownerId: OwnerId ?? null, isDefault: IsDefault });

/** A flow log without its date. */
const flowLogOf = ({ CreationTime: _, ...flowLog }: FlowLog) => flowLog;

async function readVpc(aws: Aws, { resourceId }: ResourceRef) {
  const { Vpcs } = await aws(EC2Client).send(new DescribeVpcsCommand({ VpcIds: [resourceId] }));
  return vpcOf(sole('EC2', Vpcs, 'VpcId', resourceId));
}

/** The flow logs of a VPC; without one, of everything in the region. */
async function describeAll(aws: Aws, vpcId?: string): Promise<FlowLog[]> {
  const found: FlowLog[] = [];
  const asked = vpcId === undefined ? {} : { Filter: [{ Name: 'resource-id', Values: [vpcId] }] };
  for await (const page of paginateDescribeFlowLogs({ client: aws(EC2Client) }, { MaxResults: PAGE, ...asked }))
    found.push(...carried('DescribeFlowLogs', 'flowLogSet', page.FlowLogs));
  return found;
}

async function readFlowLogs(aws: Aws, ref: ResourceRef) {
  const found = await describeAll(aws, ref.resourceId);
  // A filter finds nothing of a VPC that is gone, just as of one without flow logs; this call throws where it is gone.
  if (found.length === 0) await readVpc(aws, ref);
  return found.map(flowLogOf);
}

/** Whether a default VPC has a network interface: asked of no other. */
async function readUse(aws: Aws, ref: ResourceRef): Promise<'used' | 'unused' | null> {
  const { isDefault } = await readVpc(aws, ref);
  if (!isDefault) return null;
  const Filters = [{ Name: 'vpc-id', Values: [ref.resourceId] }];
  const { NetworkInterfaces } = await aws(EC2Client).send(
    new DescribeNetworkInterfacesCommand({ Filters, MaxResults: 5 }),
  );
  return carried('DescribeNetworkInterfaces', 'networkInterfaceSet', NetworkInterfaces).length > 0 ? 'used' : 'unused';
}

const created = (wrapped: CallRecord) => strings(wrapped.response, 'vpc.vpcId');

/** A flow log may also be one of a subnet, a network interface or a gateway. */
const loggedVpcs = ({ request }: CallRecord) => strings(request, 'ResourceId').filter((id) => id.startsWith('vpc-'));
const noVpc = async () => [];

/** The call that deletes flow logs names nothing but these, and they are gone by then: every VPC may have lost one. */
async function everyVpc(aws: Aws) {
  const found: string[] = [];
  for await (const { Vpcs } of paginateDescribeVpcs({ client: aws(EC2Client) }, { MaxResults: PAGE }))
    found.push(...carried('DescribeVpcs', 'vpcSet', Vpcs).flatMap(({ VpcId }) => VpcId ?? []));
  return found;
}

async function* listVpcs(aws: Aws, from?: string) {
  const flowLogs = Map.groupBy(await describeAll(aws), ({ ResourceId }) => ResourceId);
  yield* pagesOf(
    paginateDescribeVpcs({ client: aws(EC2Client), startingToken: from }, { MaxResults: PAGE }),
    ({ NextToken }) => NextToken,
    ({ Vpcs }) =>
      carried('DescribeVpcs', 'vpcSet', Vpcs).flatMap((found) =>
        found.VpcId === undefined
          ? []
          : [
              {
                resourceId: found.VpcId,
                facets: { vpc: vpcOf(found), flowLogs: (flowLogs.get(found.VpcId) ?? []).map(flowLogOf) },
              },
            ],
      ),
  );
}

/** A VPC, also one that another account shares: whose it is, and its flow logs, and whether a default one is used. */
export const vpc = defineResource({
  service: ec2,
  type: 'AWS::EC2::VPC',
  triggers: [
    call('ec2.amazonaws.com', ['CreateVpc', 'CreateDefaultVpc'], { ids: created, facets: EVERY }),
    call('ec2.amazonaws.com', 'DeleteVpc', {
      ids: ({ request }) => strings(request, 'vpcId'),
      facets: EVERY,
    }),
    call('ec2.amazonaws.com', 'CreateFlowLogs', { ids: loggedVpcs, find: noVpc, facets: ['flowLogs'] }),
    call('ec2.amazonaws.com', 'DeleteFlowLogs', { find: everyVpc, grants: describeVpcs, facets: ['flowLogs'] }),
    tagCalls('vpc-', EVERY),
    call('ec2.amazonaws.com', 'RunInstances', {
      ids: ({ response }) => strings(response, 'instancesSet.items.vpcId'),
      find: noVpc,
      facets: ['use'],
    }),
  ],
  gone: ['InvalidVpcID.NotFound', 'InvalidVpcID.Malformed'],
  facets: {
    vpc: { grants: describeVpcs, read: readVpc },
    flowLogs: { grants: { ...describeFlowLogs, ...describeVpcs }, read: readFlowLogs },
    use: { grants: { ...describeVpcs, ...onEverything('ec2:DescribeNetworkInterfaces') }, read: readUse },
  },
  grants: { ...describeVpcs, ...describeFlowLogs },
  volatile: ['DeliverLogsStatus', 'DeliverLogsErrorMessage'],
  ownership: ec2Ownership,
  arn: ({ resourceId, region, accountId }) => `arn:${partitionOf(region)}:ec2:${region}:${accountId}:vpc/${resourceId}`,
  consoleUrl: ({ resourceId, region }) => consoleUrl(region, `vpcconsole/home#VpcDetails:VpcId=${resourceId}`),
  list: (aws, _account, from) => listVpcs(aws, from),
});
