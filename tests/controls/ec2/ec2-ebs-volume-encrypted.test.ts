import {
  AttachVolumeCommand,
  CreateVolumeCommand,
  DescribeVolumesCommand,
  EC2Client,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import control from '../../../shared/controls/ec2/ec2-ebs-volume-encrypted.ts';
import { sampleEvent, type TestAccount } from '../../support/sandbox.ts';
import { testControl } from '../../support/test-control.ts';
import { testOnSandbox } from '../../support/test-on-sandbox.ts';

const VOLUME = 'vol-0a1b2c3d4e5f60718';
const given = (
  state: 'available' | 'creating' | 'deleting' | 'in-use',
  encrypted: boolean,
  ...attachedTo: string[]
) => ({
  volume: { state, encrypted, attachedTo },
});

testControl(control, {
  resourceId: VOLUME,
  compliant: {
    'attached and encrypted': given('in-use', true, 'i-1'),
    'loose and encrypted': given('available', true),
  },
  notApplicable: {
    'loose and not encrypted': given('available', false),
    'being made': given('creating', false),
    'being deleted': given('deleting', false),
  },
  nonCompliant: {
    attached: {
      given: given('in-use', false, 'i-1'),
      plan: [],
      says: 'Not encrypted: attached to i-1.',
      same: { 'attached to another': given('in-use', false, 'i-2') },
    },
    'attached to several': {
      given: given('in-use', false, 'i-1', 'i-2'),
      plan: [],
      says: 'Not encrypted: attached to i-1, i-2.',
    },
    'attached, though its state lags behind': { given: given('available', false, 'i-1'), plan: [], says: 'i-1' },
    'in use, by what we are not told': { given: given('in-use', false), plan: [], says: 'In use, not encrypted.' },
  },
});

async function makeAccount({ aws, region }: TestAccount) {
  const ec2 = aws()(EC2Client);
  const launch = { ImageId: 'ami-0a1b2c3d4e5f60718', MinCount: 1, MaxCount: 1 };
  const { Instances = [] } = await ec2.send(new RunInstancesCommand(launch));
  const made = await ec2.send(new CreateVolumeCommand({ AvailabilityZone: `${region}a`, Size: 1 }));
  const volumes = async () => (await ec2.send(new DescribeVolumesCommand({}))).Volumes;
  return {
    ec2,
    instanceId: Instances[0]?.InstanceId as string,
    loose: made.VolumeId as string,
    scene: { state: volumes, neighbours: volumes, outcome: 'detected' as const },
  };
}

testOnSandbox(control, {
  'a volume is attached': async (account) => {
    const { ec2, instanceId, loose, scene } = await makeAccount(account);
    await ec2.send(new AttachVolumeCommand({ VolumeId: loose, InstanceId: instanceId, Device: '/dev/sdf' }));
    return { event: sampleEvent('ec2/AttachVolume', { [VOLUME]: loose }), ...scene };
  },
  'an instance is launched': async (account) => {
    const { instanceId, scene } = await makeAccount(account);
    const ids = { 'i-0a1b2c3d4e5f60718': instanceId, 'i-0b2c3d4e5f6a70819': instanceId };
    return { event: sampleEvent('ec2/RunInstances', ids), ...scene };
  },
});
