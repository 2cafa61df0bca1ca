import {
  BatchGetAccountStatusCommand,
  DisableCommand,
  EnableCommand,
  Inspector2Client,
} from '@aws-sdk/client-inspector2';
import { freshEvent } from '../fresh-event.ts';
import type { Scene } from '../scene.ts';

const OTHER_REGION = 'eu-central-1';

export default {
  title: 'Inspector no longer scans EC2 instances',
  expects: { 'inspector2-scanning-enabled': 'remediated' },
  async prepare(account) {
    const accountIds = [account.accountId];
    const here = account.aws(Inspector2Client);
    const there = account.aws(Inspector2Client, OTHER_REGION);
    for (const client of [here, there])
      await client.send(new EnableCommand({ accountIds, resourceTypes: ['EC2', 'ECR', 'LAMBDA', 'LAMBDA_CODE'] }));
    const stateOf = async (client: Inspector2Client) =>
      (await client.send(new BatchGetAccountStatusCommand({ accountIds }))).accounts?.map(
        ({ resourceState }) => resourceState,
      );
    return {
      state: () => stateOf(here),
      neighbours: async () => ({ [`Inspector in ${OTHER_REGION}`]: await stateOf(there) }),
      async happen() {
        await here.send(new DisableCommand({ accountIds, resourceTypes: ['EC2'] }));
        return { event: freshEvent('inspector2/Disable', account) };
      },
    };
  },
} satisfies Scene;
