import { CreateVpcCommand, DeleteSubnetCommand, DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { createSubnet } from '../../../scenes/ec2/subnet.ts';
import { subnet } from '../../../shared/resources/ec2/subnet.ts';
import { sampleEvent } from '../../support/samples.ts';
import { testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, expectListedAsRead, idsFrom, testResource } from '../../support/test-resource.ts';

const SUBNET = 'subnet-0a1b2c3d4e5f60718';

testResource(subnet, {
  events: {
    'ec2/CreateSubnet': [SUBNET],
    'ec2/CreateDefaultSubnet': ['subnet-0b2c3d4e5f6a70819'],
    'ec2/ModifySubnetAttribute': [SUBNET],
    'ec2/DeleteSubnet': [SUBNET],
    'ec2/CreateTags': [SUBNET],
    'ec2/DeleteTags': [SUBNET],
  },
  lookups: ['CreateDefaultVpc'],
});

test('a subnet is read and listed, a new default VPC leads to its subnets, and one that another account shares is foreign', async () => {
  const account = await testAccount();
  const ec2 = account.aws()(EC2Client);
  const { Vpc: { VpcId = '' } = {} } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  const resourceId = await createSubnet({ aws: account.aws() }, VpcId, '10.0.1.0/24');
  const ref = { resourceType: subnet.type, resourceId, accountId: account.accountId, region: account.region };
  const read = (one = ref) => subnet.facets.subnet.read(account.aws(), one);
  expect(await read()).toEqual({
    mapPublicIpOnLaunch: false,
    assignIpv6AddressOnCreation: false,
    ipv6Native: false,
  });
  await expectDeclaredReads(subnet, resourceId, account);
  await expectListedAsRead(subnet, account);

  const { Vpcs: [defaultVpc] = [] } = await ec2.send(
    new DescribeVpcsCommand({ Filters: [{ Name: 'is-default', Values: ['true'] }] }),
  );
  const text = JSON.stringify(sampleEvent('ec2/CreateDefaultVpc'));
  const event = JSON.parse(text.replaceAll('vpc-0b9c8d7e6f5a40312', defaultVpc?.VpcId ?? ''));
  const found = await idsFrom(subnet, event, account);
  expect(found.length).toBeGreaterThan(1);
  for (const id of found) expect(await read({ ...ref, resourceId: id })).toMatchObject({ mapPublicIpOnLaunch: true });

  await expect(read({ ...ref, accountId: '444455556666' })).rejects.toMatchObject({ name: 'Foreign' });
  await ec2.send(new DeleteSubnetCommand({ SubnetId: resourceId }));
  await expect(read()).rejects.toMatchObject({ name: 'InvalidSubnetID.NotFound' });
});
