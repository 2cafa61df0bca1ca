import { setTimeout as sleep } from 'node:timers/promises';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { type OwnEvent, RECHECK_SOURCE } from '../internal-events.ts';
import type { Aws } from '../resource.ts';

/** PutEvents takes so many at once. */
const BATCH = 10;
/** So often an entry is sent that EventBridge refuses for the moment. */
const MOST_TRIES = 5;
/** The first wait before it is sent again, in milliseconds; each one after is twice as long. */
const FIRST_WAIT = 200;

/** Sends events to the default bus of the client's region. Throws where EventBridge goes on refusing some of them, or the SDK's own error. */
export async function sendEvents(aws: Aws, events: readonly OwnEvent[]): Promise<void> {
  for (let start = 0; start < events.length; start += BATCH) await sendBatch(aws, events.slice(start, start + BATCH));
}

async function sendBatch(aws: Aws, events: readonly OwnEvent[]): Promise<void> {
  let left = events.map(({ detailType, detail }) => ({
    Source: RECHECK_SOURCE,
    DetailType: detailType,
    Detail: JSON.stringify(detail),
  }));
  let said: string | undefined;
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    if (tries > 0) await sleep(FIRST_WAIT * 2 ** (tries - 1));
    const { Entries = [] } = await aws(EventBridgeClient).send(new PutEventsCommand({ Entries: left }));
    const refused = Entries.flatMap(({ ErrorCode, ErrorMessage }, index) =>
      ErrorCode === undefined ? [] : [{ entry: left[index], why: `${ErrorCode}: ${ErrorMessage}` }],
    );
    if (refused.length === 0) return;
    left = refused.flatMap(({ entry }) => (entry === undefined ? [] : [entry]));
    said = refused[0]?.why;
  }
  throw new Error(`EventBridge refused ${left.length} events of ours: ${said}`);
}
