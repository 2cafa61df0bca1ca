import {
  ApiGatewayV2Client,
  CreateApiCommand,
  CreateStageCommand,
  DeleteAccessLogSettingsCommand,
  GetStageCommand,
} from '@aws-sdk/client-apigatewayv2';
import { freshEvent } from '../fresh-event.ts';
import type { Scene, SceneAccount } from '../scene.ts';

const StageName = 'prod';

/** Creates an HTTP API with a stage that writes access logs, and gives its id. */
async function createApi({ aws, name, accountId, region }: SceneAccount, base: string): Promise<string> {
  const api = aws(ApiGatewayV2Client);
  const { ApiId = '' } = await api.send(new CreateApiCommand({ Name: name(base), ProtocolType: 'HTTP' }));
  const DestinationArn = `arn:aws:logs:${region}:${accountId}:log-group:/api/${base}`;
  const AccessLogSettings = { DestinationArn, Format: '$context.requestId $context.status' };
  await api.send(new CreateStageCommand({ ApiId, StageName, AccessLogSettings }));
  return ApiId;
}

export default {
  title: 'A stage of an HTTP API stops to write access logs',
  expects: { 'apigateway-http-stage-logging-enabled': 'remediated' },
  async prepare(account) {
    const ApiId = await createApi(account, 'orders');
    const other = await createApi(account, 'carts');
    const api = account.aws(ApiGatewayV2Client);
    const describeStage = async (id: string) => {
      const stage = await api.send(new GetStageCommand({ ApiId: id, StageName }));
      const { $metadata: _, LastUpdatedDate: __, CreatedDate: ___, ...found } = stage;
      return found;
    };
    const event = (sample: string) => freshEvent(`apigateway/${sample}`, account, { 'requestParameters.apiId': ApiId });
    return {
      earlier: [event('CreateStage.http')],
      state: () => describeStage(ApiId),
      async neighbours() {
        const { AccessLogSettings: _, ...rest } = await describeStage(ApiId);
        const named = `stage ${other}/${StageName}`;
        return { [`the rest of the stage of ${ApiId}`]: rest, [named]: await describeStage(other) };
      },
      async happen() {
        await api.send(new DeleteAccessLogSettingsCommand({ ApiId, StageName }));
        return { event: event('DeleteAccessLogSettings') };
      },
    };
  },
} satisfies Scene;
