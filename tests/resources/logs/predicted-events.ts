import { arn, type ServiceEvents } from '../../support/predicted-events/service-events.ts';

export default {
  types: {
    'AWS::Logs::LogGroup': { id: '/orders/api', names: { resourceArn: arn('logs', 'log-group:/orders/api') } },
  },
  names: { cloudwatchlogs: { logGroupName: '/orders/api' } },
  sdks: { 'logs.amazonaws.com': ['cloudwatchlogs'] },
} satisfies ServiceEvents;
