import type { Deployment } from './deployment.ts';
import {
  type CheckResult,
  type DoctorContext,
  deploymentCheck,
  fail,
  ok,
  problemsOr,
  type SecretContent,
  warn,
} from './diagnosis.ts';
import {
  environmentOf,
  type FunctionSecret,
  SECRET_REMEDY,
  secretCheck,
  storing,
  subscriptionProblem,
  unread,
} from './receivers.ts';

const SECRET: FunctionSecret = {
  name: 'slack',
  variable: 'EVENKEEL_SLACK_SECRET',
  what: "the webhook's URL",
  example: 'https://hooks.slack.com/…',
  without: 'nothing is posted to Slack',
};
const BOT_SECRET: FunctionSecret = { ...SECRET, what: "the bot's token", example: 'xoxb-…' };

/** Whether notifications reach Slack, where it is set up. */
export const slack = deploymentCheck({
  name: 'slack',
  remedy: SECRET_REMEDY,
  async run(deployment, context) {
    const environment = await environmentOf(SECRET.name, deployment, context);
    const source = environment?.EVENKEEL_SLACK_SECRET;
    if (!source) return [];
    const [access, unsubscribed] = await Promise.all([
      accessResult(source, environment, deployment, context),
      subscriptionProblem(SECRET, deployment, context),
    ]);
    const problems = [access, unsubscribed].filter((result) => result !== null && result.status !== 'ok');
    return problemsOr(problems as readonly CheckResult[], access.message);
  },
});

/** By what Slack is reached, and to where. */
async function accessResult(
  source: string,
  environment: Readonly<Record<string, string>>,
  deployment: Deployment,
  context: DoctorContext,
): Promise<CheckResult> {
  const { EVENKEEL_SLACK_CHANNEL: channel = '', EVENKEEL_SLACK_BUTTONS: buttons } = environment;
  const checked = await secretCheck(channel === '' ? SECRET : BOT_SECRET, source, deployment, context);
  if (checked.problem !== null) return checked.problem;
  const isBot = kindOf(checked.content) === null ? channel !== '' : kindOf(checked.content) === 'bot';
  if (isBot && channel === '')
    return fail(
      `${source} holds the token of a bot, and no channel is set: ${SECRET.without}`,
      "set slackChannel in deployment.yml to the channel's id (C0123456789), then npx serverless deploy",
      source,
    );
  if (!isBot && channel !== '')
    return warn(
      `${source} holds a webhook, which posts to a channel of its own: slackChannel (${channel}) is not used${buttons === 'true' ? ', and messages have no buttons' : ''}`,
      `${storing(BOT_SECRET, source, deployment.home)}, or empty slackChannel in deployment.yml, then npx serverless deploy`,
      source,
    );
  const how = isBot ? `as a bot to the channel ${channel}, by the token in ${source}` : `to the webhook in ${source}`;
  return ok(`posts ${how}${unread(checked.content)}`);
}

const kindOf = (content: SecretContent | null) => (content !== null && 'kind' in content ? content.kind : null);
