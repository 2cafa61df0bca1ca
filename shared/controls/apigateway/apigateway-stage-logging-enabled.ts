import { APIGatewayClient, UpdateStageCommand } from '@aws-sdk/client-api-gateway';
import { byHand, compliant, defineControl, nonCompliant } from '../../control.ts';
import { requirements } from '../../frameworks.ts';
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
  title: 'Stages of REST APIs must write execution logs',
  severity: 'MEDIUM',
  resource: restStage,
  needs: ['logging'],
  planNeeds: ['cloudWatchRole'],
  securityControlIds: ['APIGateway.1'],
  relatedRequirements: [
    'AWS FSBP APIGateway.1',
    ...requirements(
      'PCI DSS v4.0',
      '5.3.4 10.2.1 10.2.1.1 10.2.1.2 10.2.1.3 10.2.1.4 10.2.1.5 10.2.1.6 10.2.1.7 10.2.2 10.3.1 10.6.3 A1.2.1',
    ),
    ...requirements(
      'NIST 800-53 r5',
      'AC-4(26) AU-2 AU-3 AU-6(3) AU-6(4) AU-6(6) AU-6(9) AU-8 AU-10 AU-12 AU-12(1) AU-12(2) AU-12(3) AU-12(4) AU-14 AU-14(3) CA-7 CM-5(1) IA-3(3) MA-4(1) PM-14 PM-31 SC-7(9) SI-4(17) SI-7(8)',
    ),
    ...requirements('SOC 2', 'A1.2 CC7.2 CC7.3 PI1.2'),
  ],
  description:
    'The logging level of all methods of a stage must be ERROR or INFO. API Gateway writes logs with a role that applies to all APIs of the region: where there is none, a person has to create it. Settings of single methods are not evaluated; stages of HTTP and WebSocket APIs are evaluated by apigateway-http-stage-logging-enabled.',
  rationale: 'Without execution logs it cannot be determined why an API failed, or what was attempted with it.',
  guidance:
    'Give API Gateway a role for CloudWatch Logs, under its settings of the region, then set the level of the stage. INFO logs each request, and is charged by the volume of the logs.',
  impact: 'none',
  recommendedMode: 'detect',
  permissions,
  undoCalls: [undoneBy(APIGatewayClient, UpdateStageCommand, (ref) => target(ref), ['patchOperations'])],
  parameters: {
    level: { description: 'The logging level that is set.', type: 'string', enum: ['ERROR', 'INFO'], default: 'ERROR' },
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
