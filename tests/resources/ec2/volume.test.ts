import {
  AttachVolumeCommand,
  CreateVolumeCommand,
  DeleteVolumeCommand,
  DescribeVolumesCommand,
  EC2Client,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { volume } from '../../../shared/resources/ec2/volume.ts';
import { sampleEvent } from '../../support/samples.ts';
import { type TestAccount, testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, expectListedAsRead, idsFrom, testResource } from '../../support/test-resource.ts';

const VOLUME = 'vol-0a1b2c3d4e5f60718';

testResource(volume, {
  events: {
    'ec2/CreateBackupSelection': ['vol-0a1b2c3d4e5f60718'],
    'ec2/BackupJobStateChange': ['vol-0a1b2c3d4e5f60718'],
    'ec2/BackupJobStateChange.running': [],
    'ec2/CreateVolume': [VOLUME],
    'ec2/AttachVolume': [VOLUME],
    'ec2/DetachVolume': [VOLUME],
    'ec2/DeleteVolume': [VOLUME],
    'ec2/CreateTags': [VOLUME],
    'ec2/DeleteTags': [VOLUME],
    'ec2/EBSVolumeNotification': [VOLUME],
    'ec2/EBSVolumeNotification.attach': [VOLUME],
    'ec2/EC2InstanceState-changeNotification.terminated': [],
  },
  lookups: [
    'RunInstances',
    'BidFulfilledEvent',
    'CreateReplaceRootVolumeTask',
    'DeleteBackupSelection',
    'DeleteBackupPlan',
  ],
});

describe('volumes of the local account', () => {
  let account: TestAccount;
  let ec2: EC2Client;
  beforeAll(async () => {
    account = await testAccount();
    ec2 = account.aws()(EC2Client);
  });

  const launch = async (count: number) => {
    const asked = { ImageId: 'ami-0a1b2c3d4e5f60718', MinCount: count, MaxCount: count };
    const { Instances = [] } = await ec2.send(new RunInstancesCommand(asked));
    return Instances.map(({ InstanceId }) => InstanceId as string);
  };
  const makeVolume = async (Encrypted: boolean) => {
    const made = await ec2.send(
      new CreateVolumeCommand({ AvailabilityZone: `${account.region}a`, Size: 1, Encrypted }),
    );
    return made.VolumeId as string;
  };
  const read = (resourceId: string) => {
    const { accountId, region } = account;
    return volume.facets.volume.read(account.aws(), { resourceType: volume.type, resourceId, accountId, region });
  };

  test('are read with the actions that are declared, and listed as they are read', async () => {
    const [instanceId = ''] = await launch(1);
    const [loose, attached] = [await makeVolume(true), await makeVolume(false)];
    await ec2.send(new AttachVolumeCommand({ VolumeId: attached, InstanceId: instanceId, Device: '/dev/sdf' }));
    expect(await read(loose)).toEqual({ state: 'available', encrypted: true, attachedTo: [] });
    expect(await read(attached)).toEqual({ state: 'in-use', encrypted: false, attachedTo: [instanceId] });
    await expectDeclaredReads(volume, loose, account);
    await expectListedAsRead(volume, account);
  });

  test('one that is gone says so', async () => {
    const gone = await makeVolume(false);
    await ec2.send(new DeleteVolumeCommand({ VolumeId: gone }));
    await expect(read(gone)).rejects.toMatchObject({ name: 'InvalidVolume.NotFound' });
  });

  test('RunInstances leads to the volumes of every instance, and to no others', async () => {
    await launch(1);
    const [first = '', second = ''] = await launch(2);
    const { Volumes = [] } = await ec2.send(
      new DescribeVolumesCommand({ Filters: [{ Name: 'attachment.instance-id', Values: [first, second] }] }),
    );
    const event = sampleEvent('ec2/RunInstances', { 'i-0a1b2c3d4e5f60718': first, 'i-0b2c3d4e5f6a70819': second });
    const found = await idsFrom(volume, event, account);
    expect(found).toHaveLength(2);
    expect(found).toEqual(Volumes.map(({ VolumeId }) => VolumeId));
  });

  test.each(['BidFulfilledEvent', 'CreateReplaceRootVolumeTask', 'EC2InstanceState-changeNotification'])(
    '%s leads to the volumes of its instance',
    async (name) => {
      const [instanceId = ''] = await launch(1);
      const attached = await makeVolume(false);
      await ec2.send(new AttachVolumeCommand({ VolumeId: attached, InstanceId: instanceId, Device: '/dev/sdf' }));
      const event = sampleEvent(`ec2/${name}`, { 'i-0a1b2c3d4e5f60718': instanceId });
      const found = await idsFrom(volume, event, account);
      expect(found).toHaveLength(2);
      expect(found).toContain(attached);
    },
  );
});
