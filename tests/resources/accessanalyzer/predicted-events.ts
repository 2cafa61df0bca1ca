import { accountSetting, type ServiceEvents } from '../../support/predicted-events/service-events.ts';

export default {
  types: { 'AWS::::Account': accountSetting },
  sdks: { 'access-analyzer.amazonaws.com': ['accessanalyzer'] },
} satisfies ServiceEvents;
