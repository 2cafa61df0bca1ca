import { Command } from 'commander';
import { caller } from './caller.ts';
import { ledgerEngine } from './context.ts';
import { type CommonOptions, chosenControls, withCommonOptions } from './options.ts';
import { written } from './report.ts';

interface PauseOptions extends CommonOptions {
  readonly control?: string;
  readonly reason: string;
}

export const pauseCommand = () =>
  withCommonOptions(new Command('pause'))
    .description('Stop every remediation, or those of one control, within seconds. Findings go on being kept.')
    .option('--control <id>', 'only this control')
    .requiredOption('--reason <text>', 'why, for those who ask later')
    .action(pause);

async function pause(options: PauseOptions): Promise<void> {
  if (options.control !== undefined) chosenControls([options.control]);
  const engine = ledgerEngine(options);
  const { control = null, reason } = options;
  const what = control ?? 'everything';
  const goOn = `npx evenkeel resume${control === null ? '' : ` --control ${control}`} --look`;
  const entry = { control, reason, by: await caller(engine), at: engine.clock.now().toISOString() };
  await engine.ledger.pause(entry);
  written(options, entry, `Paused: ${what}. Nothing of it is remediated until: ${goOn}`);
  await engine.notifier.announce({
    severity: 'HIGH',
    subject: `Evenkeel was paused: ${what}`,
    text: `Paused by ${entry.by}: ${reason}\nFindings go on being kept, and nothing is remediated.\n\nGo on:  ${goOn}`,
  });
}
