import { alarms } from './alarms.ts';
import { configItems } from './config-items.ts';
import type { Check } from './diagnosis.ts';
import { functions } from './functions.ts';
import { heartbeats } from './heartbeats.ts';
import { key } from './key.ts';
import { ledger, ledgerBackups } from './ledger.ts';
import { ledgerContents } from './ledger-contents.ts';
import { listings } from './listings.ts';
import { notifications } from './notifications.ts';
import { failedEvents, queues } from './queues.ts';
import { pagerDuty, teams } from './receivers.ts';
import { regions } from './regions.ts';
import { forwarding, rules } from './rules.ts';
import { slack } from './slack.ts';
import { slackButtons } from './slack-buttons.ts';
import { trails } from './trails.ts';

/** Whether events arrive and are processed, in the order of an event's way. */
export const eventPathChecks: readonly Check[] = [
  trails,
  rules,
  forwarding,
  regions,
  configItems,
  queues,
  functions,
  failedEvents,
];

/** Whether people are notified, and whether the ledger's data is safe. */
export const infrastructureChecks: readonly Check[] = [
  alarms,
  notifications,
  slack,
  slackButtons,
  teams,
  pagerDuty,
  key,
  ledgerBackups,
];

/** Checks that need a ledger that can be read. */
export const ledgerChecks: readonly Check[] = [heartbeats, listings, ...ledgerContents];

/** Checks of what blinds Evenkeel, which cost few calls. */
export const heartbeatChecks: readonly Check[] = [trails, rules, forwarding, queues, failedEvents, listings];

/** All checks that the watch function makes once a day. */
export const dailyChecks: readonly Check[] = [...eventPathChecks, ...infrastructureChecks, ledger, ...ledgerChecks];
