import { DRIFT_LEFT, lineOf, type Outcome, type Result, reasonOf } from '../result.ts';
import { visible, visibleJson } from '../text.ts';
import { colors } from './colors.ts';
import { EXIT } from './errors.ts';
import type { Folding } from './folding.ts';
import { NO_RESULT_YET, summarizeOnInterrupt } from './interrupt.ts';
import { wrapped } from './output/wrap.ts';

const STYLES: Readonly<Record<Outcome, readonly [mark: string, paint: (text: string) => string]>> = {
  compliant: ['✓', colors.green],
  notApplicable: ['·', colors.dim],
  detected: ['!', colors.yellow],
  exempted: ['~', colors.dim],
  awaitingApproval: ['?', colors.yellow],
  pending: ['…', colors.yellow],
  remediated: ['✔', colors.green],
  halted: ['■', colors.red],
  blocked: ['⊘', colors.red],
  failed: ['✗', colors.red],
};

/** The mark of an outcome, and its colour. */
export const outcomeStyle = (outcome: Outcome) => STYLES[outcome];

/** True for outcomes whose steps were made or attempted. */
export const wasAttempted = (outcome: Outcome): boolean =>
  ['remediated', 'pending', 'blocked', 'failed'].includes(outcome);

/** Prints results as they come, and counts them. */
export interface ResultsPrinter {
  add(result: Result): void;
  /** Prints the summary. Returns the exit status. */
  finish(): number;
}

/** Prints to stdout: JSON Lines for machines, or text for people; the summary also where the command is interrupted. `folding`: what people do not see one by one; machines see all. */
export function resultsPrinter(json: boolean, exitCode: boolean, folding?: Folding): ResultsPrinter {
  const tally = new Map<Outcome, number>();
  const count = (outcome: Outcome) => tally.get(outcome) ?? 0;
  const summary = () => [...(json ? [] : (folding?.lines() ?? [])), summaryOf(tally)].join('\n');
  summarizeOnInterrupt({
    text: () => (tally.size === 0 ? NO_RESULT_YET : `${json ? '' : '\n'}${summary()}`),
    isJson: json,
  });
  return {
    add(result) {
      tally.set(result.outcome, count(result.outcome) + 1);
      if (json) process.stdout.write(`${visibleJson(lineOf(result))}\n`);
      else if (folding?.isNews(result) ?? true) process.stdout.write(inWords(result));
    },
    finish() {
      if (!json) process.stdout.write(`\n${summary()}\n`);
      if (count('failed') > 0) return EXIT.failed;
      return exitCode && DRIFT_LEFT.some((outcome) => count(outcome) > 0) ? EXIT.driftLeft : EXIT.done;
    },
  };
}

/** How many results have which outcome. */
export const summaryOf = (tally: ReadonlyMap<Outcome, number>) =>
  tally.size === 0
    ? 'No resources.'
    : [...tally].map(([outcome, n]) => `${n} ${STYLES[outcome][1](outcome)}`).join(', ');

function inWords(result: Result): string {
  const [mark, paint] = STYLES[result.outcome];
  const what = visible(result.controlId ?? result.eventName ?? 'event');
  const where =
    result.resourceId === null
      ? ''
      : ` ${colors.bold(visible(result.resourceId))}${colors.dim(` ${visible(result.region ?? '')}`)}`;
  const lines = [...wrapped(`${paint(`${mark} ${result.outcome.padEnd(14)}`)} ${what}${where}`, 0, 2)];
  const why = reasonOf(result);
  if (why !== '') lines.push(...wrapped(visible(why), 4));
  const would = wasAttempted(result.outcome) ? '' : 'would ';
  for (const { service, operation, input } of result.steps)
    lines.push(...wrapped(colors.dim(`${would}${service}:${operation} ${visibleJson(JSON.stringify(input))}`), 4, 2));
  if (result.remediationId !== null) lines.push(colors.dim(`    ${visible(result.remediationId)}`));
  return `${lines.join('\n')}\n`;
}

/** Prints the single answer of a subcommand: JSON for machines, text for people. */
export function printAnswer(options: { readonly json?: boolean }, data: object, words: string): void {
  if (options.json) process.stdout.write(`${visibleJson(JSON.stringify(data))}\n`);
  else if (words !== '') process.stdout.write(`${words}\n`);
}
