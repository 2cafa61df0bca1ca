import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  AttachNetworkInterfaceCommand,
  CreateNetworkInterfaceCommand,
  EC2Client,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { instance } from '../../../shared/resources/ec2/instance.ts';
import { sampleEvent } from '../../support/samples.ts';
import { type TestAccount, testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, expectListedAsRead, idsFrom, testResource } from '../../support/test-resource.ts';

const [FIRST, SECOND] = ['i-0a1b2c3d4e5f60718', 'i-0b2c3d4e5f6a70819'];

testResource(instance, {
  events: {
    'ec2/RunInstances': [FIRST, SECOND],
    'ec2/StartInstances': [FIRST],
    'ec2/TerminateInstances': [FIRST, SECOND],
    'ec2/ModifyInstanceMetadataOptions': [FIRST],
    'ec2/BidFulfilledEvent': [FIRST],
    'ec2/AttachNetworkInterface': [FIRST],
    'ec2/AssociateAddress': [FIRST],
    'ec2/AssociateIamInstanceProfile': [FIRST],
    'ec2/ReplaceIamInstanceProfileAssociation': [FIRST],
    'ec2/DisassociateIamInstanceProfile': [FIRST],
    'ec2/CreateTags': [FIRST],
    'ec2/DeleteTags': [FIRST],
    'ec2/EC2InstanceState-changeNotification': [FIRST],
    'ec2/EC2InstanceState-changeNotification.terminated': [FIRST],
  },
  lookups: ['ModifyNetworkInterfaceAttribute'],
});

describe('instances of the local account', () => {
  let account: TestAccount;
  let ec2: EC2Client;
  beforeAll(async () => {
    account = await testAccount();
    ec2 = account.aws()(EC2Client);
  });
  const read = (resourceId: string) => {
    const { accountId, region } = account;
    return instance.facets.instance.read(account.aws(), { resourceType: instance.type, resourceId, accountId, region });
  };

  test('are read with the actions that are declared, listed as they are read, and without their user data', async () => {
    const secret = 'export TOKEN=not-for-the-ledger';
    const { Instances = [] } = await ec2.send(
      new RunInstancesCommand({
        ImageId: 'ami-0a1b2c3d4e5f60718',
        MinCount: 2,
        MaxCount: 2,
        UserData: Buffer.from(secret).toString('base64'),
        MetadataOptions: { HttpTokens: 'optional', HttpPutResponseHopLimit: 1, HttpEndpoint: 'enabled' },
      }),
    );
    const [id = ''] = Instances.map(({ InstanceId }) => InstanceId as string);
    const state = await read(id);
    expect(Object.keys(state)).toEqual(['state', 'metadataOptions']);
    expect(state).toMatchObject({
      state: 'running',
      metadataOptions: { HttpTokens: 'optional', HttpPutResponseHopLimit: 1, HttpEndpoint: 'enabled' },
    });
    await expectDeclaredReads(instance, id, account);
    await expectListedAsRead(instance, account);
  });

  test('have the public addresses of all their network interfaces, and a call that names an interface leads to its instance', async () => {
    const launch = { ImageId: 'ami-0a1b2c3d4e5f60718', MinCount: 1, MaxCount: 1 };
    const { Instances: [made] = [] } = await ec2.send(new RunInstancesCommand(launch));
    const { accountId, region } = account;
    const ref = { resourceType: instance.type, resourceId: made?.InstanceId ?? '', accountId, region };
    const read = () => instance.facets.publicAddresses.read(account.aws(), ref);
    const { AllocationId, PublicIp = '' } = await ec2.send(new AllocateAddressCommand({ Domain: 'vpc' }));
    const [own] = await read();
    const SubnetId = made?.SubnetId;
    const { NetworkInterface } = await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId }));
    const NetworkInterfaceId = NetworkInterface?.NetworkInterfaceId ?? '';
    const attach = { NetworkInterfaceId, InstanceId: ref.resourceId, DeviceIndex: 1 };
    await ec2.send(new AttachNetworkInterfaceCommand(attach));
    await ec2.send(new AssociateAddressCommand({ AllocationId, NetworkInterfaceId }));
    expect(await read()).toEqual([own, PublicIp].sort());
    const text = JSON.stringify(sampleEvent('ec2/ModifyNetworkInterfaceAttribute'));
    const event = JSON.parse(text.replaceAll('eni-0a1b2c3d4e5f60718', NetworkInterfaceId));
    expect(await idsFrom(instance, event, account)).toEqual([ref.resourceId]);
    expect(await idsFrom(instance, JSON.parse(text), account)).toEqual([]);
  });

  test('one that is gone says so', async () => {
    await expect(read('i-0123456789abcdef0')).rejects.toMatchObject({ name: 'InvalidInstanceID.NotFound' });
  });
});
