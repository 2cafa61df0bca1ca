import { Command } from 'commander';
import { controls } from '../controls/index.ts';
import type { Engine } from '../engine/context.ts';
import { redactedCall } from '../engine/run/redact.ts';
import { ChangedSinceError, type UndoResult, undo as undoRemediation } from '../engine/undo/undo.ts';
import { DEFAULT_EXEMPTION_DAYS, defaultExpiry } from '../engine/undo/undo-record.ts';
import { visible, visibleJson } from '../text.ts';
import { systemClock } from '../time.ts';
import { actingRun, type Check } from './context.ts';
import { EXIT, UsageError } from './errors.ts';
import { expiryDay } from './exempt.ts';
import { summarizeChange } from './interrupt.ts';
import { type CommonOptions, withCommonOptions } from './options.ts';
import { lastUndoable, ownRecordId } from './record-id.ts';
import { printAnswer } from './results-printer.ts';
import { sendUndoCall } from './undo-call.ts';

interface UndoOptions extends CommonOptions {
  readonly dryRun?: boolean;
  readonly last?: boolean;
  readonly reason: string;
  readonly expires?: string;
}

export const undoCommand = () =>
  withCommonOptions(new Command('undo'))
    .description('Undo a remediation exactly, and exempt what it brings back until a given day.')
    .argument('[id]', 'the remediation: rem-…, or how its id begins')
    .option('--last', 'the latest remediation that is not undone')
    .option('--dry-run', 'show the calls without making them')
    .option('--reason <text>', 'why', 'undone by hand')
    .option('--expires <day>', `the last day of the exemption (default: in ${DEFAULT_EXEMPTION_DAYS} days)`)
    .action(undo);

async function undo(named: string | undefined, options: UndoOptions, command: Command): Promise<void> {
  if (named === undefined && options.last !== true)
    command.error("error: missing required argument 'id': give it, or --last; npx evenkeel history lists them");
  if (named !== undefined && options.last === true) throw new UsageError('--last and an id: choose one');
  const now = systemClock.now();
  const expires = options.expires === undefined ? defaultExpiry(now) : expiryDay(options.expires, now);
  const run = await actingRun(options, "the record's own region", chosen(named));
  const { engine, caller } = run;
  const { id, said } = run.checked;
  if (said !== null) process.stderr.write(`evenkeel: ${visible(said)}\n`);
  const request = { id, by: (await caller()).arn, reason: options.reason, expires, dryRun: options.dryRun === true };
  if (options.dryRun !== true)
    summarizeChange(
      `the undo of ${id} may have begun`,
      'what was done stands in its record; the same command resumes it',
    );
  try {
    const undone = await undoRemediation(request, engine, controls, (call, ref) =>
      sendUndoCall(call, ref, engine.aws(ref.region)),
    );
    const { undoId, exemptions, isPending } = undone;
    const calls = undone.calls.map(redactedCall);
    const recheckAt = isPending ? await recheckAtOf(undoId, engine) : null;
    const lines = calls.map(({ service, operation, input }) =>
      visible(`  ${service}:${operation} ${visibleJson(JSON.stringify(input))}`),
    );
    const answer = [headline(undone, expires, recheckAt ?? 'an unknown time'), ...lines].join('\n');
    printAnswer(options, { id, undoId, dryRun: request.dryRun, isPending, recheckAt, calls, exemptions }, answer);
  } catch (error) {
    if (!(error instanceof ChangedSinceError)) throw error;
    printAnswer(options, { id, undoId: null, refused: 'changed', differences: error.differences }, '');
    const lines = [
      `evenkeel: not undone: the resource was changed since ${id}:`,
      ...error.differences.map((line) => `  ${line}`),
    ];
    process.stderr.write(`${lines.map(visible).join('\n')}\n`);
    process.exitCode = EXIT.failed;
  }
}

interface Chosen {
  readonly id: string;
  /** What a person who did not name it is told. */
  readonly said: string | null;
}

/** The remediation that is named, or else the latest. */
const chosen =
  (named: string | undefined): Check<Chosen> =>
  async (run) => {
    if (named !== undefined) return { id: await ownRecordId(named, run), said: null };
    const { id, controlId, ref, times } = await lastUndoable((await run.caller()).accountId, run.engine.ledger);
    return { id, said: `the last remediation is ${id}: ${controlId} ${ref.resourceId}, ${times.decided}` };
  };

/** The result of an undo in one sentence. `recheckAt`: when a pending one is rechecked. */
export function headline(
  { record, undoId, exemptions, isPending }: UndoResult,
  expires: string,
  recheckAt: string,
): string {
  if (undoId === null) return visible(`Would undo ${record.id}:`);
  const until = `Exempt from every control until ${expires} (${exemptions.map(({ id }) => id).join(', ')}):`;
  const ended = isPending
    ? `Undo of ${record.id} (${undoId}) is pending: AWS is still applying it, next recheck at ${recheckAt}.`
    : `Undid ${record.id} (${undoId}).`;
  return visible(`${ended} ${until}`);
}

/** When a pending undo is rechecked, ISO 8601; null where that cannot be read, which does not fail the undo. */
const recheckAtOf = async (undoId: string | null, { ledger }: Engine): Promise<string | null> =>
  undoId === null ? null : ((await ledger.remediation(undoId).catch(() => null))?.recheckAt ?? null);
