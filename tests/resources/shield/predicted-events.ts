import { accountSetting, type ServiceEvents } from '../../support/predicted-events/service-events.ts';

export default {
  types: { 'AWS::::Account': accountSetting },
} satisfies ServiceEvents;
