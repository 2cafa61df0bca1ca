import { AttachVolumeCommand, EC2Client } from '@aws-sdk/client-ec2';
import { freshEvent } from '../fresh-event.ts';
import type { Scene } from '../scene.ts';
import { createVolume, describeInstance, describeVolume, launchInstance } from './instance.ts';

export default {
  title: 'A volume that is not encrypted is attached to an instance',
  expects: { 'ec2-ebs-volume-encrypted': 'detected' },
  async prepare(account) {
    const InstanceId = await launchInstance(account);
    const VolumeId = await createVolume(account, { encrypted: false });
    const other = await createVolume(account, { encrypted: true });
    return {
      state: () => describeVolume(account, VolumeId),
      neighbours: async () => ({
        [`instance ${InstanceId}`]: await describeInstance(account, InstanceId),
        [`volume ${other}`]: await describeVolume(account, other),
      }),
      async happen() {
        await account.aws(EC2Client).send(new AttachVolumeCommand({ VolumeId, InstanceId, Device: '/dev/sdf' }));
        const names = { 'requestParameters.volumeId': VolumeId, 'requestParameters.instanceId': InstanceId };
        return { event: freshEvent('ec2/AttachVolume', account, names) };
      },
    };
  },
} satisfies Scene;
