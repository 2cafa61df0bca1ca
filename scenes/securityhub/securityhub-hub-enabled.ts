import {
  DescribeHubCommand,
  DisableSecurityHubCommand,
  EnableSecurityHubCommand,
  SecurityHubClient,
} from '@aws-sdk/client-securityhub';
import { freshEvent } from '../fresh-event.ts';
import type { Scene } from '../scene.ts';

const OTHER_REGION = 'eu-central-1';

/** The hub's ARN, or the name of the error that stands for none. */
const hubIn = (client: SecurityHubClient) =>
  client.send(new DescribeHubCommand({})).then(
    ({ HubArn }) => HubArn,
    ({ name }: Error) => name,
  );

export default {
  title: 'Security Hub is disabled',
  expects: { 'securityhub-hub-enabled': 'remediated' },
  async prepare(account) {
    const here = account.aws(SecurityHubClient);
    const there = account.aws(SecurityHubClient, OTHER_REGION);
    for (const client of [here, there]) await client.send(new EnableSecurityHubCommand({}));
    return {
      state: () => hubIn(here),
      neighbours: async () => ({ [`Security Hub in ${OTHER_REGION}`]: await hubIn(there) }),
      async happen() {
        await here.send(new DisableSecurityHubCommand({}));
        return { event: freshEvent('securityhub/DisableSecurityHub', account) };
      },
    };
  },
} satisfies Scene;
