import { arn, type ServiceEvents } from '../../support/predicted-events/service-events.ts';

const TOPIC = arn('sns', 'orders');

export default {
  types: { 'AWS::SNS::Topic': { id: TOPIC, names: { ResourceArn: TOPIC } } },
  names: { sns: { TopicArn: TOPIC } },
} satisfies ServiceEvents;
