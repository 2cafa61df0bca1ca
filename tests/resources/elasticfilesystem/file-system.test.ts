import { BackupClient, StartBackupJobCommand } from '@aws-sdk/client-backup';
import { CreateFileSystemCommand, EFSClient } from '@aws-sdk/client-efs';
import { expect, test } from '@jest/globals';
import { fileSystem } from '../../../shared/resources/elasticfilesystem/file-system.ts';
import { sampleEvent } from '../../support/samples.ts';
import { testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, expectListedAsRead, idsFrom, testResource } from '../../support/test-resource.ts';

const ID = 'fs-0a1b2c3d4e5f60718';

testResource(fileSystem, {
  events: {
    'elasticfilesystem/CreateFileSystem': [ID],
    'elasticfilesystem/DeleteFileSystem': [ID],
    'elasticfilesystem/TagResource': [ID],
    'elasticfilesystem/TagResource.access-point': [],
    'elasticfilesystem/UntagResource': [ID],
    'elasticfilesystem/CreateTags': [ID],
    'elasticfilesystem/DeleteTags': [ID],
    'elasticfilesystem/CreateBackupSelection': [ID],
    'elasticfilesystem/BackupJobStateChange': [ID],
    'elasticfilesystem/BackupJobStateChange.running': [],
  },
  lookups: ['DeleteBackupSelection', 'DeleteBackupPlan'],
});

test('what AWS Backup has of it is read with no more than the declared actions, and a plan that goes leads to it', async () => {
  const account = await testAccount();
  const { accountId, region } = account;
  const efs = account.aws()(EFSClient);
  const { FileSystemId = '', FileSystemArn } = await efs.send(new CreateFileSystemCommand({ CreationToken: 'media' }));
  const plain = await efs.send(new CreateFileSystemCommand({ CreationToken: 'cache' }));
  const job = {
    BackupVaultName: 'daily',
    ResourceArn: FileSystemArn,
    IamRoleArn: `arn:aws:iam::${accountId}:role/backup`,
  };
  await account.aws()(BackupClient).send(new StartBackupJobCommand(job));
  const other = { ...job, ResourceArn: `arn:aws:rds:${region}:${accountId}:db:orders` };
  await account.aws()(BackupClient).send(new StartBackupJobCommand(other));

  await expectDeclaredReads(fileSystem, FileSystemId, account);
  expect(await expectListedAsRead(fileSystem, account)).toEqual(['creation']);
  const read = (resourceId = '') =>
    fileSystem.facets.protection.read(account.aws(), { resourceType: fileSystem.type, resourceId, accountId, region });
  expect(await read(FileSystemId)).toEqual({ lastBackup: expect.stringMatching(/^20.*Z$/), backedUpWith: null });
  expect(await read(plain.FileSystemId)).toEqual({ lastBackup: null, backedUpWith: null });
  for (const name of ['DeleteBackupPlan', 'DeleteBackupSelection'])
    expect(await idsFrom(fileSystem, sampleEvent(`elasticfilesystem/${name}`), account)).toEqual([FileSystemId]);
});
