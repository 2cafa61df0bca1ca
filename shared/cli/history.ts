import { Command } from 'commander';
import pc from 'picocolors';
import type { Remediation } from '../ledger/ledger.ts';
import { fits, isDuration, milliseconds } from '../policy/patterns.ts';
import { UsageError } from './errors.ts';
import { type CommonOptions, chosenControls, withCommonOptions } from './options.ts';
import { lastingEngine } from './world.ts';

interface HistoryOptions extends CommonOptions {
  readonly resource?: string;
  readonly control?: string;
  readonly since: string;
}

/** A run that has not ended after this long was cut off, in milliseconds: a Lambda may take 15 minutes. */
const CUT_OFF = 900_000;

/** True for a record whose run can no longer be at work. */
export const isCutOff = ({ status, times }: Remediation, now: Date): boolean =>
  status === 'applying' && now.getTime() - Date.parse(times.decided) > CUT_OFF;

export const historyCommand = () =>
  withCommonOptions(new Command('history'))
    .description('What was done, by whose cause, with which calls, and how it ended.')
    .option('--resource <id>', 'only this resource; * stands for any run of characters')
    .option('--control <id>', 'only this control')
    .option('--since <when>', 'a day (2026-11-01) or a time ago (12h, 30d)', '90d')
    .action(history);

async function history(options: HistoryOptions): Promise<void> {
  const { resource, control } = options;
  if (control !== undefined) chosenControls([control]);
  const engine = lastingEngine(options);
  const now = engine.clock.now();
  let seen = 0;
  for await (const record of engine.ledger.remediations(sinceOf(options.since, now))) {
    if (control !== undefined && record.controlId !== control) continue;
    if (resource !== undefined && !fits(resource, record.ref.resourceId)) continue;
    seen += 1;
    const cutOff = isCutOff(record, now);
    process.stdout.write(options.json ? `${JSON.stringify({ ...record, cutOff })}\n` : inWords(record, cutOff));
  }
  if (seen === 0 && !options.json) process.stdout.write('Nothing was done.\n');
}

/** ISO 8601 of a day, a moment, or a time ago. Throws UsageError. */
function sinceOf(text: string, now: Date): string {
  if (isDuration(text)) return new Date(now.getTime() - milliseconds(text)).toISOString();
  const moment = new Date(text);
  if (Number.isNaN(moment.getTime()))
    throw new UsageError(`--since ${text}: give a day (2026-11-01) or a time ago (12h, 30d)`);
  return moment.toISOString();
}

function inWords(record: Remediation, cutOff: boolean): string {
  const { id, kind, status, controlId, ref, annotation, attribution, times, decidedBy, undoes, error, steps } = record;
  const lines = [
    `${times.decided}  ${pc.bold(cutOff ? 'cut off' : kind === 'undo' ? `undo, ${status}` : status)}  ${id}`,
    `    ${controlId} ${ref.resourceId} (${ref.accountId}, ${ref.region})`,
    `    ${annotation}`,
    ...(attribution === null
      ? []
      : [`    by ${attribution.actor ?? 'unknown'}${attribution.tool === null ? '' : `, ${attribution.tool}`}`]),
    ...(decidedBy === null ? [] : [`    decided by ${decidedBy}`]),
    ...(undoes === null ? [] : [`    takes back ${undoes}`]),
    ...steps.map((step) =>
      pc.dim(
        `    ${step.status} ${step.service}:${step.operation} ${JSON.stringify(step.input)} ${step.requestId ?? ''}`,
      ),
    ),
    ...(error === null ? [] : [`    ${pc.yellow(error)}`]),
  ];
  return `${lines.join('\n')}\n\n`;
}
