import {
  CreateDocumentCommand,
  DescribeDocumentPermissionCommand,
  ModifyDocumentPermissionCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { freshEvent } from '../fresh-event.ts';
import type { Scene, SceneAccount } from '../scene.ts';

const share = ({ aws }: SceneAccount, Name: string, account: string) =>
  aws(SSMClient).send(
    new ModifyDocumentPermissionCommand({ Name, PermissionType: 'Share', AccountIdsToAdd: [account] }),
  );

async function createDocument(account: SceneAccount): Promise<string> {
  const Name = account.name('restart-workers');
  const Content = JSON.stringify({ schemaVersion: '2.2', description: 'restarts the workers', mainSteps: [] });
  await account.aws(SSMClient).send(new CreateDocumentCommand({ Name, Content, DocumentType: 'Command' }));
  return Name;
}

export default {
  title: 'A document is shared with all accounts',
  expects: { 'ssm-document-public-access-prohibited': 'remediated' },
  async prepare(account) {
    const document = await createDocument(account);
    const other = await createDocument(account);
    await share(account, other, '444455556666');
    const sharedWith = async (Name: string) => {
      const asked = new DescribeDocumentPermissionCommand({ Name, PermissionType: 'Share' });
      return (await account.aws(SSMClient).send(asked)).AccountIds;
    };
    return {
      state: () => sharedWith(document),
      neighbours: async () => ({ [`document ${other}`]: await sharedWith(other) }),
      async happen() {
        await share(account, document, 'all');
        const names = { 'requestParameters.name': document };
        return { event: freshEvent('ssm/ModifyDocumentPermission', account, names) };
      },
    };
  },
} satisfies Scene;
