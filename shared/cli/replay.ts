import { Command } from 'commander';
import { isRegionName, unknownRegion } from '../aws/region-names.ts';
import type { AnyControl } from '../control.ts';
import type { Detection } from '../detection.ts';
import type { Engine } from '../engine/context.ts';
import { messageOf } from '../engine/errors.ts';
import { type Change, changesIn } from '../engine/intake/parse-event.ts';
import { reconcileChange } from '../engine/intake/reconcile-change.ts';
import { type Outcome, resultWithoutResource } from '../result.ts';
import { agreeing, visible } from '../text.ts';
import { type CommandRun, reconcilingRun } from './context.ts';
import { EXIT, UsageError } from './errors.ts';
import { folding } from './folding.ts';
import { chosenControls, chosenDetections, homeRegion, type RunOptions, withRunOptions } from './options.ts';
import { progressOn } from './progress.ts';
import { drain, isQueueUrl, regionOfQueue } from './queue.ts';
import { type ResultsPrinter, resultsPrinter } from './results-printer.ts';
import { localLog, pagesOf, placeIn } from './sources/log-files.ts';
import { filesOf } from './sources.ts';

export const replayCommand = () =>
  withRunOptions(new Command('replay'))
    .description(
      'Reconcile the resources that events name; writes only with --mode remediate. Replaying twice changes nothing the second time.',
    )
    .argument('[source...]', 'files (.json, .jsonl, .json.gz), folders, - for stdin, or the URL of an SQS queue')
    .option(
      '--queue <url>',
      'the URL of an SQS queue (repeatable)',
      (url: string, urls: string[]) => [...urls, url],
      [],
    )
    .action(replay);

interface ReplayOptions extends RunOptions {
  readonly queue: readonly string[];
}

async function replay(named: readonly string[], options: ReplayOptions, command: Command): Promise<void> {
  for (const url of options.queue)
    if (!isQueueUrl(url)) throw new UsageError(`--queue ${url}: not a queue URL (https://sqs.…)`);
  const sources = [...named, ...options.queue];
  if (sources.length === 0) command.error("error: missing required argument 'source'");
  const files = filesOf(sources.filter((source) => !isQueueUrl(source)));
  const controls = chosenControls(options.control);
  const regions = `the events' own regions${homeRegion() === '' ? '' : `, by default ${homeRegion()}`}`;
  const run = await reconcilingRun(options, regions);
  const { engine } = run;
  const { report, progress } = reportWithProgress(options, files.length);
  const detections = chosenDetections(options.control);
  // With the deployment's ledger, account-wide settings get the key that the functions use for them.
  const globalHome = run.home === null ? {} : { home: run.home };
  const context = { engine, globalHome, controls, detections, report, accountOf: accountFrom(run) };

  const isFilesRead = await replayFiles(files, context, progress);
  const isQueuesRead = await replayQueues(sources.filter(isQueueUrl), options, context);
  const status = report.finish();
  process.exitCode = isFilesRead && isQueuesRead ? status : EXIT.usage;
}

/** False where a file could not be read to its end. */
async function replayFiles(
  files: readonly string[],
  context: ReplayContext,
  progress: (done: number) => void,
): Promise<boolean> {
  let isRead = true;
  for (const [index, file] of files.entries()) {
    const log = localLog(file);
    for await (const { entries, isUnreadable = false } of pagesOf(log)) {
      isRead &&= !isUnreadable;
      for (const entry of entries) {
        progress(index);
        const where = placeIn(log, entry.where);
        if ('value' in entry) await replayValue(entry.value, where, context);
        else reportFailure({ where, error: entry.error }, context.report);
      }
    }
  }
  return isRead;
}

/** False where a queue could not be read. */
async function replayQueues(urls: readonly string[], options: ReplayOptions, context: ReplayContext): Promise<boolean> {
  let isRead = true;
  for (const url of urls) {
    try {
      await replayQueue(url, options, context);
    } catch (error) {
      if (error instanceof UsageError) throw error;
      reportFailure({ where: url, error: `cannot be read: ${messageOf(error)}` }, context.report);
      isRead = false;
    }
  }
  return isRead;
}

