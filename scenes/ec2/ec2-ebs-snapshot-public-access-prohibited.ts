import {
  CreateSnapshotCommand,
  DescribeSnapshotAttributeCommand,
  EC2Client,
  ModifySnapshotAttributeCommand,
} from '@aws-sdk/client-ec2';
import { freshEvent } from '../fresh-event.ts';
import type { Scene, SceneAccount } from '../scene.ts';
import { createVolume } from './instance.ts';

const Attribute = 'createVolumePermission';

/** Creates a snapshot that one other account may use. */
async function createSharedSnapshot(account: SceneAccount): Promise<string> {
  const ec2 = account.aws(EC2Client);
  const VolumeId = await createVolume(account, { encrypted: true });
  const { SnapshotId = '' } = await ec2.send(new CreateSnapshotCommand({ VolumeId }));
  const command = new ModifySnapshotAttributeCommand({
    SnapshotId,
    Attribute,
    OperationType: 'add',
    UserIds: ['444455556666'],
  });
  await ec2.send(command);
  return SnapshotId;
}

export default {
  title: 'A snapshot that one account may use is made public',
  expects: { 'ec2-ebs-snapshot-public-access-prohibited': 'remediated' },
  async prepare(account) {
    const ec2 = account.aws(EC2Client);
    const SnapshotId = await createSharedSnapshot(account);
    const other = await createSharedSnapshot(account);
    const permissions = async (id: string) => {
      const { CreateVolumePermissions = [] } = await ec2.send(
        new DescribeSnapshotAttributeCommand({ SnapshotId: id, Attribute }),
      );
      return CreateVolumePermissions;
    };
    return {
      state: () => permissions(SnapshotId),
      neighbours: async () => ({
        [`accounts that share ${SnapshotId}`]: (await permissions(SnapshotId)).filter(({ UserId }) => UserId),
        [`permissions of ${other}`]: await permissions(other),
      }),
      async happen() {
        const command = new ModifySnapshotAttributeCommand({
          SnapshotId,
          Attribute,
          OperationType: 'add',
          GroupNames: ['all'],
        });
        await ec2.send(command);
        const names = { 'requestParameters.snapshotId': SnapshotId };
        return { event: freshEvent('ec2/ModifySnapshotAttribute', account, names) };
      },
    };
  },
} satisfies Scene;
