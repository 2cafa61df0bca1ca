import {
  AccessAnalyzerClient,
  CreateAnalyzerCommand,
  DeleteAnalyzerCommand,
  ListAnalyzersCommand,
} from '@aws-sdk/client-accessanalyzer';
import { freshEvent } from '../fresh-event.ts';
import type { Scene } from '../scene.ts';

const OTHER_REGION = 'eu-central-1';

async function analyzersIn(client: AccessAnalyzerClient) {
  const { analyzers = [] } = await client.send(new ListAnalyzersCommand({}));
  return analyzers.map(({ name, type, status }) => ({ name, type, status }));
}

/** An analyzer of the account, where there is none yet: AWS takes one of a type in a region. */
async function analyzerOf(client: AccessAnalyzerClient): Promise<string> {
  const [found] = (await analyzersIn(client)).filter(({ type }) => type === 'ACCOUNT');
  if (found?.name !== undefined) return found.name;
  await client.send(new CreateAnalyzerCommand({ analyzerName: 'outside', type: 'ACCOUNT' }));
  return 'outside';
}

export default {
  title: 'The analyzer of external access is deleted',
  expects: { 'accessanalyzer-analyzer-enabled': 'remediated' },
  async prepare(account) {
    const here = account.aws(AccessAnalyzerClient);
    const there = account.aws(AccessAnalyzerClient, OTHER_REGION);
    const analyzerName = await analyzerOf(here);
    await analyzerOf(there);
    const eventOf = (sample: string) =>
      freshEvent(`accessanalyzer/${sample}`, account, { 'requestParameters.analyzerName': analyzerName });
    return {
      earlier: [eventOf('CreateAnalyzer')],
      state: () => analyzersIn(here),
      neighbours: async () => ({ [`analyzers in ${OTHER_REGION}`]: await analyzersIn(there) }),
      async happen() {
        await here.send(new DeleteAnalyzerCommand({ analyzerName }));
        return { event: eventOf('DeleteAnalyzer') };
      },
    };
  },
} satisfies Scene;
