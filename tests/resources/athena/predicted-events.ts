import { arn, type ServiceEvents } from '../../support/predicted-events/service-events.ts';

export default {
  types: {
    'AWS::Athena::WorkGroup': {
      id: 'analysts',
      names: { Name: 'analysts', ResourceARN: arn('athena', 'workgroup/analysts') },
    },
  },
  names: { athena: { WorkGroup: 'analysts' } },
} satisfies ServiceEvents;
