import { CreateNetworkAclCommand, CreateVpcCommand, EC2Client } from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { networkAcl } from '../../../shared/resources/ec2/network-acl.ts';
import { sampleEvent } from '../../support/samples.ts';
import { testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, expectListedAsRead, idsFrom, testResource } from '../../support/test-resource.ts';

const ACL = 'acl-0a1b2c3d4e5f60718';

testResource(networkAcl, {
  events: {
    'ec2/CreateNetworkAclEntry': [ACL],
    'ec2/ReplaceNetworkAclEntry': [ACL],
    'ec2/DeleteNetworkAclEntry': [ACL],
    'ec2/CreateNetworkAcl': [ACL],
    'ec2/DeleteNetworkAcl': [ACL],
    'ec2/ReplaceNetworkAclAssociation': [ACL],
    'ec2/CreateTags': [ACL],
    'ec2/DeleteTags': [ACL],
  },
  lookups: ['CreateVpc', 'CreateDefaultVpc'],
});

test('a network ACL is read and listed, a new VPC leads to its default one, and one that another account shares is foreign', async () => {
  const account = await testAccount();
  const ec2 = account.aws()(EC2Client);
  const { Vpc: { VpcId = '' } = {} } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  const { NetworkAcl } = await ec2.send(new CreateNetworkAclCommand({ VpcId }));
  const resourceId = NetworkAcl?.NetworkAclId ?? '';
  const ref = { resourceType: networkAcl.type, resourceId, accountId: account.accountId, region: account.region };
  const read = (one = ref) => networkAcl.facets.networkAcl.read(account.aws(), one);
  expect(await read()).toMatchObject({ isDefault: false, entries: expect.any(Array) });
  await expectDeclaredReads(networkAcl, resourceId, account);
  await expectListedAsRead(networkAcl, account);

  const text = JSON.stringify(sampleEvent('ec2/CreateVpc')).replaceAll('vpc-0a9b8c7d6e5f40312', VpcId);
  const found = await idsFrom(networkAcl, JSON.parse(text), account);
  const isDefault = async (id: string) => (await read({ ...ref, resourceId: id })).isDefault;
  expect(found).toContain(resourceId);
  expect(await Promise.all(found.map(isDefault))).toContain(true);

  await expect(read({ ...ref, accountId: '444455556666' })).rejects.toMatchObject({ name: 'Foreign' });
});
