import { Command } from 'commander';
import { controls } from '../controls/index.ts';
import { ChangedSinceError, undo as undoRemediation } from '../engine/execution/undo.ts';
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
const DAY = 86_400_000;

export const undoCommand = () =>
  withCommonOptions(new Command('undo'))
    .description('Take a remediation back, exactly, and let the resource stay so until a day.')
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
      ? new Date(now.getTime() + DEFAULT_DAYS * DAY).toISOString().slice(0, 10)
      : expiryDay(options.expires, now);
  const request = { id, by: await caller(engine), reason: options.reason, expires, dryRun: options.dryRun === true };
  try {
    const { calls, undoId, exemptions } = await undoRemediation(request, engine, controls, (call, ref) =>
      makeCall(call, engine.aws(ref.region)),
    );
    const lines = calls.map(({ service, operation, input }) => `  ${service}:${operation} ${JSON.stringify(input)}`);
    const head =
      undoId === null
        ? `Would take ${id} back:`
        : `Took ${id} back (${undoId}). It may stay so until ${expires} for ${exemptions.map(({ control }) => control).join(', ')}:`;
    written(options, { id, undoId, dryRun: request.dryRun, calls, exemptions }, [head, ...lines].join('\n'));
  } catch (error) {
    if (!(error instanceof ChangedSinceError)) throw error;
    written(options, { id, undoId: null, refused: 'changed', differences: error.differences }, '');
    process.stderr.write(`evenkeel: refused, ${error.message}\n`);
    process.exitCode = EXIT.failed;
  }
}
