import { CreateFileSystemCommand, DescribeFileSystemsCommand, EFSClient, type Tag } from '@aws-sdk/client-efs';
import { freshEvent } from '../fresh-event.ts';
import type { Scene, SceneAccount } from '../scene.ts';
import { afterGrace, createPlan, parameters, TAG } from './plan.ts';

const OWNER = { Key: 'team', Value: 'shop' };

async function createFileSystem({ aws, name }: SceneAccount, Tags: Tag[]): Promise<string> {
  const CreationToken = name('media');
  const { FileSystemId = '' } = await aws(EFSClient).send(new CreateFileSystemCommand({ CreationToken, Tags }));
  return FileSystemId;
}

async function tagsOf({ aws }: SceneAccount, FileSystemId: string) {
  const { FileSystems = [] } = await aws(EFSClient).send(new DescribeFileSystemsCommand({ FileSystemId }));
  return FileSystems[0]?.Tags?.toSorted((a, b) => (a.Key ?? '').localeCompare(b.Key ?? ''));
}

export default {
  title: 'An EFS file system is created without the tag of the backup plan',
  expects: { 'backup-efs-file-system-protected': 'remediated' },
  parameters,
  leaves: 'the tag, which no file system had before',
  async prepare(account) {
    await createPlan(account);
    const other = await createFileSystem(account, [OWNER, TAG]);
    let id = '';
    return {
      state: () => tagsOf(account, id),
      neighbours: async () => ({ [`tags of file system ${other}`]: await tagsOf(account, other) }),
      async happen() {
        id = await createFileSystem(account, [OWNER]);
        const path = 'responseElements.fileSystemId';
        return { event: freshEvent('elasticfilesystem/CreateFileSystem', account, { [path]: id }), at: afterGrace() };
      },
    };
  },
} satisfies Scene;
