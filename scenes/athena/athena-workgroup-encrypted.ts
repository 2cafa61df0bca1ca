import {
  AthenaClient,
  CreateWorkGroupCommand,
  GetWorkGroupCommand,
  UpdateWorkGroupCommand,
} from '@aws-sdk/client-athena';
import { freshEvent } from '../fresh-event.ts';
import type { Scene, SceneAccount } from '../scene.ts';

/** Creates a workgroup as the control wants it, and gives its name. */
async function createWorkgroup({ aws, name, accountId }: SceneAccount, base: string): Promise<string> {
  const Name = name(base);
  const ResultConfiguration = {
    OutputLocation: `s3://query-results-${accountId}/${Name}/`,
    EncryptionConfiguration: { EncryptionOption: 'SSE_S3' as const },
  };
  const Configuration = {
    PublishCloudWatchMetricsEnabled: true,
    EnforceWorkGroupConfiguration: true,
    ResultConfiguration,
  };
  await aws(AthenaClient).send(
    new CreateWorkGroupCommand({ Name, Configuration, Tags: [{ Key: 'team', Value: 'data' }] }),
  );
  return Name;
}

export default {
  title: 'A workgroup stops to encrypt results, and lets queries override its settings',
  expects: { 'athena-workgroup-encrypted': 'remediated' },
  async prepare(account) {
    const WorkGroup = await createWorkgroup(account, 'reports');
    const other = await createWorkgroup(account, 'research');
    const configurationOf = async (name: string) => {
      const { WorkGroup: found } = await account.aws(AthenaClient).send(new GetWorkGroupCommand({ WorkGroup: name }));
      return found?.Configuration;
    };
    return {
      state: () => configurationOf(WorkGroup),
      neighbours: async () => ({
        [`location of ${WorkGroup}`]: (await configurationOf(WorkGroup))?.ResultConfiguration?.OutputLocation,
        [`workgroup ${other}`]: await configurationOf(other),
      }),
      async happen() {
        const ConfigurationUpdates = {
          EnforceWorkGroupConfiguration: false,
          ResultConfigurationUpdates: { RemoveEncryptionConfiguration: true },
        };
        await account.aws(AthenaClient).send(new UpdateWorkGroupCommand({ WorkGroup, ConfigurationUpdates }));
        const names = { 'requestParameters.workGroup': WorkGroup };
        return { event: freshEvent('athena/UpdateWorkGroup', account, names) };
      },
    };
  },
} satisfies Scene;
