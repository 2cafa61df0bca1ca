import { Command } from 'commander';
import { controls } from '../controls/index.ts';
import type { Engine } from '../engine/context.ts';
import { ChangedSinceError, type UndoResult, undo as undoRemediation } from '../engine/execution/undo.ts';
import { DAY_MS, dayOf } from '../time.ts';
import { caller } from './caller.ts';
import { makeCall } from './calls.ts';
import { lastingEngine } from './context.ts';
import { EXIT } from './errors.ts';
import { expiryDay } from './exempt.ts';
import { type CommonOptions, withCommonOptions } from './options.ts';
import { written } from './report.ts';

interface UndoOptions extends CommonOptions {
  readonly dryRun?: boolean;
  readonly reason: string;
  readonly expires?: string;
}

/** Days for which an undone resource may stay as it was, where --expires does not say. */
const DEFAULT_DAYS = 30;

export const undoCommand = () =>
  withCommonOptions(new Command('undo'))
    .description('Undo a remediation, exactly, and let the resource stay so until a day.')
    .argument('<id>', 'the remediation: rem-…')
    .option('--dry-run', 'show the calls and make none')
    .option('--reason <text>', 'why', 'undone by hand')
    .option('--expires <day>', `the last day of the exemption (default: in ${DEFAULT_DAYS} days)`)
    .action(undo);

async function undo(id: string, options: UndoOptions): Promise<void> {
  const engine = lastingEngine(options);
  const now = engine.clock.now();
  const expires =
    options.expires === undefined
      ? dayOf(new Date(now.getTime() + DEFAULT_DAYS * DAY_MS))
      : expiryDay(options.expires, now);
  const request = { id, by: await caller(engine), reason: options.reason, expires, dryRun: options.dryRun === true };
  try {
    const undone = await undoRemediation(request, engine, controls, (call, ref) =>
      makeCall(call, engine.aws(ref.region)),
    );
    const { calls, undoId, exemptions, isPending } = undone;
    const recheckAt = isPending ? await recheckAtOf(undoId, engine) : null;
    const lines = calls.map(({ service, operation, input }) => `  ${service}:${operation} ${JSON.stringify(input)}`);
    const said = [headline(undone, expires, recheckAt ?? 'an unknown time'), ...lines].join('\n');
    written(options, { id, undoId, dryRun: request.dryRun, isPending, recheckAt, calls, exemptions }, said);
  } catch (error) {
    if (!(error instanceof ChangedSinceError)) throw error;
    written(options, { id, undoId: null, refused: 'changed', differences: error.differences }, '');
    process.stderr.write(`evenkeel: refused, ${error.message}\n`);
    process.exitCode = EXIT.failed;
  }
}

/** What an undo came to, in a sentence before its calls. `recheckAt`: when a pending one is looked at again. */
export function headline(
  { record, undoId, exemptions, isPending }: UndoResult,
  expires: string,
  recheckAt: string,
): string {
  if (undoId === null) return `Would undo ${record.id}:`;
  const until = `It may stay so until ${expires}, whichever control asks (${exemptions.map(({ id }) => id).join(', ')})`;
  if (!isPending) return `Undid ${record.id} (${undoId}). ${until}:`;
  return `${undoId}, which undoes ${record.id}, is pending: AWS is at work on it; it is looked at again at ${recheckAt}. ${until}:`;
}

/** When a pending undo is looked at again, ISO 8601; null where that cannot be read, which is no failure of the undo. */
const recheckAtOf = async (undoId: string | null, { ledger }: Engine): Promise<string | null> =>
  undoId === null ? null : ((await ledger.remediation(undoId).catch(() => null))?.recheckAt ?? null);
