import {
  APIGatewayClient,
  CreateDeploymentCommand,
  CreateRestApiCommand,
  GetResourcesCommand,
  GetStageCommand,
  PutIntegrationCommand,
  PutMethodCommand,
  UpdateAccountCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-api-gateway';
import type { SceneAccount } from '../scene.ts';

export interface StageName {
  readonly restApiId: string;
  readonly stageName: string;
}

export const setLevel = ({ aws }: SceneAccount, stage: StageName, value: 'ERROR' | 'OFF') =>
  aws(APIGatewayClient).send(
    new UpdateStageCommand({
      ...stage,
      patchOperations: [{ op: 'replace', path: '/*/*/logging/loglevel', value }],
    }),
  );

/** Creates a REST API with a stage that logs errors. */
export async function createStage(account: SceneAccount, base: string): Promise<StageName> {
  const api = account.aws(APIGatewayClient);
  const role = `arn:aws:iam::${account.accountId}:role/api-gateway-logs`;
  const patchOperations = [{ op: 'replace' as const, path: '/cloudwatchRoleArn', value: role }];
  await api.send(new UpdateAccountCommand({ patchOperations }));
  const { id: restApiId = '' } = await api.send(new CreateRestApiCommand({ name: account.name(base) }));
  const { items: [root] = [] } = await api.send(new GetResourcesCommand({ restApiId }));
  const method = { restApiId, resourceId: root?.id, httpMethod: 'GET' };
  await api.send(new PutMethodCommand({ ...method, authorizationType: 'NONE' }));
  await api.send(new PutIntegrationCommand({ ...method, type: 'MOCK' }));
  const stage = { restApiId, stageName: 'prod' };
  await api.send(new CreateDeploymentCommand(stage));
  await setLevel(account, stage, 'ERROR');
  return stage;
}

/** All that a control could touch of a stage. */
export async function describeStage({ aws }: SceneAccount, stage: StageName) {
  const {
    $metadata: _,
    lastUpdatedDate: __,
    createdDate: ___,
    ...found
  } = await aws(APIGatewayClient).send(new GetStageCommand(stage));
  return found;
}
