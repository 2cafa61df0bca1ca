import type { ServiceEvents } from '../../support/predicted-events/service-events.ts';
import { REGION, SAMPLE_ACCOUNT } from '../../support/samples.ts';

const QUEUE = `https://sqs.${REGION}.amazonaws.com/${SAMPLE_ACCOUNT}/orders`;

export default {
  types: { 'AWS::SQS::Queue': { id: QUEUE } },
  names: { sqs: { QueueUrl: QUEUE, QueueName: 'orders' } },
} satisfies ServiceEvents;
