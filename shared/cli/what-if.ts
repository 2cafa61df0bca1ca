import { Command } from 'commander';
import { isAccountId } from '../aws/account-id.ts';
import { DAY_MS, systemClock } from '../time.ts';
import { runClients } from './clients.ts';
import { reconcilingRun } from './context.ts';
import { UsageError } from './errors.ts';
import {
  type CommonOptions,
  chosenControls,
  chosenDetections,
  homeRegion,
  requiredRegion,
  withCommonOptions,
} from './options.ts';
import { policyOf } from './policy.ts';
import { printHeader } from './run-header.ts';
import { isMoment } from './since.ts';
import { type LogFile, localLog, opened } from './sources/log-files.ts';
import { filesOf } from './sources.ts';
import type { Scope } from './what-if/reading.ts';
import { WhatIf } from './what-if/run.ts';
import { isS3Url, type S3Place, type S3Scope, s3Logs, s3Place } from './what-if/s3-logs.ts';
import { planningEngine } from './what-if/state.ts';

/** A bucket may hold years. */
const S3_DAYS = 30;

export const whatIfCommand = () =>
  withCommonOptions(new Command('what-if'), 'only what happened in this AWS region (default: in all)')
    .description(
      'Read a CloudTrail log, and say what Evenkeel would have evaluated, found and changed, for whom, and what it would have cost. Never writes.',
    )
    .argument(
      '<source...>',
      'files and folders (.json, .jsonl, .json.gz), s3://bucket/prefix, - for stdin (aws cloudtrail lookup-events --output json)',
    )
    .option('--account <id>', 'take the log for one of this account, and read nothing of AWS but the log')
    .option('--from <time>', 'from this day or time on (2026-11-01; from S3 by default: 30 days ago)')
    .option('--to <time>', 'until this day, included, or this time')
    .option(
      '--control <id>',
      'only this control (repeatable); * matches any characters',
      (id: string, ids: string[]) => [...ids, id],
      [],
    )
    .action(whatIf);

interface WhatIfOptions extends CommonOptions {
  readonly account?: string;
  readonly from?: string;
  readonly to?: string;
  readonly control: readonly string[];
}

async function whatIf(sources: readonly string[], options: WhatIfOptions): Promise<void> {
  const { account } = options;
  if (account !== undefined && !isAccountId(account)) throw new UsageError(`--account ${account}: not 12 digits`);
  const scope = scopeOf(options);
  const controls = chosenControls(options.control);
  const detections = chosenDetections(options.control);
  const local = filesOf(sources.filter((source) => !isS3Url(source))).map(localLog);
  const places = sources.filter(isS3Url).map(s3Place);
  const common = { controls, detections, scope, isJson: options.json === true };
  const inS3 = (accountId: string) =>
    begunLogs(places, { ...scope, accountId, from: scope.from || systemClock.now().getTime() - S3_DAYS * DAY_MS });
  const run =
    account === undefined ? await liveRun(options, common, inS3) : await routesOnlyRun(account, options, common, inS3);
  await run.whatIf.read(chained(local, run.logs), local);
  process.exitCode = await run.whatIf.finish();
}

interface Common {
  readonly controls: ReturnType<typeof chosenControls>;
  readonly detections: ReturnType<typeof chosenDetections>;
  readonly scope: Scope;
  readonly isJson: boolean;
}

/** The logs of an account in S3. Throws UsageError for a prefix without one. */
type LogsOf = (accountId: string) => Promise<AsyncIterable<LogFile>>;

/** Looks resources up, and reads today's state of them. */
async function liveRun(options: WhatIfOptions, common: Common, logsOf: LogsOf) {
  // A month's resources may take a while: the SDK slows down where AWS throttles, unless its settings say otherwise.
  process.env.AWS_RETRY_MODE ||= 'adaptive';
  process.env.AWS_MAX_ATTEMPTS ||= '8';
  const where = options.region === undefined ? 'all regions of the log' : `region ${options.region}`;
  const run = await reconcilingRun({ ...options, mode: 'detect' }, where, async ({ caller }) => {
    const { accountId } = await caller();
    return { accountId, logs: await logsOf(accountId) };
  });
  const engine = planningEngine(run.engine);
  const { accountId, logs } = run.checked;
  const context = {
    ...common,
    policy: engine.policy,
    takenFor: null,
    fallback: { accountId, region: homeRegion() },
    ...(run.home === null ? {} : { home: run.home }),
    aws: engine.aws,
  };
  return { logs, whatIf: new WhatIf(context, engine) };
}

/** Only routes events: nothing of AWS is read. */
async function routesOnlyRun(account: string, options: WhatIfOptions, common: Common, logsOf: LogsOf) {
  const { policy, source } = policyOf(options);
  const logs = await logsOf(account);
  const regions = options.region === undefined ? 'all regions of the log' : `region ${options.region}`;
  printHeader({ account: `a log taken for account ${account}`, regions, policy: source, access: 'nothing' });
  const aws = () => () => {
    throw new UsageError('--account: nothing is looked up');
  };
  const fallback = { accountId: account, region: homeRegion() || 'us-east-1' };
  return { logs, whatIf: new WhatIf({ ...common, policy, takenFor: account, fallback, aws }, null) };
}

/** The logs below each prefix; the first of each is there already. Throws UsageError for a prefix without a log. */
async function begunLogs(places: readonly S3Place[], scope: S3Scope): Promise<AsyncIterable<LogFile>> {
  if (places.length === 0) return chained();
  const aws = runClients().aws(requiredRegion('us-east-1'));
  const logs: AsyncIterable<LogFile>[] = [];
  for (const place of places) {
    const found = opened(s3Logs(aws, place, scope));
    const first = await found.next();
    if (first.done === true)
      throw new UsageError(
        `s3://${place.bucket}/${place.prefix}: no .json, .jsonl or .json.gz object there of account ${scope.accountId} and these times: name the folder that holds AWSLogs/, or --from`,
      );
    logs.push(chained([first.value], found));
  }
  return chained(...logs);
}

async function* chained<T>(...all: readonly (Iterable<T> | AsyncIterable<T>)[]): AsyncGenerator<T> {
  for (const one of all) yield* one;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

function scopeOf({ from, to, region }: WhatIfOptions): Scope {
  const scope = {
    from: from === undefined ? 0 : timeOf('--from', from),
    to: to === undefined ? Number.POSITIVE_INFINITY : timeOf('--to', to) + (DAY.test(to) ? DAY_MS : 0),
    region: region ?? null,
  };
  if (scope.from >= scope.to) throw new UsageError(`--from ${from} is not before --to ${to}`);
  return scope;
}

/** Milliseconds since 1970. Throws UsageError for what is no time. */
function timeOf(flag: string, text: string): number {
  if (!isMoment(text)) throw new UsageError(`${flag} ${text}: not a day or time (2026-11-01, 2026-11-01T08:00:00Z)`);
  return Date.parse(text);
}
