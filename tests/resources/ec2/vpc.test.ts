import {
  CreateFlowLogsCommand,
  CreateVpcCommand,
  DeleteFlowLogsCommand,
  DeleteVpcCommand,
  DescribeVpcsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { expect, test } from '@jest/globals';
import { vpc } from '../../../shared/resources/ec2/vpc.ts';
import { REGION, sampleEvent } from '../../support/samples.ts';
import { testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, expectListedAsRead, idsFrom, testResource } from '../../support/test-resource.ts';

const VPC = 'vpc-0a9b8c7d6e5f40312';

testResource(vpc, {
  events: {
    'ec2/CreateVpc': [VPC],
    'ec2/CreateDefaultVpc': ['vpc-0b9c8d7e6f5a40312'],
    'ec2/DeleteVpc': [VPC],
    'ec2/RunInstances': [VPC],
    'ec2/CreateTags': [VPC],
    'ec2/DeleteTags': [VPC],
    'ec2/CreateFlowLogs': [VPC],
    'ec2/CreateFlowLogs.several': [VPC, 'vpc-0b9c8d7e6f5a40312'],
    'ec2/CreateFlowLogs.subnet': [],
  },
  lookups: ['DeleteFlowLogs'],
});

test('a VPC is read with its flow logs, and a deleted flow log leads to every VPC', async () => {
  const account = await testAccount();
  const ec2 = account.aws()(EC2Client);
  const Bucket = `flow-logs-${account.accountId}`;
  const CreateBucketConfiguration = { LocationConstraint: REGION as 'eu-west-1' };
  await account.aws()(S3Client).send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
  const { Vpc: { VpcId: resourceId = '' } = {} } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  const ref = { resourceType: vpc.type, resourceId, accountId: account.accountId, region: account.region };
  const { vpc: settings, flowLogs, use } = vpc.facets;
  expect(await settings.read(account.aws(), ref)).toEqual({ ownerId: account.accountId, isDefault: false });
  expect(await flowLogs.read(account.aws(), ref)).toEqual([]);
  // Only of a default VPC it is asked whether anything uses it.
  expect(await use.read(account.aws(), ref)).toBeNull();
  await expectDeclaredReads(vpc, resourceId, account, ['ec2:DescribeNetworkInterfaces']);

  const { FlowLogIds = [] } = await ec2.send(
    new CreateFlowLogsCommand({
      ResourceIds: [resourceId],
      ResourceType: 'VPC',
      TrafficType: 'REJECT',
      LogDestinationType: 's3',
      LogDestination: `arn:aws:s3:::${Bucket}`,
    }),
  );
  expect(await flowLogs.read(account.aws(), ref)).toMatchObject([
    { FlowLogId: FlowLogIds[0], ResourceId: resourceId, FlowLogStatus: 'ACTIVE', TrafficType: 'REJECT' },
  ]);
  await expectListedAsRead(vpc, account);
  const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand({}));
  const everyVpc = Vpcs.map(({ VpcId }) => VpcId);
  expect(await idsFrom(vpc, sampleEvent('ec2/DeleteFlowLogs'), account)).toEqual(everyVpc);

  await ec2.send(new DeleteFlowLogsCommand({ FlowLogIds }));
  await ec2.send(new DeleteVpcCommand({ VpcId: resourceId }));
  for (const facet of Object.values(vpc.facets))
    await expect(facet.read(account.aws(), ref)).rejects.toMatchObject({ name: 'InvalidVpcID.NotFound' });
});
