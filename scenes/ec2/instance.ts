import {
  CreateVolumeCommand,
  DescribeInstancesCommand,
  DescribeVolumesCommand,
  EC2Client,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import type { SceneAccount } from '../scene.ts';

/** Launches an instance that asks for IMDSv2, with an encrypted root volume, in the default VPC unless said, and gives its id. */
export async function launchInstance({ aws }: Pick<SceneAccount, 'aws'>, SubnetId?: string): Promise<string> {
  const command = new RunInstancesCommand({
    ImageId: 'ami-0a1b2c3d4e5f60718',
    InstanceType: 't3.small',
    MinCount: 1,
    MaxCount: 1,
    SubnetId,
    MetadataOptions: { HttpTokens: 'required', HttpEndpoint: 'enabled', HttpPutResponseHopLimit: 2 },
    BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { VolumeSize: 8, Encrypted: true } }],
  });
  const { Instances: [instance] = [] } = await aws(EC2Client).send(command);
  return instance?.InstanceId ?? '';
}

/** State and metadata options of an instance. */
export async function describeInstance({ aws }: SceneAccount, InstanceId: string) {
  const { Reservations = [] } = await aws(EC2Client).send(new DescribeInstancesCommand({ InstanceIds: [InstanceId] }));
  const [found] = Reservations.flatMap(({ Instances = [] }) => Instances);
  return { state: found?.State?.Name, ...found?.MetadataOptions };
}

/** Creates a volume that nothing is attached to, and gives its id. */
export async function createVolume(
  { aws, region }: Pick<SceneAccount, 'aws' | 'region'>,
  { encrypted }: { encrypted: boolean },
) {
  const command = new CreateVolumeCommand({ AvailabilityZone: `${region}a`, Size: 10, Encrypted: encrypted });
  return (await aws(EC2Client).send(command)).VolumeId ?? '';
}

export async function describeVolume({ aws }: SceneAccount, VolumeId: string) {
  const { Volumes = [] } = await aws(EC2Client).send(new DescribeVolumesCommand({ VolumeIds: [VolumeId] }));
  return Volumes[0];
}
