import { constants } from 'node:os';
import { visible } from '../text.ts';

/** What to print of a run that is interrupted, and where. */
export interface InterruptSummary {
  /** Lines for people; empty where there is nothing to say. */
  text(): string;
  /** True where stdout is for machines. */
  readonly isJson: boolean;
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
const SIGNAL_STATUS = 128;
/** A progress line may stand there. */
const CLEAR_LINE = '\r\x1b[2K';

/** What is said of a run that had no result yet: not that there is none. */
export const NO_RESULT_YET = 'There was no result yet.';

const NOTHING: InterruptSummary = { text: () => '', isJson: true };
let current = NOTHING;
let isListening = false;

/** From now on an interrupted command prints this. */
export function summarizeOnInterrupt(summary: InterruptSummary): void {
  current = summary;
}

/** On Ctrl-C the command prints what it has done, and ends with the signal's status (130). What is under way stands in the ledger's journal: the next run finishes it. */
export function handleInterrupts(): void {
  current = NOTHING;
  if (isListening) return;
  isListening = true;
  for (const signal of SIGNALS) process.on(signal, () => end(signal));
}

function end(signal: (typeof SIGNALS)[number]): never {
  const { text, isJson } = current;
  const lines = text();
  process.stderr.write(`${process.stderr.isTTY ? CLEAR_LINE : ''}evenkeel: interrupted\n`);
  if (isJson && lines !== '') process.stderr.write(`${lines}\n`);
  // Who reads only the output must not take it for all that there is.
  if (!isJson && lines !== '') process.stdout.write(`${lines}\nInterrupted: this is not all.\n`);
  process.exit(SIGNAL_STATUS + constants.signals[signal]);
}

/** For a command that makes one change: what became of it stands in the ledger. */
export const summarizeChange = (what: string, next: string): void =>
  summarizeOnInterrupt({ text: () => `evenkeel: ${visible(what)}: ${next}`, isJson: true });
