import { Command } from 'commander';
import pLimit from 'p-limit';
import { globalRegionOf } from '../aws/partitions.ts';
import { explicitDenial, type Refusal } from '../aws/refusals.ts';
import { enabledRegions, openRegions } from '../aws/regions.ts';
import { controls as catalogue } from '../controls/index.ts';
import type { Cause, Engine, Subject } from '../engine/context.ts';
import { messageOf } from '../engine/errors.ts';
import type { Location } from '../engine/intake/location.ts';
import { reconcile } from '../engine/reconcile/reconciler.ts';
import { resultsOf } from '../engine/sweep/assess.ts';
import { inventoryTypes, type Selection } from '../engine/sweep/inventory.ts';
import { denialText } from '../engine/sweep/listing-denials.ts';
import { CONCURRENCY, LEDGER_TYPE, SweepPass } from '../engine/sweep/pass.ts';
import type { SweepScope } from '../ledger/sweep-lock.ts';
import { type Result, resultWithoutResource } from '../result.ts';
import { Deadline, exponentialBackoff } from '../retry.ts';
import { SECOND_MS } from '../time.ts';
import { reconcilingRun } from './context.ts';
import { chosenControls, homeRegion, type RunOptions, withRunOptions } from './options.ts';
import { type Progress, progressOn } from './progress.ts';
import { resultsPrinter } from './results-printer.ts';

/** Maximum concurrent passes. */
const MAX_PASSES = 6;
/** Back-off after the SDK's own retries are used up: some four minutes in all. */
const BACKOFF = exponentialBackoff(SECOND_MS, 30 * SECOND_MS, 12);

export const sweepCommand = () =>
  withRunOptions(new Command('sweep'), 'only this AWS region (default: all enabled regions of the account)')
    .description('Reconcile every resource of the enabled controls in all regions; writes only with --mode remediate.')
    .action(sweep);

async function sweep(options: RunOptions): Promise<void> {
  useAdaptiveRetries();
  const where = options.region === undefined ? 'all enabled regions' : `region ${options.region}`;
  const { engine, home, caller } = await reconcilingRun(options, where);
  const here = { accountId: (await caller()).accountId, region: homeRegion() };
  const report = resultsPrinter(options.json === true, options.exitCode === true);
  const progress = progressOn(process.stderr);
  const add = (result: Result) => {
    progress.clear();
    report.add(result);
  };
  const regions = await regionsOf(options, engine, here, add);
  // What belongs to no region is keyed by the deployment's home, or without one by the partition's region of global services.
  const selection = {
    controls: chosenControls(options.control),
    catalogue,
    home: home ?? globalRegionOf(here.region),
  };
  const scopes = scopesOf(regions, here, selection, engine);
  const run = new Run(engine, selection, add, progressReporter(progress, scopes.length));
  const passing = pLimit(MAX_PASSES);
  await Promise.all(scopes.map((scope) => passing(() => run.pass(scope))));
  progress.clear();
  process.exitCode = report.finish();
}

/** A sweep may take its time: the SDK slows down where AWS throttles, unless its settings say otherwise. */
function useAdaptiveRetries(): void {
  process.env.AWS_RETRY_MODE ||= 'adaptive';
  process.env.AWS_MAX_ATTEMPTS ||= '8';
}

/** The regions to sweep, without those that are left out as a whole; only the home region, with a failed result, where the enabled ones cannot be listed. */
async function regionsOf(
  { region }: RunOptions,
  { aws }: Engine,
  here: Location,
  add: (result: Result) => void,
): Promise<readonly string[]> {
  if (region !== undefined) return [region];
  try {
    const { open, closed } = await openRegions(aws(here.region), await enabledRegions(aws(here.region), here.region));
    for (const { region, reason } of closed) process.stderr.write(`evenkeel: ${region} is left out: ${reason}\n`);
    return open;
  } catch (error) {
    add(failure(here, `could not list the enabled regions, swept ${here.region} only: ${messageOf(error)}`));
    return [here.region];
  }
}

