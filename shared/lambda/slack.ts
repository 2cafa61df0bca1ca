import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { awsClients } from '../aws/clients.ts';
import { slackMessage } from '../notify/slack.ts';
import type { TopicMessage } from '../notify/topic-message.ts';
import { type Posted, post, type Time } from '../notify/webhook.ts';
import { emitter } from './metrics.ts';
import { topicHandler } from './topic-handler.ts';
import { AddressError, type BotToken, type KeptSecret, slackAccess } from './webhook-address.ts';

/** How Slack is reached, and how long that may take. */
interface Slack extends Time {
  readonly access: KeptSecret<URL | BotToken>;
}

/** The Lambda handler that posts the messages of the topic, in order, by the Slack webhook or the bot token of `EVENKEEL_SLACK_SECRET`. Of a batch from a queue only what was not posted is retried; invoked by SNS or by hand, it throws. */
export function createSlackHandler() {
  const logger = new Logger();
  const emit = emitter(new Metrics());
  const aws = awsClients()(process.env.AWS_REGION ?? '');
  const access = slackAccess(process.env.EVENKEEL_SLACK_SECRET, aws);
  const channel = process.env.EVENKEEL_SLACK_CHANNEL ?? '';
  const buttons = process.env.EVENKEEL_SLACK_BUTTONS === 'true';

  async function deliver(message: TopicMessage, slack: Slack): Promise<Posted> {
    const isWebhook = (await slack.access(false)) instanceof URL;
    const body = slackMessage(message, { buttons: buttons && !isWebhook });
    if (isWebhook) {
      const address = async (refresh: boolean) => addressOf(await slack.access(refresh));
      return post(body, { ...slack, address });
    }
    if (channel === '') throw new AddressError(WITHOUT_CHANNEL);
    const { postToChannel } = await import('./slack-channel.ts');
    const token = async (refresh: boolean) => tokenOf(await slack.access(refresh));
    return postToChannel(message, body, { ...slack, token, channel }, { aws, logger });
  }

  return topicHandler(
    {
      deliver: (message, time) => deliver(message, { ...time, access }),
      count: (isPosted) => emit(isPosted ? 'SlackPosted' : 'SlackFailed', 1),
    },
    { aws, logger },
  );
}

const WITHOUT_CHANNEL =
  'EVENKEEL_SLACK_SECRET holds a bot token, and no channel is set: set slackChannel in deployment.yml to the id of the channel';

/** Throws where a secret was replaced by one of the other kind while a message was posted: the next try sees it. */
function addressOf(access: URL | BotToken): URL {
  if (access instanceof URL) return access;
  throw new AddressError('the secret holds a bot token now: the message is posted by it when it is tried again');
}
function tokenOf(access: URL | BotToken): BotToken {
  if (!(access instanceof URL)) return access;
  throw new AddressError('the secret holds a webhook now: the message is posted by it when it is tried again');
}
