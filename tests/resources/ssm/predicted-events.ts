import { accountSetting, type ServiceEvents } from '../../support/predicted-events/service-events.ts';

export default {
  types: {
    'AWS::::Account': {
      ...accountSetting,
      names: { SettingId: '/ssm/documents/console/public-sharing-permission' },
    },
    'AWS::SSM::Document': {
      id: 'restart',
      names: { Name: 'restart', ResourceId: 'restart', ResourceType: 'Document' },
    },
    'AWS::SSM::Parameter': {
      id: '/orders/db',
      names: { Name: '/orders/db', ResourceId: '/orders/db', ResourceType: 'Parameter' },
    },
  },
} satisfies ServiceEvents;
