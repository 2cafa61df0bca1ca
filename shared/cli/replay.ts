import { Command } from 'commander';
import type { AnyControl } from '../control.ts';
import type { Detection } from '../detection.ts';
import type { Engine } from '../engine/context.ts';
import { messageOf } from '../engine/errors.ts';
import { type Change, changesIn } from '../engine/intake/parse-event.ts';
import { reconcileChange } from '../engine/intake/reconcile-change.ts';
import { type Outcome, resultWithoutResource } from '../result.ts';
import { credentialsInWords, engineFor, type Home, home, ledgerInWords } from './context.ts';
import { EXIT, UsageError } from './errors.ts';
import { chosenControls, chosenDetections, homeRegion, type LookOptions, withLookOptions } from './options.ts';
import { policyOf } from './policy.ts';
import { drain, isQueueUrl, regionOfQueue } from './queue.ts';
import { type Report, reportTo } from './report.ts';
import { headerOf } from './run-header.ts';
import { filesOf, piecesOf } from './sources.ts';

export const replayCommand = () =>
  withLookOptions(new Command('replay'))
    .description(
      'Look again at what events speak of; write only with --mode remediate. Doing it twice changes nothing.',
    )
    .argument('[source...]', 'files, folders, - or the URL of an SQS queue; .json, .jsonl, .json.gz')
    .option(
      '--queue <url>',
      'the URL of an SQS queue (may be given again)',
      (url: string, urls: string[]) => [...urls, url],
      [],
    )
    .action(replay);

interface ReplayOptions extends LookOptions {
  readonly queue: readonly string[];
}

async function replay(named: readonly string[], options: ReplayOptions, command: Command): Promise<void> {
  for (const url of options.queue)
    if (!isQueueUrl(url)) throw new UsageError(`--queue ${url}: not the URL of a queue, https://sqs.…`);
  const sources = [...named, ...options.queue];
  if (sources.length === 0) command.error("error: missing required argument 'source'");
  const files = filesOf(sources.filter((source) => !isQueueUrl(source)));
  const controls = chosenControls(options.control);
  const { policy, source } = policyOf(options);
  const engine = engineFor(options, policy);
  const regions = `regions of the events${homeRegion() === '' ? '' : `, else ${homeRegion()}`}`;
  const header = {
    account: credentialsInWords(),
    regions,
    policy: source,
    ledger: ledgerInWords(),
    mode: options.mode,
  };
  process.stderr.write(headerOf(header));
  const report = reportTo(options.json === true, options.exitCode === true);
  const detections = chosenDetections(options.control);
  const context = { engine, controls, detections, report, home: once(() => home(engine.aws)) };

  let unreadable = false;
  for (const file of files) {
    for await (const piece of piecesOf(file)) {
      if ('value' in piece) await replayValue(piece.value, piece.where, context);
      else {
        reportTrouble(piece, report);
        unreadable ||= piece.whole;
      }
    }
  }
  for (const url of sources.filter(isQueueUrl)) {
    try {
      await replayQueue(url, options, context);
    } catch (error) {
      if (error instanceof UsageError) throw error;
      reportTrouble({ where: url, trouble: `cannot be read: ${messageOf(error)}` }, report);
      unreadable = true;
    }
  }
  const status = report.finish();
  process.exitCode = unreadable ? EXIT.usage : status;
}

interface ReplayContext {
  readonly engine: Engine;
  readonly controls: readonly AnyControl[];
  readonly detections: readonly Detection[];
  readonly report: Report;
  /** Who we are, asked once and only where an event does not say whose it is. */
  home(): Promise<Home>;
}

/** Outcomes after which an event is worth another look: what is pending, the next run verifies. */
const TO_COME_AGAIN: readonly Outcome[] = ['failed', 'halted', 'pending'];

/** Looks at all that one value speaks of; true where none of it has to come again. */
async function replayValue(
  value: unknown,
  where: string,
  { engine, controls, detections, report, home }: ReplayContext,
): Promise<boolean> {
  let well = true;
  for (const change of changesIn(value)) {
    const fallback = namesItsHome(change) ? { accountId: '', region: homeRegion() } : await home();
    const context = { controls, detections, fallback, ...sharedHome(), byPerson: true };
    for (const result of await reconcileChange(change, engine, context)) {
      report.add(change.kind === 'unreadable' ? { ...result, error: `${where}: ${result.error}` } : result);
      well &&= !TO_COME_AGAIN.includes(result.outcome);
    }
  }
  return well;
}

/** With the deployment's ledger, what there is once for the account stands where the functions look at it: two runs must not take it for two. */
const sharedHome = () => (process.env.EVENKEEL_TABLE ? { home: homeRegion() } : {});

function namesItsHome(change: Change): boolean {
  if (change.kind !== 'call' && change.kind !== 'resource') return true;
  const { accountId, region } = change.kind === 'call' ? change.record : change.resource;
  return accountId !== '' && region !== '';
}

/** Only a run that may remediate takes messages away: looking has remediated nothing. */
async function replayQueue(url: string, { mode }: LookOptions, context: ReplayContext): Promise<void> {
  await drain(url, context.engine.aws(regionOfQueue(url)), async ({ Body = '', MessageId }) => {
    const well = await replayValue(Body, `${url} message ${MessageId}`, context);
    return well && mode === 'remediate';
  });
}

function reportTrouble({ where, trouble }: { readonly where: string; readonly trouble: string }, report: Report): void {
  process.stderr.write(`evenkeel: ${where} ${trouble}\n`);
  report.add(
    resultWithoutResource({ eventId: null, eventName: null }, { outcome: 'failed', error: `${where} ${trouble}` }),
  );
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
