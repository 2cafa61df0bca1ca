import { ApiGatewayV2Client, DeleteAccessLogSettingsCommand, UpdateStageCommand } from '@aws-sdk/client-apigatewayv2';
import { byHand, compliant, defineControl, nonCompliant } from '../../control.ts';
import type { ResourceRef } from '../../resource.ts';
import { httpStage } from '../../resources/apigateway/http-stage.ts';
import { step, undoneBy } from '../../step.ts';

const STAGES = 'arn:${AWS::Partition}:apigateway:*::/apis/*/stages/*';
const permissions = { 'apigateway:PATCH': STAGES };
const elements = ['AccessLogSettings'];

/** What names the stage in a request. */
const target = ({ resourceId }: Pick<ResourceRef, 'resourceId'>) => {
  const [ApiId, StageName] = resourceId.split('/');
  return { ApiId, StageName };
};

export default defineControl({
  id: 'apigateway-http-stage-logging-enabled',
  title: 'Stages of HTTP and WebSocket APIs must write access logs',
  severity: 'MEDIUM',
  resource: httpStage,
  needs: ['accessLogs'],
  lastKnown: ['accessLogs'],
  securityControlIds: ['APIGateway.9'],
  relatedRequirements: [],
  description:
    'A stage of an HTTP or WebSocket API must have access logs. Access logs that were disabled are enabled again as they were; for a stage that never had them, a person decides on format and destination. Stages of REST APIs are evaluated by apigateway-stage-logging-enabled.',
  rationale: 'Access logs show who called an API, when, and with which result.',
  guidance: 'Create a log group, and name it in the stage with the fields that you want to keep.',
  impact: 'none',
  recommendedMode: 'detect',
  permissions,
  undoCalls: [
    undoneBy(ApiGatewayV2Client, DeleteAccessLogSettingsCommand, (ref) => target(ref), [], {
      permissions: { 'apigateway:DELETE': `${STAGES}/accesslogsettings` },
    }),
  ],
  parameters: {},
  evaluate: ({ accessLogs: { DestinationArn } }) =>
    DestinationArn === null
      ? nonCompliant('The stage writes no access logs.')
      : compliant(`The stage writes access logs to ${DestinationArn}.`),
  plan({ ref }, { lastKnown }) {
    const { DestinationArn, Format } = lastKnown?.accessLogs ?? {};
    if (!DestinationArn || !Format) return byHand('The format and the destination of the access logs are not known.');
    const AccessLogSettings = { DestinationArn, Format };
    const undo = () => [step(ApiGatewayV2Client, DeleteAccessLogSettingsCommand, target(ref), { elements })];
    return [
      step(
        ApiGatewayV2Client,
        UpdateStageCommand,
        { ...target(ref), AccessLogSettings },
        { permissions, elements, undo },
      ),
    ];
  },
});
