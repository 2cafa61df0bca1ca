import {
  CreateSnapshotCommand,
  CreateVolumeCommand,
  DescribeSnapshotAttributeCommand,
  EC2Client,
  ModifySnapshotAttributeCommand,
} from '@aws-sdk/client-ec2';
import control from '../../../shared/controls/ec2/ec2-ebs-snapshot-public-access-prohibited.ts';
import { sampleEvent } from '../../support/sandbox.ts';
import { testControl } from '../../support/test-control.ts';
import { testOnSandbox } from '../../support/test-on-sandbox.ts';

const SNAPSHOT = 'snap-0a1b2c3d4e5f60718';
const closed = { createVolumePermission: { public: false } };
const open = { createVolumePermission: { public: true } };

testControl(control, {
  resourceId: SNAPSHOT,
  compliant: { 'not public': closed },
  nonCompliant: {
    public: {
      given: open,
      plan: [
        [
          'ModifySnapshotAttribute',
          {
            SnapshotId: SNAPSHOT,
            Attribute: 'createVolumePermission',
            OperationType: 'remove',
            GroupNames: ['all'],
          },
        ],
      ],
      after: closed,
      says: 'Everybody can make volumes from the snapshot.',
    },
  },
});

testOnSandbox(control, {
  'a shared snapshot is made public': async ({ aws, region }) => {
    const ec2 = aws()(EC2Client);
    const { VolumeId } = await ec2.send(new CreateVolumeCommand({ AvailabilityZone: `${region}a`, Size: 1 }));
    const makePublic = async () => {
      const { SnapshotId } = await ec2.send(new CreateSnapshotCommand({ VolumeId }));
      const add = { SnapshotId, Attribute: 'createVolumePermission', OperationType: 'add' } as const;
      await ec2.send(new ModifySnapshotAttributeCommand({ ...add, UserIds: ['222233334444'] }));
      await ec2.send(new ModifySnapshotAttributeCommand({ ...add, GroupNames: ['all'] }));
      return SnapshotId as string;
    };
    const permissions = async (SnapshotId: string) => {
      const asked = { SnapshotId, Attribute: 'createVolumePermission' } as const;
      return (await ec2.send(new DescribeSnapshotAttributeCommand(asked))).CreateVolumePermissions ?? [];
    };
    const [own, other] = [await makePublic(), await makePublic()];
    return {
      event: sampleEvent('ec2/ModifySnapshotAttribute', { [SNAPSHOT]: own }),
      state: () => permissions(own),
      neighbours: async () => [
        (await permissions(own)).filter(({ UserId }) => UserId !== undefined),
        await permissions(other),
      ],
    };
  },
});
