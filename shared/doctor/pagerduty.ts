import { receiverCheck } from './receivers.ts';

/** Whether alerts reach PagerDuty. */
export const pagerDuty = receiverCheck(
  {
    name: 'pagerduty',
    variable: 'EVENKEEL_PAGERDUTY_SECRET',
    what: 'the integration key',
    example: '…',
    without: 'nobody is paged',
  },
  'sends alerts by the key in',
);
