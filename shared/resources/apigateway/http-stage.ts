import { ApiGatewayV2Client, GetApisCommand, GetStageCommand, GetStagesCommand } from '@aws-sdk/client-apigatewayv2';
import { carried } from '../../aws/answer.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { strings } from '../../event.ts';
import { type Aws, call, defineResource, onResources, partitionOf, type ResourceRef } from '../../resource.ts';
import apigateway from './service.ts';

interface Stage {
  readonly AccessLogSettings?: { readonly DestinationArn?: string | undefined; readonly Format?: string | undefined };
}

const accessLogsOf = ({ AccessLogSettings }: { AccessLogSettings?: Stage['AccessLogSettings'] | undefined }) => ({
  DestinationArn: AccessLogSettings?.DestinationArn ?? null,
  Format: AccessLogSettings?.Format ?? null,
});

/** A stage's id is made of its API's and its own name; HTTP APIs have one that is called `$default`. */
const partsOf = ({ resourceId }: Pick<ResourceRef, 'resourceId'>) => {
  const [ApiId = '', StageName = ''] = resourceId.split('/');
  return { ApiId, StageName };
};

async function describeStage(aws: Aws, ref: ResourceRef) {
  const stage = await aws(ApiGatewayV2Client).send(new GetStageCommand(partsOf(ref)));
  carried('GetStage', 'StageName', stage.StageName);
  return stage;
}

/** `arn:aws:apigateway:eu-west-1::/apis/h1t2t3p4a5/stages/prod` */
const inArn = (arn: string): readonly string[] => {
  const [, api, stage] = /:\/apis\/([^/]+)\/stages\/([^/]+)$/.exec(arn) ?? [];
  return api === undefined ? [] : [`${api}/${stage}`];
};

const arnOf = (ref: ResourceRef) => {
  const { ApiId, StageName } = partsOf(ref);
  return `arn:${partitionOf(ref.region)}:apigateway:${ref.region}::/apis/${ApiId}/stages/${StageName}`;
};

const onStages = onResources('arn:${AWS::Partition}:apigateway:*::/apis/*/stages/*', 'apigateway:GET');

/** A stage of an HTTP or WebSocket API by its API's id and its name: where its access logs go. */
export const httpStage = defineResource({
  service: apigateway,
  type: 'AWS::ApiGatewayV2::Stage',
  triggers: [
    // REST APIs have the same events; theirs name a `restApiId`.
    call(
      'apigateway.amazonaws.com',
      ['CreateStage', 'UpdateStage', 'DeleteStage', 'CreateDeployment', 'DeleteAccessLogSettings'],
      {
        ids: ({ request }) => {
          const [api] = strings(request, 'apiId');
          return api === undefined ? [] : strings(request, 'stageName').map((name) => `${api}/${name}`);
        },
        find: async () => [],
        facets: ['accessLogs'],
      },
    ),
    call('apigateway.amazonaws.com', ['TagResource', 'UntagResource'], {
      ids: ({ request }) => strings(request, 'resourceArn').flatMap(inArn),
      find: async () => [],
      facets: ['accessLogs'],
    }),
  ],
  gone: ['NotFoundException'],
  facets: { accessLogs: { grants: onStages, read: async (aws, ref) => accessLogsOf(await describeStage(aws, ref)) } },
  grants: onResources(
    ['arn:${AWS::Partition}:apigateway:*::/apis', 'arn:${AWS::Partition}:apigateway:*::/apis/*/stages'],
    'apigateway:GET',
  ),
  ownership: {
    grants: onStages,
    read: async (aws, ref) => ({ tags: (await describeStage(aws, ref)).Tags ?? {}, service: null }),
  },
  arn: arnOf,
  consoleUrl: (ref) => {
    const { ApiId, StageName } = partsOf(ref);
    return consoleUrl(ref.region, `apigateway/main/apis/${ApiId}/stages#${StageName}`);
  },
  async *list(aws, _account, from) {
    const client = aws(ApiGatewayV2Client);
    let token = from;
    do {
      const { Items: apis, NextToken } = await client.send(new GetApisCommand({ NextToken: token }));
      const items = [];
      for (const { ApiId } of carried('GetApis', 'items', apis)) {
        // An API has few stages, and more than a page of them is not allowed.
        const { Items: stages } = await client.send(new GetStagesCommand({ ApiId }));
        for (const stage of carried('GetStages', 'items', stages))
          items.push({ resourceId: `${ApiId}/${stage.StageName}`, facets: { accessLogs: accessLogsOf(stage) } });
      }
      token = NextToken;
      yield { items, next: token ?? null };
    } while (token !== undefined);
  },
  // AWS Config says a stage's ARN.
  identify: async (_aws, { resourceId, arn }) => inArn(resourceId)[0] ?? inArn(arn ?? '')[0] ?? null,
  configIdOf: async (_aws, ref) => arnOf(ref),
});
