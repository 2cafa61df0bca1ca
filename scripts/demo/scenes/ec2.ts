import {
  AttachVolumeCommand,
  CreateSnapshotCommand,
  CreateVolumeCommand,
  DisableEbsEncryptionByDefaultCommand,
  EC2Client,
  EnableEbsEncryptionByDefaultCommand,
  ModifyInstanceMetadataOptionsCommand,
  ModifySnapshotAttributeCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { told } from '../sample.ts';
import type { Account, Scene } from '../scene.ts';

/** An instance that asks for IMDSv2, with an encrypted root volume. */
async function instanceOf({ aws }: Account): Promise<string> {
  const { Instances: [instance] = [] } = await aws(EC2Client).send(
    new RunInstancesCommand({
      ImageId: 'ami-0a1b2c3d4e5f60718',
      InstanceType: 't3.small',
      MinCount: 1,
      MaxCount: 1,
      MetadataOptions: { HttpTokens: 'required', HttpEndpoint: 'enabled', HttpPutResponseHopLimit: 2 },
      BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { VolumeSize: 8, Encrypted: true } }],
    }),
  );
  return instance?.InstanceId ?? '';
}

async function volumeOf({ aws, region }: Account, Encrypted: boolean): Promise<string> {
  const asked = { AvailabilityZone: `${region}a`, Size: 10, Encrypted };
  return (await aws(EC2Client).send(new CreateVolumeCommand(asked))).VolumeId ?? '';
}

/** A snapshot that one other account may use. */
async function sharedSnapshotOf(account: Account): Promise<string> {
  const ec2 = account.aws(EC2Client);
  const VolumeId = await volumeOf(account, true);
  const { SnapshotId } = await ec2.send(new CreateSnapshotCommand({ VolumeId }));
  const UserIds = ['444455556666'];
  const permission = { Attribute: 'createVolumePermission', OperationType: 'add', UserIds } as const;
  await ec2.send(new ModifySnapshotAttributeCommand({ SnapshotId, ...permission }));
  return SnapshotId ?? '';
}

const defaultEncryption: Scene = {
  title: 'EBS encryption by default is turned off',
  expects: { 'ec2-ebs-encryption-by-default-enabled': 'remediated' },
  async prepare(account) {
    const ec2 = account.aws(EC2Client);
    await ec2.send(new EnableEbsEncryptionByDefaultCommand({}));
    return {
      async happen() {
        await ec2.send(new DisableEbsEncryptionByDefaultCommand({}));
        return { event: told('ec2/DisableEbsEncryptionByDefault', account) };
      },
    };
  },
};

const unencryptedVolume: Scene = {
  title: 'A volume that is not encrypted is attached to an instance',
  expects: { 'ec2-ebs-volume-encrypted': 'detected' },
  async prepare(account) {
    const InstanceId = await instanceOf(account);
    const VolumeId = await volumeOf(account, false);
    return {
      async happen() {
        const attachment = { VolumeId, InstanceId, Device: '/dev/sdf' };
        await account.aws(EC2Client).send(new AttachVolumeCommand(attachment));
        const names = { 'requestParameters.volumeId': VolumeId, 'requestParameters.instanceId': InstanceId };
        return { event: told('ec2/AttachVolume', account, names), leaves: [`volume ${VolumeId}`] };
      },
    };
  },
};

const publicSnapshot: Scene = {
  title: 'A snapshot that one account may use is made public',
  expects: { 'ec2-ebs-snapshot-public-access-prohibited': 'remediated' },
  async prepare(account) {
    const [SnapshotId] = [await sharedSnapshotOf(account), await sharedSnapshotOf(account)];
    return {
      async happen() {
        const GroupNames = ['all'];
        const permission = { Attribute: 'createVolumePermission', OperationType: 'add', GroupNames } as const;
        await account.aws(EC2Client).send(new ModifySnapshotAttributeCommand({ SnapshotId, ...permission }));
        return {
          event: told('ec2/ModifySnapshotAttribute', account, { 'requestParameters.snapshotId': SnapshotId }),
        };
      },
    };
  },
};

const requireTokens = ({ aws }: Account, InstanceId: string, HttpTokens: 'required' | 'optional') => {
  const options = { HttpTokens, HttpEndpoint: 'enabled', HttpPutResponseHopLimit: 2 } as const;
  return aws(EC2Client).send(new ModifyInstanceMetadataOptionsCommand({ InstanceId, ...options }));
};

const imds: Scene = {
  title: 'An instance is set back to IMDSv1',
  expects: { 'ec2-instance-imdsv2-required': 'remediated' },
  async prepare(account) {
    const [InstanceId] = [await instanceOf(account), await instanceOf(account)];
    // moto forgets the other options at the first change: so it has been changed before anything is compared.
    await requireTokens(account, InstanceId, 'required');
    return {
      async happen() {
        await requireTokens(account, InstanceId, 'optional');
        const at = 'requestParameters.ModifyInstanceMetadataOptionsRequest.InstanceId';
        return { event: told('ec2/ModifyInstanceMetadataOptions', account, { [at]: InstanceId }) };
      },
    };
  },
};

export const ec2Scenes: readonly Scene[] = [unencryptedVolume, defaultEncryption, publicSnapshot, imds];
