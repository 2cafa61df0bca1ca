import { GetQueueUrlCommand, SQSClient, TagQueueCommand } from '@aws-sdk/client-sqs';
import { closedReason, enabledRegions } from '../aws/regions.ts';
import { failedEventsQueue, waitingIn } from '../doctor/queues.ts';
import { messageOf } from '../engine/errors.ts';
import {
  type Actions,
  type Beat,
  type Heartbeat,
  isOverdue,
  recordArrival,
  recordBeat,
  withActionsCompleted,
} from '../ledger/heartbeat.ts';
import type { Announcement } from '../notify/notifier.ts';
import { SECOND_MS } from '../time.ts';
import type { WatchContext } from './context.ts';
import { startSweeps } from './start-sweeps.ts';

/** Always the same tag: CloudTrail records the call, but AWS Config, which charges for each recorded change, sees none. */
const TAGS = { 'evenkeel:heartbeat': 'made every few minutes' };

/** Makes a heartbeat in each region and evaluates whether the earlier ones came back. All regions are tried; gives the errors of those that could not be evaluated. */
export async function beatIn(regions: readonly string[], context: WatchContext): Promise<readonly unknown[]> {
  const beats = await Promise.allSettled(regions.map((region) => beatOf(region, context)));
  return beats.flatMap((beat) => (beat.status === 'rejected' ? [beat.reason] : []));
}

async function beatOf(region: string, context: WatchContext): Promise<void> {
  const { engine, measure } = context;
  const beat = await makeBeat(region, context);
  const [actions, heartbeat] = await engine.ledger.heartbeats.update(region, (before) => {
    const { next, answer } = recordBeat(before, beat);
    return { next, answer: [answer, next] as const };
  });
  const isMissed = heartbeat.leftOut === null && (beat.failure !== null || isOverdue(heartbeat, beat.at));
  measure('HeartbeatMissed', region, isMissed ? 1 : 0);
  await carryOut(actions, region, heartbeat, context);
}

/** A harmless call, which CloudTrail records and EventBridge delivers: a tag of the region's queue of failed events. */
async function makeBeat(region: string, context: WatchContext): Promise<Beat> {
  const { engine, stack, measure } = context;
  const at = engine.clock.now().getTime();
  const aws = engine.aws(region);
  const sqs = aws(SQSClient);
  try {
    const { QueueUrl = '' } = await sqs.send(new GetQueueUrlCommand({ QueueName: failedEventsQueue(stack) }));
    await sqs.send(new TagQueueCommand({ QueueUrl, Tags: TAGS }));
    measure('UnforwardedEvents', region, (await waitingIn(aws, QueueUrl)).all);
    return { at, failure: null };
  } catch (error) {
    return { at, failure: messageOf(error), leftOut: await leftOutReason(region, context) };
  }
}

/** Why a region in which a call failed is left out as a whole; null where it is not. */
async function leftOutReason(region: string, { engine, home }: WatchContext): Promise<string | null> {
  const aws = engine.aws(home);
  const reason = await closedReason(aws, region);
  if (reason !== null) return reason;
  // In a region that is not enabled the account's credentials are not known: only the list says so.
  const enabled = await enabledRegions(aws, home).catch(() => null);
  return enabled === null || enabled.includes(region) ? null : 'it is not enabled in the account';
}

/** The event of a heartbeat has arrived: its call was made in `region` at `called`, in milliseconds since 1970. */
export async function heartbeatArrived(region: string, called: number, context: WatchContext): Promise<void> {
  const { engine, measure } = context;
  const now = engine.clock.now().getTime();
  const [actions, before] = await engine.ledger.heartbeats.update(region, (heartbeat) => {
    const { next, answer } = recordArrival(heartbeat, called, now);
    return { next, answer: [answer, heartbeat] as const };
  });
  measure('HeartbeatDelay', region, Math.max(0, (now - called) / SECOND_MS));
  await carryOut(actions, region, before, context);
}

/** Notifies and sweeps, and records it last: if the run dies before, the next one does both again. */
async function carryOut(actions: Actions, region: string, heartbeat: Heartbeat, context: WatchContext): Promise<void> {
  if (actions.notify === null && !actions.sweep) return;
  const { engine } = context;
  if (actions.notify !== null) await engine.notifier.announce(MESSAGES[actions.notify](region, heartbeat));
  if (actions.sweep) await startSweeps([region], context);
  const now = engine.clock.now().getTime();
  await engine.ledger.heartbeats.update(region, (before) => ({
    next: withActionsCompleted(before, actions, now),
    answer: null,
  }));
}

const timeOf = (time: number | null) => (time === null ? 'an unknown time' : new Date(time).toISOString());

const MESSAGES: Readonly<
  Record<NonNullable<Actions['notify']>, (region: string, heartbeat: Heartbeat) => Announcement>
> = {
  silence: (region, { silentSince }) => ({
    severity: 'CRITICAL',
    kind: 'blind',
    region,
    subject: `Evenkeel is blind in ${region}: no events arrive`,
    text: `Every few minutes Evenkeel sets a tag in ${region} as a heartbeat. No event of it has arrived since ${timeOf(silentSince)}, so other changes there are not seen either.\nThe region is being swept, and will be swept every hour until events arrive again.\n\nDiagnose:     npx evenkeel doctor\nCheck first:  is a trail logging that records ${region}? Are the EventBridge rules there enabled?`,
  }),
  recovery: (region, { silentSince }) => ({
    severity: 'HIGH',
    kind: 'recovered',
    region,
    subject: `Evenkeel receives events of ${region} again`,
    text: `Events of ${region} arrive again. None had arrived since ${timeOf(silentSince)}.\nThe region is being swept once more; what was missed in the meantime is notified.\n\nWhat is open there:  npx evenkeel findings --region ${region}`,
  }),
  failure: (region, { failure }) => ({
    severity: 'HIGH',
    kind: 'blind',
    region,
    subject: `Heartbeat failed in ${region}`,
    text: `${failure}\n\nThe tag that serves as a heartbeat could not be set in ${region}, so it is unknown whether events of the region arrive.\n\nDiagnose:  npx evenkeel doctor`,
  }),
  leftOut: (region, { leftOut }) => ({
    severity: 'HIGH',
    kind: 'blind',
    region,
    subject: `Evenkeel no longer watches ${region}`,
    text: `${region} is left out as a whole: ${leftOut}.\nIt is neither watched nor swept until that ends; what is there stays as it is.\n\nIf that is meant, leave it out of regions in deployment.yml and deploy. Diagnose:  npx evenkeel doctor`,
  }),
  watchedAgain: (region) => ({
    severity: 'HIGH',
    kind: 'recovered',
    region,
    subject: `Evenkeel watches ${region} again`,
    text: `${region} was left out as a whole, and is watched again. It is being swept; what was missed in the meantime is notified.\n\nWhat is open there:  npx evenkeel findings --region ${region}`,
  }),
};
