import { arn, type ServiceEvents } from '../../support/predicted-events/service-events.ts';

export default {
  types: { 'AWS::Lambda::Function': { id: 'orders', names: { Resource: arn('lambda', 'function:orders') } } },
  names: { lambda: { FunctionName: 'orders' } },
} satisfies ServiceEvents;
