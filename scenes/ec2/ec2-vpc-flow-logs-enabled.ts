import {
  CreateFlowLogsCommand,
  CreateVpcCommand,
  DeleteFlowLogsCommand,
  DescribeFlowLogsCommand,
  DescribeVpcsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { freshEvent } from '../fresh-event.ts';
import { createDestination } from '../logs/destination.ts';
import type { Scene, SceneAccount } from '../scene.ts';

const SERVICE = 'vpc-flow-logs.amazonaws.com';

/** Where flow logs are to be delivered. */
async function createFlowLogDestination(account: SceneAccount) {
  const { logGroupName: LogGroupName, roleArn } = await createDestination(account, 'flow-logs', SERVICE);
  return { LogGroupName, DeliverLogsPermissionArn: roleArn };
}

async function createVpc({ aws }: SceneAccount): Promise<string> {
  const { Vpc } = await aws(EC2Client).send(new CreateVpcCommand({ CidrBlock: '10.80.0.0/16' }));
  if (Vpc?.VpcId === undefined) throw new Error('CreateVpc answered without a VPC');
  return Vpc.VpcId;
}

/** Creates a flow log of every VPC that has none, the default one included. */
async function logEveryVpc(account: SceneAccount, destination: object): Promise<void> {
  const ec2 = account.aws(EC2Client);
  const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand({}));
  for (const { VpcId = '' } of Vpcs) {
    if ((await describeFlowLogs(account, VpcId)).length > 0) continue;
    await ec2.send(
      new CreateFlowLogsCommand({
        ResourceIds: [VpcId],
        ResourceType: 'VPC',
        TrafficType: 'ALL',
        MaxAggregationInterval: 60,
        TagSpecifications: [{ ResourceType: 'vpc-flow-log', Tags: [{ Key: 'team', Value: 'network' }] }],
        ...destination,
      }),
    );
  }
}

async function describeFlowLogs({ aws }: SceneAccount, vpc: string) {
  const asked = { Filter: [{ Name: 'resource-id', Values: [vpc] }] };
  const { FlowLogs = [] } = await aws(EC2Client).send(new DescribeFlowLogsCommand(asked));
  return FlowLogs;
}

/** The flow logs of a VPC, without their ids and dates. */
const flowLogsOf = async (account: SceneAccount, vpc: string) =>
  (await describeFlowLogs(account, vpc)).map(({ FlowLogId: _, CreationTime: __, ...flowLog }) => flowLog);

export default {
  title: "A VPC's flow log is deleted",
  expects: { 'ec2-vpc-flow-logs-enabled': 'remediated' },
  async prepare(account) {
    const destination = await createFlowLogDestination(account);
    const [vpc, other] = [await createVpc(account), await createVpc(account)];
    await logEveryVpc(account, destination);
    const [{ FlowLogId: flowLog = '' } = {}] = await describeFlowLogs(account, vpc);
    const created = { 'requestParameters.CreateFlowLogsRequest.ResourceId.content': vpc };
    const deleted = { 'requestParameters.DeleteFlowLogsRequest.FlowLogId.content': flowLog };
    return {
      earlier: [freshEvent('ec2/CreateFlowLogs', account, created)],
      async happen() {
        // The event leads to every VPC: those that came meanwhile are to be compliant too.
        await logEveryVpc(account, destination);
        await account.aws(EC2Client).send(new DeleteFlowLogsCommand({ FlowLogIds: [flowLog] }));
        return { event: freshEvent('ec2/DeleteFlowLogs', account, deleted) };
      },
      state: () => flowLogsOf(account, vpc),
      neighbours: async () => ({ [`flow logs of ${other}`]: await flowLogsOf(account, other) }),
    };
  },
} satisfies Scene;
