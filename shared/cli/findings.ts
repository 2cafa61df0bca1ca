import { Command } from 'commander';
import { SEVERITIES } from '../control.ts';
import { type ResourceState, refOfKey } from '../ledger/ledger.ts';
import type { Finding } from '../ledger/records.ts';
import { namesResource } from '../policy/exemptions.ts';
import { fits } from '../policy/patterns.ts';
import { lineOf, resultWithoutResource } from '../result.ts';
import { visible } from '../text.ts';
import { systemClock } from '../time.ts';
import { ledgerRun } from './context.ts';
import { assertTags, chosenBy, type FindingFilters, resourceFilter, withFindingFilters } from './finding-filters.ts';
import { findingReport } from './finding-report.ts';
import { withNames } from './names.ts';
import { nextAfterFindings, nothingFits } from './next-command.ts';
import {
  type CommonOptions,
  chosenControls,
  chosenDetections,
  controlOption,
  exitCodeOption,
  withCommonOptions,
} from './options.ts';
import { arnOf, type Entry, judgeOf, refOf, serviceOf } from './output/entry.ts';
import { type OutputOptions, outputOf, withOutputOptions } from './output/options.ts';
import { pageFacts } from './page-facts.ts';
import { sinceOf, WHEN } from './since.ts';

interface FindingsOptions extends CommonOptions, FindingFilters, OutputOptions {
  readonly control: readonly string[];
  readonly exitCode?: boolean;
  readonly since?: string;
}

export const findingsCommand = () =>
  withOutputOptions(
    withFindingFilters(withCommonOptions(new Command('findings'), 'only this AWS region').addOption(controlOption())),
  )
    .option('--since <when>', `only what has been open since then: ${WHEN}`)
    .addOption(exitCodeOption())
    .description('List what is open now, as the ledger has it, without looking at the resources again.')
    .action(findings);

async function findings(options: FindingsOptions): Promise<void> {
  const output = outputOf(options);
  // Throws for what fits no control, service, resource or tag.
  chosenBy([...chosenControls(options.control), ...chosenDetections(options.control)], options);
  assertTags(options);
  const since = options.since === undefined ? null : sinceOf(options.since, systemClock.now());
  const run = await ledgerRun(options, 'nothing');
  const { engine, caller } = run;
  const hasTag = resourceFilter({ resource: [], tag: options.tag }, engine, (ref, error) =>
    process.stderr.write(`evenkeel: ${visible(`${error}; its findings in ${ref.region} are left out`)}\n`),
  );
  const isWanted = async (entry: Entry): Promise<boolean> =>
    (since === null || (entry.firstSeen ?? '') >= since) &&
    fitsFilters(entry, options) &&
    (hasTag === null || passes(entry, hasTag));
  const own = (await caller().catch(() => null))?.accountId;
  const report = findingReport({
    output,
    all: options.all === true,
    exitCode: options.exitCode === true,
    isPast: true,
    line: jsonLine,
    // The names of another account's resources are not ours to read.
    named: async (entries) => [
      ...(await withNames(
        entries.filter(({ result }) => result.accountId === own),
        engine,
      )),
      ...entries.filter(({ result }) => result.accountId !== own),
    ],
    next: (entries) => nextAfterFindings(entries, options),
    facts: () => pageFacts('findings', options, run),
    empty: nothingFits('open findings', options),
  });
  for await (const { key, state } of engine.ledger.active())
    for (const finding of Object.values(state.findings)) {
      const entry = entryOf(key, state, finding);
      if (await isWanted(entry)) report.add(entry);
    }
  process.exitCode = await report.finish();
}

/** An open finding as an entry, with the record that a person may decide about. */
export function entryOf(key: string, state: ResourceState, finding: Finding): Entry {
  const { controlId, severity, outcome, annotation, firstSeen, lastSeen, blocked } = finding;
  const record = state.open.find((open) => open.controlId === controlId);
  const isControl = 'resource' in (judgeOf({ controlId }) ?? {});
  const result = resultWithoutResource(
    { eventId: null, eventName: null },
    {
      ...{ controlId, severity, ...refOfKey(key), outcome, annotation },
      ...(isControl ? { before: 'NON_COMPLIANT', after: 'NON_COMPLIANT' } : {}),
      remediationId: record?.id ?? blocked?.recordId ?? null,
    },
  );
  return { result, arn: arnOf(controlId, refOfKey(key)) ?? (state.arn || null), name: null, firstSeen, lastSeen };
}

/** True where all filters but --tag let an entry through. */
export function fitsFilters({ result, arn }: Entry, options: Omit<FindingsOptions, 'tag'>): boolean {
  const { control, severity, service, resource, region } = options;
  const judge = judgeOf(result);
  const own = serviceOf(judge) ?? '';
  const named = { arn: arn ?? '', resourceId: result.resourceId ?? '' };
  return (
    (control.length === 0 || control.some((id) => fits(id, result.controlId ?? ''))) &&
    (severity === undefined || SEVERITIES.indexOf(result.severity ?? 'LOW') >= SEVERITIES.indexOf(severity)) &&
    (service === undefined || fits(service, own)) &&
    (region === undefined || region === result.region) &&
    (resource.length === 0 || resource.some((name) => namesResource({ resource: name }, named)))
  );
}

/** What no control is about has no tags that are read. */
async function passes({ result }: Entry, filter: NonNullable<ReturnType<typeof resourceFilter>>): Promise<boolean> {
  const [judge, ref] = [judgeOf(result), refOf(result)];
  return judge !== null && 'resource' in judge && ref !== null && filter({ resource: judge.resource, ref });
}

/** The keys of a result, then those of the finding. */
const jsonLine = ({ result, arn, firstSeen, lastSeen }: Entry): string =>
  JSON.stringify({ ...JSON.parse(lineOf(result)), arn, firstSeen, lastSeen });
