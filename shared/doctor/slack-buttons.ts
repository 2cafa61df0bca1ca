import { GetFunctionUrlConfigCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { orNull } from '../resource.ts';
import { counted } from '../text.ts';
import { type Deployment, physicalIds, revertDrift } from './deployment.ts';
import { type CheckResult, type DoctorContext, deploymentCheck, fail, problemsOr, warn } from './diagnosis.ts';
import { environmentOf, type FunctionSecret, SECRET_REMEDY, secretCheck, unread } from './receivers.ts';

const NAME = 'slack-actions';

const SECRET: FunctionSecret = {
  name: NAME,
  variable: 'EVENKEEL_SLACK_SIGNING_SECRET',
  what: 'the signing secret of the Slack app',
  example: '…',
  without: 'every press of a button is refused',
};

/** Whether people can press buttons in Slack, where the buttons are on. */
export const slackButtons = deploymentCheck({
  name: 'slack buttons',
  remedy: `${SECRET_REMEDY}, lambda:GetFunctionUrlConfig`,
  async run(deployment, context) {
    const source = (await environmentOf(NAME, deployment, context))?.EVENKEEL_SLACK_SIGNING_SECRET;
    if (!source) return [];
    const [secret, url] = await Promise.all([
      secretCheck(SECRET, source, deployment, context),
      urlProblem(deployment, context),
    ]);
    const { slackApprovers: approvers, version } = context.engine.policy;
    // Another policy than the deployed one, of which the check of the policy warns, says nothing of who may press.
    const isDeployed = [undefined, version].includes(deployment.outputs.PolicyVersion);
    const who = isDeployed ? counted(approvers.length, 'approver') : "the deployed policy.yml's approvers";
    const problems = [secret.problem, url, isDeployed && approvers.length === 0 ? NO_APPROVER : null];
    const note = secret.problem === null ? unread(secret.content) : '';
    return problemsOr(
      problems.filter((problem) => problem !== null),
      `${who}, pressed at ${deployment.outputs.SlackActionsUrl}, signed by ${source}${note}`,
    );
  },
});

const NO_APPROVER: CheckResult = warn(
  'messages in Slack have buttons, and every press is refused: slack.approvers of policy.yml is empty',
  'name them in policy.yml, slack: { approvers: [U0123ABCD] }, then npm run generate and npx serverless deploy; or empty slackSigningSecret in deployment.yml, and deploy',
  'slack.approvers',
);

/** Whether the URL stands that Slack calls. The watch function's role may not ask Lambda for it: it takes CloudFormation's word. */
async function urlProblem(deployment: Deployment, { engine, secrets }: DoctorContext): Promise<CheckResult | null> {
  const { stack, home, outputs } = deployment;
  const FunctionName = `${stack}-${NAME}`;
  const gone = (what: string, remedy: string) =>
    fail(`${what}: Slack cannot deliver the press of a button`, remedy, FunctionName);
  if (physicalIds(deployment, 'AWS::Lambda::Url').length === 0 || outputs.SlackActionsUrl === undefined)
    return gone(`the stack has no URL of ${FunctionName}`, 'npx serverless deploy');
  if (secrets === undefined) return null;
  const asked = engine.aws(home)(LambdaClient).send(new GetFunctionUrlConfigCommand({ FunctionName }));
  const config = await orNull(asked, 'ResourceNotFoundException');
  if (config === null) return gone(`the URL of ${FunctionName} was deleted`, revertDrift(deployment));
  if (config.AuthType !== 'NONE')
    return gone(`the URL of ${FunctionName} asks for an identity of AWS, which Slack has not`, revertDrift(deployment));
  return null;
}
