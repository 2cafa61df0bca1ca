import { APIGatewayClient, UpdateStageCommand } from '@aws-sdk/client-api-gateway';
import { byHand, compliant, defineControl, nonCompliant } from '../../control.ts';
import type { ResourceRef } from '../../resource.ts';
import { restStage } from '../../resources/apigateway/stage.ts';
import { step, undoneBy } from '../../step.ts';

const permissions = { 'apigateway:PATCH': 'arn:${AWS::Partition}:apigateway:*::/restapis/*/stages/*' };
const elements = ['logging/loglevel'];

/** What names the stage in a request. */
const target = ({ resourceId }: Pick<ResourceRef, 'resourceId'>) => {
  const [restApiId, stageName] = resourceId.split('/');
  return { restApiId, stageName };
};

const put = (ref: ResourceRef, value: string) => ({
  ...target(ref),
  patchOperations: [{ op: 'replace' as const, path: '/*/*/logging/loglevel', value }],
});

export default defineControl({
  id: 'apigateway-stage-logging-enabled',
  title: 'Stages of REST APIs must log',
  severity: 'MEDIUM',
  resource: restStage,
  needs: ['logging'],
  planNeeds: ['cloudWatchRole'],
  securityControlIds: ['APIGateway.1'],
  relatedRequirements: [],
  description:
    'The logging level of all methods of a stage must be ERROR or INFO. API Gateway logs by a role that holds for all APIs of the region: where there is none, a person has to make it. Settings of single methods are not looked at; stages of HTTP and WebSocket APIs are by apigateway-http-stage-logging-enabled.',
  rationale: 'Without execution logs nobody can tell why an API failed, or what somebody tried with it.',
  guidance:
    'Give API Gateway a role for CloudWatch Logs, under its settings of the region, then set the level of the stage. INFO logs each request, and costs by what it logs.',
  impact: 'none',
  recommendedMode: 'detect',
  permissions,
  undoCalls: [undoneBy(APIGatewayClient, UpdateStageCommand, (ref) => target(ref), ['patchOperations'])],
  parameters: {
    level: { description: 'What is logged.', type: 'string', enum: ['ERROR', 'INFO'], default: 'ERROR' },
  },
  evaluate: ({ logging: { loggingLevel } }) =>
    loggingLevel === 'OFF'
      ? nonCompliant('The logging level of the stage is OFF.')
      : compliant(`The logging level of the stage is ${loggingLevel}.`),
  plan({ ref, logging: { loggingLevel }, cloudWatchRole }, { parameters: { level } }) {
    if (cloudWatchRole.arn === null) return byHand('API Gateway has no role for CloudWatch Logs in this region.');
    const undo = () => [step(APIGatewayClient, UpdateStageCommand, put(ref, loggingLevel), { elements })];
    return [step(APIGatewayClient, UpdateStageCommand, put(ref, level), { permissions, elements, undo })];
  },
});
