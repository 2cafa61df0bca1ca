import { GetQueueUrlCommand, SQSClient, TagQueueCommand } from '@aws-sdk/client-sqs';
import { failedEventsQueue, waitingIn } from '../doctor/queues.ts';
import { messageOf } from '../engine/errors.ts';
import { arrived, type Beat, beaten, type Due, isOverdue, settled } from '../ledger/heartbeat.ts';
import type { Heartbeat } from '../ledger/heartbeats.ts';
import type { Announcement } from '../notify/notifier.ts';
import type { Watching } from './context.ts';
import { sweep } from './start-sweeps.ts';

/** Always the same tag: CloudTrail records the call, and AWS Config, which charges for each change that it records, finds none. */
const TAGS = { 'evenkeel:heartbeat': 'made every few minutes' };

/** Makes a heartbeat in each region and evaluates what came back of those before. All regions are tried; gives the errors of those that could not be evaluated. */
export async function beatIn(regions: readonly string[], watching: Watching): Promise<readonly unknown[]> {
  const beats = await Promise.allSettled(regions.map((region) => beatOf(region, watching)));
  return beats.flatMap((beat) => (beat.status === 'rejected' ? [beat.reason] : []));
}

async function beatOf(region: string, watching: Watching): Promise<void> {
  const { engine, measure } = watching;
  const beat = await makeBeat(region, watching);
  const [due, heartbeat] = await engine.ledger.heartbeats.update(region, (before) => {
    const { next, answer } = beaten(before, beat);
    return { next, answer: [answer, next] as const };
  });
  const isHeard = beat.failure === null && !isOverdue(heartbeat, beat.at);
  measure('HeartbeatMissed', region, isHeard ? 0 : 1);
  await settle(region, due, heartbeat, watching);
}

/** The harmless call, which CloudTrail records and EventBridge brings back: a tag of the region's queue. */
async function makeBeat(region: string, { engine, stack, measure }: Watching): Promise<Beat> {
  const at = engine.clock.now().getTime();
  const aws = engine.aws(region);
  const sqs = aws(SQSClient);
  try {
    const { QueueUrl = '' } = await sqs.send(new GetQueueUrlCommand({ QueueName: failedEventsQueue(stack) }));
    await sqs.send(new TagQueueCommand({ QueueUrl, Tags: TAGS }));
    measure('UnforwardedEvents', region, (await waitingIn(aws, QueueUrl)).all);
    return { at, failure: null };
  } catch (error) {
    return { at, failure: messageOf(error) };
  }
}

/** The record of a heartbeat has come: its call was made in `region` at `called`, in milliseconds since 1970. */
export async function heard(region: string, called: number, watching: Watching): Promise<void> {
  const { engine, measure } = watching;
  const now = engine.clock.now().getTime();
  const [due, before] = await engine.ledger.heartbeats.update(region, (heartbeat) => {
    const { next, answer } = arrived(heartbeat, called, now);
    return { next, answer: [answer, heartbeat] as const };
  });
  measure('HeartbeatDelay', region, Math.max(0, (now - called) / 1000));
  await settle(region, due, before, watching);
}

/** Tells and sweeps what is due, and then says so; a run that ends between is taken over by the next. */
async function settle(region: string, due: Due, heartbeat: Heartbeat, watching: Watching): Promise<void> {
  if (due.tell === null && !due.sweep) return;
  const { engine } = watching;
  if (due.tell !== null) await engine.notifier.announce(MESSAGES[due.tell](region, heartbeat));
  if (due.sweep) await sweep([region], watching);
  const now = engine.clock.now().getTime();
  await engine.ledger.heartbeats.update(region, (before) => ({ next: settled(before, due, now), answer: null }));
}

const timeOf = (time: number | null) => (time === null ? 'a while ago' : new Date(time).toISOString());

const MESSAGES: Readonly<Record<NonNullable<Due['tell']>, (region: string, heartbeat: Heartbeat) => Announcement>> = {
  silence: (region, { silentSince }) => ({
    severity: 'CRITICAL',
    subject: `Evenkeel is blind in ${region}: its changes do not arrive`,
    text: `Evenkeel sets a tag in ${region} every few minutes, and expects to hear of it. It has heard of none since ${timeOf(silentSince)}: what others change there is not seen either.\nThe region is swept now, and again every hour until its changes arrive.\n\nSee what is wrong:  npx evenkeel doctor\nFirst to look at:   is a trail logging that records ${region}? are the rules there enabled?`,
  }),
  return: (region, { silentSince }) => ({
    severity: 'HIGH',
    subject: `Evenkeel sees ${region} again`,
    text: `Changes of ${region} arrive again; nothing was heard since ${timeOf(silentSince)}.\nThe region is swept once more, for what was missed meanwhile.`,
  }),
  failure: (region, { failure }) => ({
    severity: 'HIGH',
    subject: `Evenkeel cannot make its heartbeat in ${region}`,
    text: `${failure}\n\nThe tag that Evenkeel sets in ${region} could not be set, so that nobody knows whether changes of that region arrive.\n\nSee what is wrong:  npx evenkeel doctor`,
  }),
};
