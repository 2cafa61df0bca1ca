import { receiverCheck } from './receivers.ts';

/** Whether notifications reach Microsoft Teams. */
export const teams = receiverCheck(
  {
    name: 'teams',
    variable: 'EVENKEEL_TEAMS_SECRET',
    what: "the workflow's URL",
    example: 'https://….logic.azure.com/…',
    without: 'nothing is posted to Microsoft Teams',
  },
  'posts to the workflow in',
);
