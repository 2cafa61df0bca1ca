import { Command } from 'commander';
import { controls } from '../controls/index.ts';
import { isCutOff } from '../engine/sweep/leftovers.ts';
import { type Ledger, resourceKey } from '../ledger/ledger.ts';
import type { RecordedStep, Remediation } from '../ledger/records.ts';
import { fits } from '../policy/patterns.ts';
import { isDuration, milliseconds } from '../time.ts';
import { colors } from './colors.ts';
import { ledgerEngine } from './context.ts';
import { UsageError } from './errors.ts';
import { type CommonOptions, chosenControls, withCommonOptions } from './options.ts';

interface HistoryOptions extends CommonOptions {
  readonly resource?: string;
  readonly control?: string;
  readonly since: string;
}

export const historyCommand = () =>
  withCommonOptions(new Command('history'))
    .description('What was done, by whose cause, with which calls, and how it ended.')
    .option('--resource <arn or id>', 'only this resource; * stands for any run of characters')
    .option('--control <id>', 'only this control')
    .option('--since <when>', 'a day (2026-11-01) or a time ago (12h, 30d)', '90d')
    .action(history);

async function history(options: HistoryOptions): Promise<void> {
  const { resource, control } = options;
  if (control !== undefined) chosenControls([control]);
  const engine = ledgerEngine(options);
  const now = engine.clock.now();
  let seen = 0;
  for await (const record of engine.ledger.remediations(sinceOf(options.since, now))) {
    if (control !== undefined && record.controlId !== control) continue;
    if (resource !== undefined && !namesOf(record).some((name) => fits(resource, name))) continue;
    seen += 1;
    const cutOff = await wasCutOff(record, engine.ledger, now.getTime());
    process.stdout.write(options.json ? `${JSON.stringify({ ...record, cutOff })}\n` : inWords(record, cutOff));
  }
  if (seen === 0 && !options.json) process.stdout.write('Nothing was done.\n');
}

/** True where its run can no longer be at work; of a record that has ended, nothing is asked. */
async function wasCutOff({ status, service, ref }: Remediation, ledger: Ledger, now: number): Promise<boolean> {
  return status === 'applying' && isCutOff((await ledger.load(resourceKey(service, ref))).state, now);
}

/** ISO 8601 of a day, a moment, or a time ago. Throws UsageError. */
function sinceOf(text: string, now: Date): string {
  if (isDuration(text)) return new Date(now.getTime() - milliseconds(text)).toISOString();
  const moment = new Date(text);
  if (Number.isNaN(moment.getTime()))
    throw new UsageError(`--since ${text}: give a day (2026-11-01) or a time ago (12h, 30d)`);
  return moment.toISOString();
}

/** What a resource may be called: its id, and its ARN where we have its control. */
const namesOf = ({ controlId, ref }: Remediation): readonly string[] => [
  ref.resourceId,
  ...controls.filter(({ id }) => id === controlId).map(({ resource }) => resource.arn(ref)),
];

/** How it ended, in a word or two. */
function endOf({ kind, status }: Remediation, cutOff: boolean): string {
  const end = cutOff ? 'cut off' : status;
  if (kind === 'remediation') return end;
  return end === 'remediated' ? 'undo' : `undo ${end}`;
}

function inWords(record: Remediation, cutOff: boolean): string {
  const { id, controlId, ref, annotation, attribution, times, decidedBy, undoes, expires, status, error, steps } =
    record;
  const { recheckAt } = record;
  const via = attribution?.tool ? ` with ${attribution.tool}` : '';
  const lines = [
    `${times.decided}  ${colors.bold(endOf(record, cutOff))}  ${id}`,
    `${controlId} ${ref.resourceId} (${ref.accountId}, ${ref.region})`,
    annotation,
    attribution !== null && undoes === null && `changed by ${attribution.actor ?? 'unknown'}${via}`,
    decidedBy !== null && `decided by ${decidedBy}`,
    undoes !== null && `undoes ${undoes}`,
    status === 'awaitingApproval' && `waits until ${expires}: npx evenkeel approve ${id}`,
    status === 'pending' && `AWS is at work on it; looked at again at ${recheckAt}, ends at ${expires}`,
    cutOff && 'the next look ends it: npx evenkeel sweep --mode remediate',
    ...steps.map(stepInWords),
    error !== null && colors.yellow(error),
  ];
  return `${lines.filter((line) => line !== false).join('\n    ')}\n\n`;
}

const stepInWords = ({ status, service, operation, input, requestId }: RecordedStep) =>
  colors.dim(`${status} ${service}:${operation} ${JSON.stringify(input)}${requestId === null ? '' : ` ${requestId}`}`);
