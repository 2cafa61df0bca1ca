import { DRIFT_LEFT, lineOf, type Outcome, type Result } from '../result.ts';
import { visibleJson } from '../text.ts';
import { systemClock } from '../time.ts';
import { colors } from './colors.ts';
import { EXIT } from './errors.ts';
import { NO_RESULT_YET, summarizeOnInterrupt } from './interrupt.ts';
import { csvOf } from './output/csv.ts';
import { type Entry, entryOf, isWrong } from './output/entry.ts';
import { ocsfLines } from './output/ocsf.ts';
import type { Output } from './output/options.ts';
import type { PageFacts } from './output/page.ts';
import { sarifText } from './output/sarif.ts';
import { countsOf, groupsOf, inOrder } from './output/table.ts';

export interface FindingReportOptions {
  readonly output: Output;
  readonly all: boolean;
  readonly exitCode: boolean;
  /** The line of an entry for `json`; by default the result's. */
  readonly line?: (entry: Entry) => string;
  /** The entries with their names; where it is absent they have none. */
  readonly named?: (entries: readonly Entry[]) => Promise<readonly Entry[]>;
  /** What a person may do next, each as a command. */
  readonly next?: (entries: readonly Entry[]) => readonly string[];
  /** What a page says beside the findings. */
  readonly facts: () => Promise<PageFacts>;
  /** True where the outcomes are those of earlier runs: then nothing has failed in this one. */
  readonly isPast?: boolean;
  /** What is said where nothing was found. */
  readonly empty: string;
}

/** Gathers results and prints them as one report; `json` is printed as it comes. */
export interface FindingReport {
  add(entry: Result | Entry): void;
  /** Prints the report. Returns the exit status. */
  finish(): Promise<number>;
}

export function findingReport(options: FindingReportOptions): FindingReport {
  const { output, all, exitCode, line = ({ result }) => lineOf(result), named, isPast = false } = options;
  const tally = new Map<Outcome, number>();
  const kept: Entry[] = [];
  const count = (outcome: Outcome) => tally.get(outcome) ?? 0;
  summarizeOnInterrupt({
    text: () => (tally.size === 0 ? NO_RESULT_YET : tableOf(kept, tally, options)),
    isJson: output !== 'table',
  });
  return {
    add(given) {
      const entry = 'result' in given ? given : entryOf(given);
      tally.set(entry.result.outcome, count(entry.result.outcome) + 1);
      if (output === 'json') process.stdout.write(`${visibleJson(line(entry))}\n`);
      else if (all || isWrong(entry)) kept.push(entry);
    },
    async finish() {
      if (output !== 'json') process.stdout.write(await textOf(await (named?.(kept) ?? kept), tally, options));
      if (!isPast && count('failed') > 0) return EXIT.failed;
      const left = isPast ? [...DRIFT_LEFT, 'failed' as const] : DRIFT_LEFT;
      return exitCode && left.some((outcome) => count(outcome) > 0) ? EXIT.driftLeft : EXIT.done;
    },
  };
}

type Tally = ReadonlyMap<Outcome, number>;

async function textOf(entries: readonly Entry[], tally: Tally, options: FindingReportOptions): Promise<string> {
  if (options.output === 'csv') return csvOf(inOrder(entries));
  if (options.output === 'ocsf') return ocsfLines(inOrder(entries), systemClock.now());
  // What draws a page is loaded where one is asked for.
  if (options.output === 'html')
    return (await import('./output/page.ts')).findingsPage(inOrder(entries), tally, await options.facts());
  if (options.output === 'sarif') return sarifText(inOrder(entries));
  const next = options.next?.(inOrder(entries)) ?? [];
  const lines = next.map((command, index) => `${index === 0 ? 'Next:' : '     '} ${colors.bold(command)}`);
  return `${[tableOf(entries, tally, options), ...(lines.length > 0 ? ['', ...lines] : [])].join('\n')}\n`;
}

/** The groups and counts, without a last line break. */
function tableOf(entries: readonly Entry[], tally: Tally, { all, empty }: FindingReportOptions): string {
  if (tally.size === 0) return empty;
  return [...groupsOf(entries, { withInputs: all }), ...countsOf(entries.filter(isWrong), tally)].join('\n');
}
