import { freshEvent } from '../fresh-event.ts';
import type { Scene } from '../scene.ts';
import { createStage, describeStage, setLevel } from './stage.ts';

export default {
  title: 'A stage of a REST API stops to log',
  expects: { 'apigateway-stage-logging-enabled': 'remediated' },
  async prepare(account) {
    const stage = await createStage(account, 'orders');
    const other = await createStage(account, 'carts');
    return {
      state: () => describeStage(account, stage),
      neighbours: async () => ({
        [`deployment of ${stage.restApiId}`]: (await describeStage(account, stage)).deploymentId,
        [`stage ${other.restApiId}/${other.stageName}`]: await describeStage(account, other),
      }),
      async happen() {
        await setLevel(account, stage, 'OFF');
        const names = { 'requestParameters.restApiId': stage.restApiId };
        return { event: freshEvent('apigateway/UpdateStage', account, names) };
      },
    };
  },
} satisfies Scene;
