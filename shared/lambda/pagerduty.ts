import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { awsClients } from '../aws/clients.ts';
import { pagerDutyEvents } from '../notify/pagerduty.ts';
import { postJson, type Service } from '../notify/webhook.ts';
import { emitter } from './metrics.ts';
import { topicHandler } from './topic-handler.ts';
import { pagerDutyKey } from './webhook-address.ts';

/** PagerDuty limits the rate as it sees fit, and asks for some time before the next try. */
const PAGERDUTY: Service = { name: 'PagerDuty', retryAfterS: 60 };

/** The Lambda handler that sends alerts of the topic's messages by the routing key in `EVENKEEL_PAGERDUTY_SECRET`. A message that is tried again changes no alert twice: each event names its alert. */
export function createPagerDutyHandler() {
  const logger = new Logger();
  const emit = emitter(new Metrics());
  const aws = awsClients()(process.env.AWS_REGION ?? '');
  const access = pagerDutyKey(process.env.EVENKEEL_PAGERDUTY_SECRET, aws);
  const address = async (refresh: boolean) => (await access(refresh)).api;
  return topicHandler(
    {
      async deliver(message, time) {
        const events = pagerDutyEvents(message);
        for (const event of events) {
          const { routingKey } = await access(false);
          await postJson({ ...event, client: 'Evenkeel', routing_key: routingKey }, { ...time, address }, PAGERDUTY);
          emit('PagerDutyPosted', 1);
        }
        return { events: events.length };
      },
      count(isPosted) {
        if (!isPosted) emit('PagerDutyFailed', 1);
      },
    },
    { aws, logger },
  );
}
