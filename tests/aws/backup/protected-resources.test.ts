import { BackupClient, StartBackupJobCommand, UpdateRegionSettingsCommand } from '@aws-sdk/client-backup';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { AttachVolumeCommand, CreateVolumeCommand, EC2Client } from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { launchInstance } from '../../../scenes/ec2/instance.ts';
import { isOptedIn, lastBackups } from '../../../shared/aws/backup/protected-resources.ts';
import { awsClients } from '../../../shared/aws/clients.ts';
import control from '../../../shared/controls/dynamodb/backup-dynamodb-table-protected.ts';
import { SweepPass } from '../../../shared/engine/sweep/pass.ts';
import { volume } from '../../../shared/resources/ec2/volume.ts';
import { Deadline, delays } from '../../../shared/retry.ts';
import { systemClock } from '../../../shared/time.ts';
import { wireTo } from '../../support/aws-proxy.ts';
import { testEngine } from '../../support/engine.ts';
import { type TestAccount, testAccount } from '../../support/sandbox.ts';
import { sceneAccount } from '../../support/test-scene.ts';

const wire = await wireTo(process.env.EVENKEEL_TEST_ENDPOINT ?? '');
const LISTING = 'GET /resources';

const backUp = (account: TestAccount, ResourceArn: string) => {
  const job = { BackupVaultName: 'daily', IamRoleArn: `arn:aws:iam::${account.accountId}:role/backup`, ResourceArn };
  return account.aws()(BackupClient).send(new StartBackupJobCommand(job));
};

async function createTable({ accountId, region, aws }: TestAccount, TableName: string): Promise<string> {
  await aws()(DynamoDBClient).send(
    new CreateTableCommand({
      TableName,
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  return `arn:aws:dynamodb:${region}:${accountId}:table/${TableName}`;
}

test('a sweep lists what is backed up once, however many resources there are', async () => {
  const account = await testAccount();
  const { accountId, region } = account;
  for (const name of ['orders', 'carts', 'prices']) await backUp(account, await createTable(account, name));
  await createTable(account, 'sessions');
  process.env.AWS_ENDPOINT_URL = wire.endpoint;
  wire.take();
  const handedOver: string[] = [];
  const pass = new SweepPass(testEngine(awsClients(), 'detect', { parameters: { graceDays: 0 } }), {
    scope: { service: 'dynamodb', accountId, region },
    controls: [control],
    home: region,
    pace: { deadline: new Deadline(systemClock, Number.POSITIVE_INFINITY), backoff: delays() },
    refusalOf: () => null,
    sink: {
      reconcile: async (subjects) => void handedOver.push(...subjects.map(({ ref }) => ref.resourceId)),
    },
  });
  expect(await pass.run()).toBeNull();
  expect(handedOver).toEqual(['sessions']);
  expect(wire.take().filter((call) => call.startsWith(LISTING))).toHaveLength(1);
});

test('all pages are read, and an answer without its list is none', async () => {
  const account = await testAccount();
  await backUp(account, await createTable(account, 'orders'));
  process.env.AWS_ENDPOINT_URL = wire.endpoint;
  const aws = awsClients()(account.region);
  const further = { ResourceArn: 'arn:aws:ec2:eu-west-1:111122223333:volume/vol-1', LastBackupTime: 1.5e9 };
  const first = (body: string) => JSON.stringify({ ...JSON.parse(body), NextToken: 'more' });
  const second = () => JSON.stringify({ Results: [further] });
  wire.alter([
    { call: LISTING, times: 1, change: first },
    { call: LISTING, change: second },
  ]);
  const found = await lastBackups(aws);
  expect(found.size).toBe(2);
  expect(found.get(further.ResourceArn)).toBe('2017-07-14T02:40:00.000Z');
  wire.alter([{ call: LISTING, change: () => '{}' }]);
  await expect(lastBackups(aws)).rejects.toThrow('ListProtectedResources answered without Results');
});

test('a volume is backed up with the instance that it is attached to', async () => {
  const account = await testAccount();
  const { accountId, region } = account;
  const ec2 = account.aws()(EC2Client);
  const InstanceId = await launchInstance(sceneAccount(account));
  const made = await ec2.send(new CreateVolumeCommand({ AvailabilityZone: `${region}a`, Size: 8 }));
  const VolumeId = made.VolumeId ?? '';
  await ec2.send(new AttachVolumeCommand({ InstanceId, VolumeId, Device: '/dev/sdf' }));
  const ref = { resourceType: volume.type, resourceId: VolumeId, accountId, region };
  const read = () => volume.facets.protection.read(account.aws(), ref);
  expect(await read()).toEqual({ lastBackup: null, backedUpWith: null });
  await backUp(account, `arn:aws:ec2:${region}:${accountId}:instance/${InstanceId}`);
  expect(await read()).toEqual({ lastBackup: expect.stringMatching(/Z$/), backedUpWith: InstanceId });
  await backUp(account, `arn:aws:ec2:${region}:${accountId}:volume/${VolumeId}`);
  expect(await read()).toEqual({ lastBackup: expect.stringMatching(/Z$/), backedUpWith: null });
});

test('a region says for which types it is opted in', async () => {
  const account = await testAccount();
  const settings = { ResourceTypeOptInPreference: { EBS: false, RDS: true } };
  await account.aws()(BackupClient).send(new UpdateRegionSettingsCommand(settings));
  const types = ['EBS', 'RDS', 'Nothing'];
  expect(await Promise.all(types.map((type) => isOptedIn(account.aws(), type)))).toEqual([false, true, false]);
});
