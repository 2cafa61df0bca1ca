import { alarms } from './alarms.ts';
import type { Examination } from './diagnosis.ts';
import { functions } from './functions.ts';
import { heartbeats } from './heartbeats.ts';
import { key } from './key.ts';
import { evidence, ledger } from './ledger.ts';
import { kept } from './ledger-contents.ts';
import { notices } from './notifications.ts';
import { failedEvents, queues } from './queues.ts';
import { regions } from './regions.ts';
import { forwarding, rules } from './rules.ts';
import { slack } from './slack.ts';
import { trails } from './trails.ts';

/** Whether it sees, in the order of an event's way. */
export const sight: readonly Examination[] = [trails, rules, forwarding, regions, queues, functions, failedEvents];

/** Whether it can tell and remember. */
export const voice: readonly Examination[] = [alarms, notices, slack, key, evidence];

/** What cannot be known without a ledger that answers. */
export const withinLedger: readonly Examination[] = [heartbeats, ...kept];

/** What makes blind within minutes, and costs few calls. */
export const atEachBeat: readonly Examination[] = [trails, rules, forwarding, queues, failedEvents];

/** All that the watch function looks at once a day. */
export const daily: readonly Examination[] = [...sight, ...voice, ledger, ...withinLedger];
