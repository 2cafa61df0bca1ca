import { Command } from 'commander';
import { ledgerRun } from './context.ts';
import { assertControl, type CommonOptions, withCommonOptions } from './options.ts';
import { printAnswer } from './results-printer.ts';

interface PauseOptions extends CommonOptions {
  readonly control?: string;
  readonly reason: string;
}

export const pauseCommand = () =>
  withCommonOptions(new Command('pause'))
    .description('Stop all remediation, or that of one control, within seconds. Drift is still detected and notified.')
    .option('--control <id>', 'only this control')
    .requiredOption('--reason <text>', 'why; shown wherever the pause is')
    .action(pause);

async function pause(options: PauseOptions): Promise<void> {
  if (options.control !== undefined) assertControl(options.control);
  const { engine, caller } = await ledgerRun(options, 'ledger');
  const { control = null, reason } = options;
  const scope = control ?? 'everything';
  const resume = `npx evenkeel resume${control === null ? '' : ` --control ${control}`} --look`;
  const entry = { control, reason, by: (await caller()).arn, at: engine.clock.now().toISOString() };
  await engine.ledger.pause(entry);
  printAnswer(options, entry, `Paused: ${scope}. To resume: ${resume}`);
  await engine.notifier.announce({
    severity: 'HIGH',
    kind: 'halted',
    subject: `Evenkeel was paused: ${scope}`,
    text: `Paused by ${entry.by}: ${reason}\nDrift is still detected and notified; nothing is remediated.\n\nResume:  ${resume}`,
  });
}
