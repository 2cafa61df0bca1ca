import type { FunctionParts } from './function-parts.ts';
import { SLACK_ACTIONS } from './roles.ts';
import { logicalId } from './statements.ts';

const FUNCTION = logicalId(SLACK_ACTIONS, 'LambdaFunction');
const URL = logicalId(SLACK_ACTIONS, 'Url');
const arn = { 'Fn::GetAtt': [FUNCTION, 'Arn'] };

/** Who may call the URL: everybody, since Slack has no identity of AWS; the function checks its signature. Lambda asks for both actions, the second of which holds by way of the URL alone. */
const permissions = {
  [logicalId(SLACK_ACTIONS, 'UrlPermission')]: {
    Type: 'AWS::Lambda::Permission',
    Properties: {
      FunctionName: arn,
      Action: 'lambda:InvokeFunctionUrl',
      Principal: '*',
      FunctionUrlAuthType: 'NONE',
    },
  },
  [logicalId(SLACK_ACTIONS, 'InvokePermission')]: {
    Type: 'AWS::Lambda::Permission',
    Properties: { FunctionName: arn, Action: 'lambda:InvokeFunction', Principal: '*', InvokedViaFunctionUrl: true },
  },
};

/** The function that Slack calls when a button is pressed, deployed where deployment.yml says where the signing secret is kept. */
export const slackActionsParts = (): FunctionParts => ({
  name: SLACK_ACTIONS,
  description: 'Checks what is pressed in Slack and hands it on',
  settings: {
    // Slack waits for three seconds.
    timeout: 10,
    environment: { EVENKEEL_SLACK_SIGNING_SECRET: '${file(resources/deployment.cjs):slackSigningSecret}' },
  },
  resources: {
    [URL]: { Type: 'AWS::Lambda::Url', Properties: { AuthType: 'NONE', TargetFunctionArn: arn } },
    ...permissions,
  },
  outputs: {
    [URL]: {
      Description: 'Request URL for the interactivity of the Slack app',
      Value: { 'Fn::GetAtt': [URL, 'FunctionUrl'] },
    },
  },
});
