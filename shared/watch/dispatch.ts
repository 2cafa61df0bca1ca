import type { Check, Diagnosis } from '../doctor/diagnosis.ts';
import { digestMessage, recordDiagnoses, recordNotified } from '../doctor/digest.ts';
import { dailyChecks, heartbeatChecks } from '../doctor/index.ts';
import { failedEventsQueue } from '../doctor/queues.ts';
import { diagnose } from '../doctor/run.ts';
import { deploymentAt } from '../doctor/stack.ts';
import type { Engine } from '../engine/context.ts';
import { messageOf, UnreadableEventError } from '../engine/errors.ts';
import { publishAnnouncements } from '../engine/run/notices.ts';
import { leftovers, type Recheck } from '../engine/sweep/leftovers.ts';
import { field, isObject, type JsonObject, objectOrNull, stringOrNull } from '../event.ts';
import { recheck } from '../internal-events.ts';
import { beatIn, heartbeatArrived } from './beat.ts';
import type { WatchContext } from './context.ts';
import { dailyTasks } from './daily.ts';
import { startAllSweeps } from './start-sweeps.ts';
import { publishWaitingNotices } from './waiting-notices.ts';

/** What was done: logged, and returned to a direct invocation. */
export interface TaskResult {
  readonly task: string;
  readonly rechecks?: number;
  readonly failingChecks?: number;
  readonly regions?: readonly string[];
}

/** Runs the task that a message names, or handles the event of a heartbeat; an empty message means the daily task. Throws, once all that can be done is done, where something failed. */
export async function runTask(body: unknown, context: WatchContext): Promise<TaskResult> {
  const message = messageIn(body);
  const detail = objectOrNull(message.detail) ?? {};
  if ('eventName' in detail) return receiveHeartbeat(message, detail, context);
  const task = stringOrNull(detail.task) ?? 'daily';
  const { home, stack } = context;
  const named = { ...context, stack: stringOrNull(detail.stack) ?? stack };
  const listed = Array.isArray(detail.regions) ? detail.regions.filter((one) => typeof one === 'string') : [];
  const regions = listed.length > 0 ? listed : [home];
  if (task === 'heartbeat') return heartbeat(regions, named);
  if (task === 'sweep') return { task, regions: await startAllSweeps(regions, named) };
  if (task === 'daily') return daily(named);
  throw new UnreadableEventError(`the task "${task}" is not known; allowed: daily, heartbeat, sweep`);
}

/** An empty message is that of a direct invocation. Throws UnreadableEventError. */
function messageIn(body: unknown): JsonObject {
  if (body === undefined || body === null || body === '') return {};
  if (!isObject(body)) throw new UnreadableEventError('the message is no JSON object');
  return body;
}

/** A tag that somebody else sets on that queue proves as well that events arrive, and so does one that was refused. Only what AWS sends of our own account counts: anyone who may put events could answer for a region that is silent. */
async function receiveHeartbeat(
  { source, account }: JsonObject,
  record: JsonObject,
  context: WatchContext,
): Promise<TaskResult> {
  const region = stringOrNull(record.awsRegion);
  const called = Date.parse(stringOrNull(record.eventTime) ?? '');
  const url = stringOrNull(field(record.requestParameters, 'queueUrl')) ?? '';
  const isByAws = source === 'aws.sqs' && record.eventSource === 'sqs.amazonaws.com';
  const accounts = [account, record.recipientAccountId].filter((one) => one !== undefined);
  const isOwn = accounts.length > 0 && accounts.every((one) => one === context.accountId);
  const queue = `/${context.accountId}/${failedEventsQueue(context.stack)}`;
  const isBeat = record.eventName === 'TagQueue' && url.endsWith(queue);
  if (!isByAws || !isOwn || !isBeat || region === null || Number.isNaN(called)) return { task: 'none' };
  await heartbeatArrived(region, called, context);
  return { task: 'heartbeatArrived', regions: [region] };
}

async function heartbeat(regions: readonly string[], context: WatchContext): Promise<TaskResult> {
  const { engine } = context;
  const errors = [...(await beatIn(regions, context))];
  const attempt = attempting(errors);
  const left = await attempt(leftovers(engine), []);
  await attempt(sendRechecks(left, engine), undefined);
  await attempt(publishAnnouncements(engine), undefined);
  await attempt(publishWaitingNotices(engine), 0);
  const failingChecks = await attempt(checkAndNotify(heartbeatChecks, context), 0);
  throwAll(errors);
  return { task: 'heartbeat', regions, rechecks: left.length, failingChecks };
}

async function daily(context: WatchContext): Promise<TaskResult> {
  const { engine } = context;
  const { rechecks, errors } = await dailyTasks(engine);
  const all = [...errors];
  const attempt = attempting(all);
  await attempt(sendRechecks(rechecks, engine), undefined);
  const failingChecks = await attempt(checkAndNotify(dailyChecks, context), 0);
  throwAll(all);
  return { task: 'daily', rechecks: rechecks.length, failingChecks };
}

const sendRechecks = async (rechecks: readonly Recheck[], { send }: Engine): Promise<void> => {
  if (rechecks.length > 0) await send(rechecks.map(({ service, ref }) => recheck(service, ref)));
};

/** Awaits work whose failure must not keep the rest from being done, and collects its error. */
const attempting =
  (errors: unknown[]) =>
  <T>(work: Promise<T>, otherwise: T): Promise<T> =>
    work.catch((error: unknown) => {
      errors.push(error);
      return otherwise;
    });

/** Runs the checks and notifies people of the digest that is due. Returns the number of errors. */
async function checkAndNotify(checks: readonly Check[], watch: WatchContext): Promise<number> {
  const { engine, home, stack } = watch;
  const { deployment, check } = await deploymentAt(engine.aws(home), home, stack);
  // During a deployment or removal, missing parts are expected.
  if (deployment?.status.endsWith('_IN_PROGRESS')) return 0;
  const context = {
    engine,
    home,
    deployment,
    table: watch.table ?? deployment?.outputs.LedgerTable,
    topicArn: watch.topicArn ?? deployment?.outputs.NoticeTopic,
  };
  const all = [check, ...checks];
  const diagnoses: Diagnosis[] = await Array.fromAsync(diagnose(all, context));
  // Where the deployment could not be read, nothing else was checked.
  const checked = deployment === null ? diagnoses.map((one) => one.check) : all.map(({ name }) => name);
  const clock = () => engine.clock.now().getTime();
  const { incidents } = engine.ledger;
  const digest = await incidents.update((known) => recordDiagnoses(known, checked, diagnoses, clock()));
  if (digest !== null) {
    await engine.notifier.announce(digestMessage(digest));
    await incidents.update((known) => ({ next: recordNotified(known, digest, clock()), answer: null }));
  }
  return diagnoses.filter(({ status }) => status === 'error').length;
}

function throwAll(errors: readonly unknown[]): void {
  if (errors.length > 0) throw new AggregateError(errors, errors.map(messageOf).join('; '));
}
