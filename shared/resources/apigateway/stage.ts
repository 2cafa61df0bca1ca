import {
  APIGatewayClient,
  GetAccountCommand,
  GetStageCommand,
  GetStagesCommand,
  paginateGetRestApis,
  type Stage,
} from '@aws-sdk/client-api-gateway';
import { carried } from '../../aws/answer.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { pagesOf } from '../../aws/pages.ts';
import { type CallRecord, strings } from '../../event.ts';
import { type Aws, call, defineResource, onResources, partitionOf, type ResourceRef } from '../../resource.ts';
import apigateway from './service.ts';

/** Where API Gateway keeps what holds for a whole stage. */
const WHOLE_STAGE = '*/*';

const loggingOf = ({ methodSettings = {} }: Stage) => ({
  loggingLevel: methodSettings[WHOLE_STAGE]?.loggingLevel ?? 'OFF',
});

/** A stage's id is made of its API's and its own name. */
const partsOf = ({ resourceId }: Pick<ResourceRef, 'resourceId'>) => {
  const [restApiId = '', stageName = ''] = resourceId.split('/');
  return { restApiId, stageName };
};

async function describeStage(aws: Aws, ref: ResourceRef): Promise<Stage> {
  const stage = await aws(APIGatewayClient).send(new GetStageCommand(partsOf(ref)));
  carried('GetStage', 'stageName', stage.stageName);
  return stage;
}

/** The role by which API Gateway writes to CloudWatch Logs, for all APIs of the region; null where it has none. */
async function readCloudWatchRole(aws: Aws) {
  const { cloudwatchRoleArn, throttleSettings } = await aws(APIGatewayClient).send(new GetAccountCommand({}));
  carried('GetAccount', 'throttleSettings', throttleSettings);
  return { arn: cloudwatchRoleArn || null };
}

/** HTTP and WebSocket APIs have the same events; theirs name an `apiId`. */
function ids({ request }: CallRecord): readonly string[] {
  const [api] = strings(request, 'restApiId');
  const names = ['stageName', 'createStageInput.stageName', 'createDeploymentInput.stageName'];
  const stages = names.flatMap((path) => strings(request, path));
  return api === undefined ? [] : [...new Set(stages)].map((name) => `${api}/${name}`);
}

/** `arn:aws:apigateway:eu-west-1::/restapis/a1b2c3d4e5/stages/prod` */
const inArn = (arn: string): readonly string[] => {
  const [, api, stage] = /:\/restapis\/([^/]+)\/stages\/([^/]+)$/.exec(arn) ?? [];
  return api === undefined ? [] : [`${api}/${stage}`];
};

const arnOf = (ref: ResourceRef) => {
  const { restApiId, stageName } = partsOf(ref);
  return `arn:${partitionOf(ref.region)}:apigateway:${ref.region}::/restapis/${restApiId}/stages/${stageName}`;
};

const noStage = async () => [];

/** A stage of a REST API by its API's id and its name: what it logs. */
export const restStage = defineResource({
  service: apigateway,
  type: 'AWS::ApiGateway::Stage',
  triggers: [
    call('apigateway.amazonaws.com', ['CreateStage', 'UpdateStage', 'DeleteStage', 'CreateDeployment'], {
      ids,
      find: noStage,
      facets: ['logging'],
    }),
    call('apigateway.amazonaws.com', ['TagResource', 'UntagResource'], {
      ids: ({ request }) => strings(request, 'resourceArn').flatMap(inArn),
      find: noStage,
      facets: ['logging'],
    }),
  ],
  gone: ['NotFoundException'],
  facets: {
    logging: {
      grants: onResources('arn:${AWS::Partition}:apigateway:*::/restapis/*/stages/*', 'apigateway:GET'),
      read: async (aws, ref) => loggingOf(await describeStage(aws, ref)),
    },
    cloudWatchRole: {
      grants: onResources('arn:${AWS::Partition}:apigateway:*::/account', 'apigateway:GET'),
      read: readCloudWatchRole,
    },
  },
  grants: onResources(
    ['arn:${AWS::Partition}:apigateway:*::/restapis', 'arn:${AWS::Partition}:apigateway:*::/restapis/*/stages'],
    'apigateway:GET',
  ),
  ownership: {
    grants: onResources('arn:${AWS::Partition}:apigateway:*::/restapis/*/stages/*', 'apigateway:GET'),
    read: async (aws, ref) => ({ tags: (await describeStage(aws, ref)).tags ?? {}, service: null }),
  },
  arn: arnOf,
  consoleUrl: (ref) => {
    const { restApiId, stageName } = partsOf(ref);
    return consoleUrl(ref.region, `apigateway/main/apis/${restApiId}/stages#${stageName}`);
  },
  list: (aws, _account, from) =>
    pagesOf(
      paginateGetRestApis({ client: aws(APIGatewayClient), startingToken: from }, { limit: 100 }),
      ({ position }) => position,
      async ({ items }) => {
        const found = [];
        for (const { id: restApiId } of carried('GetRestApis', 'item', items)) {
          const { item } = await aws(APIGatewayClient).send(new GetStagesCommand({ restApiId }));
          for (const stage of carried('GetStages', 'item', item))
            found.push({ resourceId: `${restApiId}/${stage.stageName}`, facets: { logging: loggingOf(stage) } });
        }
        return found;
      },
    ),
  // AWS Config says a stage's ARN.
  identify: async (_aws, { resourceId, arn }) => inArn(resourceId)[0] ?? inArn(arn ?? '')[0] ?? null,
  configIdOf: async (_aws, ref) => arnOf(ref),
});
