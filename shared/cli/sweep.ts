import { Command } from 'commander';
import { globalRegionOf } from '../aws/partitions.ts';
import { enabledRegions, openRegions } from '../aws/regions.ts';
import { controls as catalogue } from '../controls/index.ts';
import type { Engine } from '../engine/context.ts';
import { messageOf } from '../engine/errors.ts';
import type { Location } from '../engine/intake/location.ts';
import type { Result } from '../result.ts';
import { reconcilingRun } from './context.ts';
import { assertTags, chosenBy, type FindingFilters, resourceFilter, withFindingFilters } from './finding-filters.ts';
import { findingReport } from './finding-report.ts';
import { withNames } from './names.ts';
import { nextAfterSweep, nothingFits } from './next-command.ts';
import { chosenControls, homeRegion, type RunOptions, withRunOptions } from './options.ts';
import { type OutputOptions, outputOf, withOutputOptions } from './output/options.ts';
import { pageFacts } from './page-facts.ts';
import { runSweep, sweepFailure } from './sweep-run.ts';

export type SweepOptions = RunOptions & FindingFilters & OutputOptions;

export const sweepCommand = () =>
  withOutputOptions(
    withFindingFilters(
      withRunOptions(new Command('sweep'), 'only this AWS region (default: all enabled regions of the account)'),
    ),
  )
    .description('Reconcile every resource of the enabled controls in all regions; writes only with --mode remediate.')
    .action(sweep);

async function sweep(options: SweepOptions): Promise<void> {
  const output = outputOf(options);
  const controls = chosenBy(chosenControls(options.control), options);
  assertTags(options);
  useAdaptiveRetries();
  const where = options.region === undefined ? 'all enabled regions' : `region ${options.region}`;
  const run = await reconcilingRun(options, where, ({ caller }) => caller());
  const { engine, home, checked } = run;
  const here = { accountId: checked.accountId, region: homeRegion() };
  const report = findingReport({
    output,
    all: options.all === true,
    exitCode: options.exitCode === true,
    named: (entries) => withNames(entries, engine),
    next: (entries) => nextAfterSweep(entries, options, engine.policy),
    facts: () => pageFacts('sweep', options, run),
    empty: nothingFits('resources', options),
  });
  const unread = (ref: Location, error: string) => report.add(sweepFailure(ref, error));
  const includes = resourceFilter(options, engine, unread);
  await runSweep({
    engine,
    accountId: here.accountId,
    regions: await regionsOf(options, engine, here, report.add),
    controls,
    catalogue,
    // What belongs to no region is keyed by the deployment's home, or without one by the partition's region of global services.
    home: home ?? globalRegionOf(here.region),
    ...(includes === null ? {} : { includes }),
    add: report.add,
  });
  process.exitCode = await report.finish();
}

/** A sweep may take its time: the SDK slows down where AWS throttles, unless its settings say otherwise. */
export function useAdaptiveRetries(): void {
  process.env.AWS_RETRY_MODE ||= 'adaptive';
  process.env.AWS_MAX_ATTEMPTS ||= '8';
}

/** The regions to sweep, without those that are left out as a whole; only the home region, with a failed result, where the enabled ones cannot be listed. */
export async function regionsOf(
  { region }: Pick<RunOptions, 'region'>,
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
    add(sweepFailure(here, `could not list the enabled regions, swept ${here.region} only: ${messageOf(error)}`));
    return [here.region];
  }
}