/** Values of a single file that are read before anybody waits. */
const FEW = 50;

/** The report of a replay; progress is shown by file, with the number of values read. */
function reportWithProgress({ json = false, exitCode = false }: ReplayOptions, files: number) {
  const report = resultsPrinter(json, exitCode, folding());
  const bar = progressOn(process.stderr);
  let read = 0;
  let isShown = false;
  const clear = () => {
    if (isShown) bar.clear();
  };
  const cleared: ResultsPrinter = {
    add(result) {
      clear();
      report.add(result);
    },
    finish() {
      clear();
      return report.finish();
    },
  };
  return {
    report: cleared,
    progress(done: number) {
      read += 1;
      isShown ||= files > 1 || read > FEW;
      if (isShown) bar.show(done, files, `${agreeing(files, 'file')}, ${read} read`);
    },
  };
}

interface ReplayContext {
  readonly engine: Engine;
  readonly globalHome: { readonly home?: string };
  readonly controls: readonly AnyControl[];
  readonly detections: readonly Detection[];
  readonly report: ResultsPrinter;
  /** The caller's account, asked in the default region or else in this one: what concerns another account is not looked at. */
  accountOf(region: string): Promise<string>;
}

/** Outcomes that leave an event unprocessed: the next run verifies a pending one. */
const UNPROCESSED: readonly Outcome[] = ['failed', 'halted', 'pending'];

/** Reconciles what one value names; true where all of it is processed. */
async function replayValue(
  value: unknown,
  where: string,
  { engine, globalHome, controls, detections, report, accountOf }: ReplayContext,
): Promise<boolean> {
  let isProcessed = true;
  for (const change of changesIn(value)) {
    const own = await accountFor(change, accountOf);
    if ('error' in own) {
      isProcessed = false;
      report.add(resultWithoutResource(change, { outcome: 'failed', error: own.error }));
      continue;
    }
    const fallback = { accountId: own.accountId, region: homeRegion() };
    const context = { controls, detections, fallback, ...globalHome, byPerson: true };
    for (const result of await reconcileChange(change, engine, context)) {
      report.add(change.kind === 'unreadable' ? { ...result, error: `${where}: ${result.error}` } : result);
      isProcessed &&= !UNPROCESSED.includes(result.outcome);
    }
  }
  return isProcessed;
}

/** The caller's account where a change has to be compared with it, else none. What cannot be asked fails this change, and the rest go on. Throws UsageError without a region. */
async function accountFor(change: Change, accountOf: ReplayContext['accountOf']) {
  const named = regionOf(change);
  if (named === null) return { accountId: '' };
  try {
    return { accountId: await accountOf(named) };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    return { error: `cannot tell which account this is: ${messageOf(error)}` };
  }
}

/** The region that a change names, empty where it names none; null where it names nothing to look at. */
function regionOf(change: Change): string | null {
  if (change.kind === 'call' || change.kind === 'event') return change.record.region;
  return change.kind === 'resource' || change.kind === 'recheck' ? change.resource.region : null;
}

/** Only a run that may remediate deletes messages. */
async function replayQueue(url: string, { mode }: RunOptions, context: ReplayContext): Promise<void> {
  await drain(url, context.engine.aws(regionOfQueue(url)), async ({ Body = '', MessageId }) => {
    const isProcessed = await replayValue(Body, `${url} message ${MessageId}`, context);
    return isProcessed && mode === 'remediate';
  });
}

function reportFailure(
  { where, error }: { readonly where: string; readonly error: string },
  report: ResultsPrinter,
): void {
  process.stderr.write(`evenkeel: ${visible(where)}: ${visible(error)}\n`);
  report.add(
    resultWithoutResource({ eventId: null, eventName: null }, { outcome: 'failed', error: `${where}: ${error}` }),
  );
}

const accountFrom =
  ({ caller }: CommandRun): ReplayContext['accountOf'] =>
  async (named) => {
    if (homeRegion() === '' && named !== '' && !isRegionName(named))
      throw new Error(`${named}: ${unknownRegion(named)}`);
    return (await caller(named)).accountId;
  };
