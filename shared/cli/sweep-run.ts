import pLimit from 'p-limit';
import { explicitDenial, type Refusal } from '../aws/refusals.ts';
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
import { type Progress, progressOn } from './progress.ts';

/** Maximum concurrent passes. */
const MAX_PASSES = 6;
/** Back-off after the SDK's own retries are used up: some four minutes in all. */
const BACKOFF = exponentialBackoff(SECOND_MS, 30 * SECOND_MS, 12);

/** What a sweep covers, and who gets its results. */
export interface SweepRun extends Selection {
  readonly engine: Engine;
  readonly accountId: string;
  readonly regions: readonly string[];
  /** Which resources are swept; all of them where it is absent. Never throws. */
  readonly includes?: (subject: Subject) => Promise<boolean>;
  add(result: Result): void;
}

/** Sweeps the services with something to sweep, region by region, with progress on stderr. Never throws: what cannot be listed or read is a result. */
export async function runSweep(run: SweepRun): Promise<void> {
  const progress = progressOn(process.stderr);
  const scopes = scopesOf(run);
  const add = (result: Result) => {
    progress.clear();
    run.add(result);
  };
  const passes = new Passes({ ...run, add }, progressReporter(progress, scopes.length));
  const passing = pLimit(MAX_PASSES);
  await Promise.all(scopes.map((scope) => passing(() => passes.pass(scope))));
  progress.clear();
}

/** The services with something to sweep, region by region. */
function scopesOf({ regions, accountId, engine, ...selection }: SweepRun): readonly SweepScope[] {
  const services = [...new Set(selection.controls.map(({ resource }) => resource.service.id))];
  return regions
    .flatMap((region) => services.map((service) => ({ accountId, region, service })))
    .filter((scope) => inventoryTypes(scope, selection, engine).size > 0);
}

/** The passes of one sweep. */
class Passes {
  readonly #run: SweepRun;
  readonly #progress: ProgressReporter;
  readonly #cause: Cause;
  readonly #reading = pLimit(CONCURRENCY);
  readonly #reconciling = pLimit(CONCURRENCY);

  constructor(run: SweepRun, progress: ProgressReporter) {
    this.#run = run;
    this.#progress = progress;
    const receivedAt = run.engine.clock.now().toISOString();
    this.#cause = { eventId: null, eventName: 'Sweep', eventTime: null, receivedAt, attribution: null, byPerson: true };
  }

  /** Sweeps a service in a region. A type that cannot be listed fails, the others go on. */
  async pass(scope: SweepScope): Promise<void> {
    const { engine, add, ...selection } = this.#run;
    const pass = new SweepPass(engine, {
      ...selection,
      scope,
      limited: this.#reading,
      pace: { deadline: new Deadline(engine.clock, Number.POSITIVE_INFINITY), backoff: BACKOFF },
      // What is denied and nobody says by whom may be a permission of the person who runs this: it fails.
      refusalOf: (_type, error) => explicitDenial(error),
      sink: {
        passed: (assessment) => {
          this.#progress(scope, 'resource');
          for (const result of resultsOf(assessment, this.#cause, engine)) add(result);
        },
        reconcile: async (subjects) => {
          await Promise.all(subjects.map((subject) => this.#reconciling(() => this.#reconcile(scope, subject))));
        },
      },
    });
    await pass.run();
    for (const [type, error] of pass.failed) add(notListed(scope, type, error));
    for (const [type, refusal] of pass.denied) add(denied(scope, type, refusal));
    const isWhole = selection.controls.length === selection.catalogue?.length && selection.includes === undefined;
    if (isWhole && pass.failed.size + pass.denied.size === 0)
      await engine.ledger.sweeps
        .saveEnd(scope)
        .catch((error) => add(sweepFailure(scope, `could not record the end of the sweep: ${messageOf(error)}`)));
    this.#progress(scope, 'done');
  }

  async #reconcile(scope: SweepScope, subject: Subject): Promise<void> {
    this.#progress(scope, 'resource');
    for (const result of await reconcile(subject, this.#cause, this.#run.engine)) this.#run.add(result);
  }
}

function notListed({ service, accountId, region }: SweepScope, type: string, error: string): Result {
  const place = { accountId, region };
  if (type === LEDGER_TYPE)
    return sweepFailure(place, `could not read the open findings of ${service} in ${region} from the ledger: ${error}`);
  return { ...sweepFailure(place, `could not list ${type} in ${region}: ${error}`), resourceType: type };
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

/** The result for a part of a sweep that could not be done. */
export const sweepFailure = ({ accountId, region }: Location, error: string): Result =>
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
