import { createPagerDutyHandler } from '../../shared/lambda/pagerduty.ts';

export const handler = createPagerDutyHandler();