/** The services with something to sweep, region by region. */
function scopesOf(
  regions: readonly string[],
  { accountId }: Location,
  selection: Selection,
  engine: Engine,
): readonly SweepScope[] {
  const services = [...new Set(selection.controls.map(({ resource }) => resource.service.id))];
  return regions
    .flatMap((region) => services.map((service) => ({ accountId, region, service })))
    .filter((scope) => inventoryTypes(scope, selection, engine).size > 0);
}

/** One sweep: its passes. */
class Run {
  readonly #engine: Engine;
  readonly #selection: Selection;
  readonly #add: (result: Result) => void;
  readonly #progress: ProgressReporter;
  readonly #cause: Cause;
  readonly #reading = pLimit(CONCURRENCY);
  readonly #reconciling = pLimit(CONCURRENCY);

  constructor(engine: Engine, selection: Selection, add: (result: Result) => void, progress: ProgressReporter) {
    this.#engine = engine;
    this.#selection = selection;
    this.#add = add;
    this.#progress = progress;
    const receivedAt = engine.clock.now().toISOString();
    this.#cause = { eventId: null, eventName: 'Sweep', eventTime: null, receivedAt, attribution: null, byPerson: true };
  }

  /** Sweeps a service in a region. A type that cannot be listed fails, the others go on. */
  async pass(scope: SweepScope): Promise<void> {
    const pass = new SweepPass(this.#engine, {
      ...this.#selection,
      scope,
      limited: this.#reading,
      pace: { deadline: new Deadline(this.#engine.clock, Number.POSITIVE_INFINITY), backoff: BACKOFF },
      // What is denied and nobody says by whom may be a permission of the person who runs this: it fails.
      refusalOf: (_type, error) => explicitDenial(error),
      sink: {
        passed: (assessment) => {
          this.#progress(scope, 'resource');
          for (const result of resultsOf(assessment, this.#cause, this.#engine)) this.#add(result);
        },
        reconcile: async (subjects) => {
          await Promise.all(subjects.map((subject) => this.#reconciling(() => this.#reconcile(scope, subject))));
        },
      },
    });
    await pass.run();
    for (const [type, error] of pass.failed) this.#add(notListed(scope, type, error));
    for (const [type, refusal] of pass.denied) this.#add(denied(scope, type, refusal));
    if (this.#selection.controls === catalogue && pass.failed.size + pass.denied.size === 0)
      await this.#engine.ledger.sweeps
        .saveEnd(scope)
        .catch((error) => this.#add(failure(scope, `could not record the end of the sweep: ${messageOf(error)}`)));
    this.#progress(scope, 'done');
  }

  async #reconcile(scope: SweepScope, subject: Subject): Promise<void> {
    this.#progress(scope, 'resource');
    for (const result of await reconcile(subject, this.#cause, this.#engine)) this.#add(result);
  }
}

function notListed({ service, accountId, region }: SweepScope, type: string, error: string): Result {
  const place = { accountId, region };
  if (type === LEDGER_TYPE)
    return failure(place, `could not read the open findings of ${service} in ${region} from the ledger: ${error}`);
  return { ...failure(place, `could not list ${type} in ${region}: ${error}`), resourceType: type };
}

/** Not read, and so never compliant; what AWS refuses for good is no failure of this run. */
const denied = ({ accountId, region }: SweepScope, resourceType: string, refusal: Refusal): Result =>
  resultWithoutResource(
    { eventId: null, eventName: 'Sweep' },
    {
      outcome: 'blocked',
      accountId,
      region,
      resourceType,
      annotation: `${denialText(resourceType, region, refusal)}. To change that: ${refusal.remedy}.`,
    },
  );

const failure = ({ accountId, region }: Location, error: string) =>
  resultWithoutResource({ eventId: null, eventName: 'Sweep' }, { outcome: 'failed', accountId, region, error });

type ProgressReporter = (scope: SweepScope, progressed: 'resource' | 'done') => void;

/** Reports how many passes are done, the current region and service, and the number of resources. */
function progressReporter(progress: Progress, all: number): ProgressReporter {
  let done = 0;
  let resources = 0;
  return ({ region, service }, progressed) => {
    if (progressed === 'done') done += 1;
    else resources += 1;
    progress.show(done, all, `${region} ${service}, ${resources} evaluated`);
  };
}
