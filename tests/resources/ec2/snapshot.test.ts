import {
  CreateSnapshotCommand,
  CreateVolumeCommand,
  DeleteSnapshotCommand,
  EC2Client,
  ModifySnapshotAttributeCommand,
} from '@aws-sdk/client-ec2';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type Aws, everyListed } from '../../../shared/resource.ts';
import { snapshot } from '../../../shared/resources/ec2/snapshot.ts';
import { type TestAccount, testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, expectListedAsRead, testResource } from '../../support/test-resource.ts';

const SNAPSHOT = 'snap-0a1b2c3d4e5f60718';

testResource(snapshot, {
  events: {
    'ec2/ModifySnapshotAttribute': [SNAPSHOT],
    'ec2/ResetSnapshotAttribute': [SNAPSHOT],
    'ec2/DeleteSnapshot': [SNAPSHOT],
    'ec2/CreateTags': [SNAPSHOT],
    'ec2/DeleteTags': [SNAPSHOT],
  },
});

describe('snapshots of the local account', () => {
  let account: TestAccount;
  let ec2: EC2Client;
  let volumeId: string;
  beforeAll(async () => {
    account = await testAccount();
    ec2 = account.aws()(EC2Client);
    const made = await ec2.send(new CreateVolumeCommand({ AvailabilityZone: `${account.region}a`, Size: 1 }));
    volumeId = made.VolumeId as string;
  });

  const makeSnapshot = async (shared: { GroupNames?: string[]; UserIds?: string[] }) => {
    const { SnapshotId } = await ec2.send(new CreateSnapshotCommand({ VolumeId: volumeId }));
    const sharing = { SnapshotId, Attribute: 'createVolumePermission', OperationType: 'add', ...shared } as const;
    await ec2.send(new ModifySnapshotAttributeCommand(sharing));
    return SnapshotId as string;
  };
  const read = (resourceId: string) => {
    const { accountId, region } = account;
    const ref = { resourceType: snapshot.type, resourceId, accountId, region };
    return snapshot.facets.createVolumePermission.read(account.aws(), ref);
  };

  test('are read with the actions that are declared, and listed as they are read', async () => {
    const shared = await makeSnapshot({ UserIds: ['222233334444'] });
    const open = await makeSnapshot({ GroupNames: ['all'], UserIds: ['222233334444'] });
    expect(await read(shared)).toEqual({ public: false });
    expect(await read(open)).toEqual({ public: true });
    await expectDeclaredReads(snapshot, open, account);
    await expectListedAsRead(snapshot, account);
  });

  test('one that is gone says so', async () => {
    const gone = await makeSnapshot({});
    await ec2.send(new DeleteSnapshotCommand({ SnapshotId: gone }));
    await expect(read(gone)).rejects.toMatchObject({ name: 'InvalidSnapshot.NotFound' });
  });

  test('a listing reads only those one by one that EC2 lists as public', async () => {
    const aws = (() => ({
      async send({ input }: { input: { RestorableByUserIds?: string[] } }) {
        const open = [{ SnapshotId: 'snap-open' }];
        return { Snapshots: input.RestorableByUserIds?.length ? open : [{ SnapshotId: 'snap-private' }, ...open] };
      },
    })) as unknown as Aws;
    // The SDK's pager insists on a client of its own class.
    const real = ((client: never) => Object.assign(Object.create(EC2Client.prototype), aws(client))) as Aws;
    expect(await Array.fromAsync(everyListed(snapshot.list(real, account)))).toEqual([
      { resourceId: 'snap-private', facets: { createVolumePermission: { public: false } } },
      { resourceId: 'snap-open' },
    ]);
  });
});
