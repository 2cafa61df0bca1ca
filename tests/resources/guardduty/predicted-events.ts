import { accountSetting, type ServiceEvents } from '../../support/predicted-events/service-events.ts';

export default {
  types: { 'AWS::::Account': accountSetting },
  names: { guardduty: { DetectorId: '12abc34d567e8fa901bc2d34e56789f0' } },
} satisfies ServiceEvents;
