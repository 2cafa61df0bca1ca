import type { Check, Diagnosis } from '../doctor/diagnosis.ts';
import { digestMessage, recordDiagnoses, recordNotified } from '../doctor/digest.ts';
import { dailyChecks, heartbeatChecks } from '../doctor/index.ts';
import { failedEventsQueue } from '../doctor/queues.ts';
import { diagnose } from '../doctor/run.ts';
import { deploymentAt } from '../doctor/stack.ts';
import type { Engine } from '../engine/context.ts';
import { messageOf, UnreadableEventError } from '../engine/errors.ts';
import { publishAnnouncements } from '../engine/reconcile/notices.ts';
import { leftovers, type Recheck } from '../engine/sweep/leftovers.ts';
import { field, isObject, type JsonObject, objectOrNull, stringOrNull } from '../event.ts';
import { recheck } from '../internal-events.ts';
import { beatIn, heartbeatArrived } from './beat.ts';
import type { Watching } from './context.ts';
import { dailyTasks } from './daily.ts';
import { sweepAll } from './start-sweeps.ts';

/** What was done, for the log and for whoever invokes the function by hand. */
export interface Watched {
  readonly duty: string;
  readonly rechecks?: number;
  readonly failingChecks?: number;
  readonly regions?: readonly string[];
}

/** Does what one message asks for: a task of the schedule, or a heartbeat that has come back. Without any message, the daily tasks. Throws, after all that could be done, where something failed. */
export async function watchOver(body: unknown, watching: Watching): Promise<Watched> {
  const message = messageIn(body);
  const detail = objectOrNull(message.detail) ?? {};
  if ('eventName' in detail) return hear(detail, watching);
  const duty = stringOrNull(detail.duty) ?? 'daily';
  const { home, stack } = watching;
  const named = { ...watching, stack: stringOrNull(detail.stack) ?? stack };
  const listed = Array.isArray(detail.regions) ? detail.regions.filter((one) => typeof one === 'string') : [];
  const regions = listed.length > 0 ? listed : [home];
  if (duty === 'heartbeat') return heartbeat(regions, named);
  if (duty === 'sweep') return { duty, regions: await sweepAll(regions, named) };
  if (duty === 'daily') return day(named);
  throw new Error(`the duty "${duty}" is not known; known are: daily, heartbeat, sweep`);
}

/** Nothing is a message too, the one of whoever invokes the function by hand. Throws for what is none. */
function messageIn(body: unknown): JsonObject {
  if (body === undefined || body === null || body === '') return {};
  if (!isObject(body)) throw new UnreadableEventError('the message is no JSON object');
  return body;
}

/** Anybody's tag of that queue shows as well as ours that changes arrive, and so does one that was refused. */
async function hear(record: JsonObject, watching: Watching): Promise<Watched> {
  const region = stringOrNull(record.awsRegion);
  const called = Date.parse(stringOrNull(record.eventTime) ?? '');
  const url = stringOrNull(field(record.requestParameters, 'queueUrl')) ?? '';
  const isBeat = record.eventName === 'TagQueue' && url.endsWith(`/${failedEventsQueue(watching.stack)}`);
  if (!isBeat || region === null || Number.isNaN(called)) return { duty: 'none' };
  await heartbeatArrived(region, called, watching);
  return { duty: 'heard', regions: [region] };
}

async function heartbeat(regions: readonly string[], watching: Watching): Promise<Watched> {
  const { engine } = watching;
  const errors = [...(await beatIn(regions, watching))];
  const attempt = attempting(errors);
  const left = await attempt(leftovers(engine), []);
  await attempt(sendRechecks(left, engine), undefined);
  await attempt(publishAnnouncements(engine), undefined);
  const failingChecks = await attempt(checkAndNotify(heartbeatChecks, watching), 0);
  throwAll(errors);
  return { duty: 'heartbeat', regions, rechecks: left.length, failingChecks };
}

async function day(watching: Watching): Promise<Watched> {
  const { engine } = watching;
  const { rechecks, errors } = await dailyTasks(engine);
  const all = [...errors];
  const attempt = attempting(all);
  await attempt(sendRechecks(rechecks, engine), undefined);
  const failingChecks = await attempt(checkAndNotify(dailyChecks, watching), 0);
  throwAll(all);
  return { duty: 'daily', rechecks: rechecks.length, failingChecks };
}

const sendRechecks = async (rechecks: readonly Recheck[], { send }: Engine): Promise<void> => {
  if (rechecks.length > 0) await send(rechecks.map(({ service, ref }) => recheck(service, ref)));
};

/** Awaits work whose failure must not keep the rest from being done: it is kept for the end. */
const attempting =
  (errors: unknown[]) =>
  <T>(work: Promise<T>, otherwise: T): Promise<T> =>
    work.catch((error: unknown) => {
      errors.push(error);
      return otherwise;
    });

/** Runs the checks and notifies people of the digest that is due. Returns the number of errors. */
async function checkAndNotify(checks: readonly Check[], watching: Watching): Promise<number> {
  const { engine, home, stack } = watching;
  const { deployment, check } = await deploymentAt(engine.aws(home), home, stack);
  // While it is being deployed or removed, things are missing that soon are there, or are meant to be gone.
  if (deployment?.status.endsWith('_IN_PROGRESS')) return 0;
  const context = {
    engine,
    home,
    deployment,
    table: watching.table ?? deployment?.outputs.LedgerTable,
    topicArn: watching.topicArn ?? deployment?.outputs.NoticeTopic,
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
