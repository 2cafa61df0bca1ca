import { atEachBeat, daily } from '../doctor/all.ts';
import { deploymentAt } from '../doctor/deployment.ts';
import type { Diagnosis, Examination } from '../doctor/diagnosis.ts';
import { examine } from '../doctor/examine.ts';
import { failedEventsQueue } from '../doctor/queues.ts';
import { digestMessage, noted, told } from '../doctor/telling.ts';
import { messageOf, UnreadableEventError } from '../engine/errors.ts';
import { field, isObject, type JsonObject, objectOrNull, stringOrNull } from '../event.ts';
import { recheck } from '../internal-events.ts';
import { beatIn, heard } from './beat.ts';
import type { Watching } from './context.ts';
import { dailyDuties } from './daily.ts';
import { sweepAll } from './start-sweeps.ts';

/** What was done, for the log and for whoever invokes the function by hand. */
export interface Watched {
  readonly duty: string;
  readonly rechecks?: number;
  readonly ill?: number;
  readonly regions?: readonly string[];
}

/** Does what one message asks for: a duty of the schedule, or a heartbeat that has come back. Without any message, the daily duties. Throws, after all that could be done, where something failed. */
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
  await heard(region, called, watching);
  return { duty: 'heard', regions: [region] };
}

async function heartbeat(regions: readonly string[], watching: Watching): Promise<Watched> {
  const errors = [...(await beatIn(regions, watching))];
  const ill = await lookAndTell(atEachBeat, watching).catch((error: unknown) => {
    errors.push(error);
    return 0;
  });
  throwAll(errors);
  return { duty: 'heartbeat', regions, ill };
}

async function day(watching: Watching): Promise<Watched> {
  const { engine } = watching;
  const { rechecks, errors } = await dailyDuties(engine);
  const all = [...errors];
  const attempt = <T>(work: Promise<T>, otherwise: T) =>
    work.catch((error: unknown) => {
      all.push(error);
      return otherwise;
    });
  await attempt(engine.send(rechecks.map(({ service, ref }) => recheck(service, ref))), undefined);
  const ill = await attempt(lookAndTell(daily, watching), 0);
  throwAll(all);
  return { duty: 'daily', rechecks: rechecks.length, ill };
}

/** Makes the examinations, and tells people in one message what is due of what they find; gives how many are ill. */
async function lookAndTell(examinations: readonly Examination[], watching: Watching): Promise<number> {
  const { engine, home, stack } = watching;
  const { deployment, examination } = await deploymentAt(engine.aws(home), home, stack);
  // While it is being deployed or removed, things are missing that soon are there, or are meant to be gone.
  if (deployment?.status.endsWith('_IN_PROGRESS')) return 0;
  const scene = {
    engine,
    home,
    deployment,
    table: watching.table ?? deployment?.outputs.LedgerTable,
    topicArn: watching.topicArn ?? deployment?.outputs.NoticeTopic,
  };
  const all = [examination, ...examinations];
  const diagnoses: Diagnosis[] = await Array.fromAsync(examine(all, scene));
  // Of a deployment that nobody could read, nothing else was examined.
  const examined = (deployment === null ? diagnoses : all).map(({ what }) => what);
  const clock = () => engine.clock.now().getTime();
  const digest = await engine.ledger.troubles.revise((troubles) => noted(troubles, examined, diagnoses, clock()));
  if (digest !== null) {
    await engine.notifier.announce(digestMessage(digest));
    await engine.ledger.troubles.revise((troubles) => ({ next: told(troubles, digest, clock()), answer: null }));
  }
  return diagnoses.filter(({ state }) => state === 'ill').length;
}

function throwAll(errors: readonly unknown[]): void {
  if (errors.length > 0) throw new AggregateError(errors, errors.map(messageOf).join('; '));
}
