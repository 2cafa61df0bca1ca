import {
  CreateDBParameterGroupCommand,
  DescribeDBParametersCommand,
  ModifyDBParameterGroupCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import { freshEvent } from '../fresh-event.ts';
import type { Scene, SceneAccount } from '../scene.ts';
import { createInstance, describeInstance } from './instance.ts';

async function forceTls({ aws }: SceneAccount, DBParameterGroupName: string, ParameterValue: '0' | '1') {
  const Parameters = [{ ParameterName: 'rds.force_ssl', ParameterValue, ApplyMethod: 'immediate' as const }];
  await aws(RDSClient).send(new ModifyDBParameterGroupCommand({ DBParameterGroupName, Parameters }));
}

/** Creates an instance with a parameter group of its own, which requires TLS. */
async function createTlsInstance(account: SceneAccount, base: string) {
  const DBParameterGroupName = account.name(`${base}-tls`);
  const group = { DBParameterGroupName, DBParameterGroupFamily: 'postgres13', Description: base };
  await account.aws(RDSClient).send(new CreateDBParameterGroupCommand(group));
  await forceTls(account, DBParameterGroupName, '1');
  return { group: DBParameterGroupName, instance: await createInstance(account, base, { DBParameterGroupName }) };
}

export default {
  title: 'A database instance takes connections without TLS again',
  expects: { 'rds-instance-tls-required': 'remediated' },
  async prepare(account) {
    const { group, instance } = await createTlsInstance(account, 'orders');
    const other = await createTlsInstance(account, 'carts');
    const parametersOf = async (DBParameterGroupName: string) => {
      const asked = new DescribeDBParametersCommand({ DBParameterGroupName });
      return (await account.aws(RDSClient).send(asked)).Parameters;
    };
    return {
      state: () => parametersOf(group),
      neighbours: async () => ({
        [`instance ${instance}`]: await describeInstance(account, instance),
        [`parameters of ${other.group}`]: await parametersOf(other.group),
        [`instance ${other.instance}`]: await describeInstance(account, other.instance),
      }),
      async happen() {
        await forceTls(account, group, '0');
        const names = { 'requestParameters.dBParameterGroupName': group };
        return { event: freshEvent('rds/ModifyDBParameterGroup', account, names) };
      },
    };
  },
} satisfies Scene;
