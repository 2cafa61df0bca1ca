import { Command } from 'commander';
import { controls } from '../controls/index.ts';
import { redactedRecord } from '../engine/run/redact.ts';
import { isCutOff } from '../engine/sweep/leftovers.ts';
import { type Ledger, resourceKey } from '../ledger/ledger.ts';
import type { RecordedStep, Remediation } from '../ledger/records.ts';
import { fits } from '../policy/patterns.ts';
import { shellQuoted, visible, visibleJson, withoutErrorNames } from '../text.ts';
import { systemClock } from '../time.ts';
import { colors } from './colors.ts';
import { ledgerRun } from './context.ts';
import { assertControl, type CommonOptions, withCommonOptions } from './options.ts';
import { wrapped } from './output/wrap.ts';
import { recordIdOf } from './record-id.ts';
import { sinceOf, WHEN } from './since.ts';

interface HistoryOptions extends CommonOptions {
  readonly resource?: string;
  readonly control?: string;
  readonly since: string;
}

export const historyCommand = () =>
  withCommonOptions(new Command('history'))
    .description('List remediations and undos: cause, calls, and how each ended.')
    .argument('[id]', 'only this record and its undo: rem-…, or how its id begins')
    .option('--resource <arn or id>', 'only this resource; * matches any characters')
    .option('--control <id>', 'only this control')
    .option('--since <when>', WHEN, '90d')
    .action(history);

async function history(named: string | undefined, options: HistoryOptions): Promise<void> {
  const { resource, control } = options;
  if (control !== undefined) assertControl(control);
  const now = systemClock.now();
  const since = sinceOf(options.since, now);
  const { engine, checked: id } = await ledgerRun(options, 'nothing', async (run) =>
    named === undefined ? null : recordIdOf(named, run.engine.ledger),
  );
  let shown = 0;
  // A record that is named is shown whatever its age.
  for await (const record of engine.ledger.remediations(id === null ? since : undefined)) {
    if (id !== null && record.id !== id && record.undoes !== id) continue;
    if (control !== undefined && record.controlId !== control) continue;
    if (resource !== undefined && !namesOf(record).some((name) => fits(resource, name))) continue;
    shown += 1;
    const interrupted = await wasInterrupted(record, engine.ledger, now.getTime());
    process.stdout.write(
      options.json
        ? `${visibleJson(JSON.stringify({ ...redactedRecord(record), interrupted }))}\n`
        : inWords(record, interrupted),
    );
  }
  if (shown === 0 && !options.json) process.stdout.write('No records.\n');
}

/** True for an open record whose run has ended without completing it. */
async function wasInterrupted({ status, service, ref }: Remediation, ledger: Ledger, now: number): Promise<boolean> {
  return status === 'applying' && isCutOff((await ledger.load(resourceKey(service, ref))).state, now);
}

/** The resource's id, and its ARN where this version has the control. */
const namesOf = ({ controlId, ref }: Remediation): readonly string[] => [
  ref.resourceId,
  ...controls.filter(({ id }) => id === controlId).map(({ resource }) => resource.arn(ref)),
];

/** The status in a word or two. */
function statusOf({ kind, status }: Remediation, interrupted: boolean): string {
  const end = interrupted ? 'interrupted' : status;
  if (kind === 'remediation') return end;
  return end === 'remediated' ? 'undo' : `undo ${end}`;
}

/** A record, for people. */
export function inWords(record: Remediation, interrupted: boolean): string {
  const { id, controlId, ref, annotation, attribution, times, decidedBy, undoes, expires, status, error, steps } =
    record;
  const { recheckAt } = record;
  const via = attribution?.tool ? ` with ${visible(attribution.tool)}` : '';
  const lines = [
    `${visible(times.decided)}  ${colors.bold(visible(statusOf(record, interrupted)))}  ${visible(id)}`,
    visible(`${controlId} ${ref.resourceId} (${ref.accountId}, ${ref.region})`),
    visible(withoutErrorNames(annotation)),
    attribution !== null && undoes === null && `changed by ${visible(attribution.actor ?? 'unknown')}${via}`,
    decidedBy !== null && `decided by ${visible(decidedBy)}`,
    undoes !== null && visible(`undoes ${undoes}`),
    status === 'awaitingApproval' &&
      visible(`awaits approval until ${expires}: npx evenkeel approve ${shellQuoted(id)}`),
    status === 'pending' &&
      visible(`AWS is still applying it: next recheck at ${recheckAt}, failed if not done by ${expires}`),
    interrupted && 'the run did not complete; to recover now: npx evenkeel sweep --mode remediate',
    ...steps.map(stepInWords),
    error !== null && colors.yellow(visible(withoutErrorNames(error))),
  ];
  const [first = '', ...rest] = lines.filter((line) => line !== false);
  return `${[...wrapped(first, 0, 4), ...rest.flatMap((line) => wrapped(line, 4, 2))].join('\n')}\n\n`;
}

const stepInWords = ({ status, service, operation, input, requestId }: RecordedStep) =>
  colors.dim(
    visible(
      `${status} ${service}:${operation} ${visibleJson(JSON.stringify(input))}${requestId === null ? '' : ` ${requestId}`}`,
    ),
  );
