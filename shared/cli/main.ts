import { Command, CommanderError } from 'commander';
import { messageOf } from '../engine/errors.ts';
import { PolicyError } from '../policy/load.ts';
import { controlsCommand } from './controls.ts';
import { EXIT, UsageError } from './errors.ts';
import { replayCommand } from './replay.ts';
import { sweepCommand } from './sweep.ts';

const program = new Command('evenkeel')
  .description('Keeps an AWS account on an even keel: finds drift, puts it right, verifies it and tells about it.')
  .addCommand(replayCommand())
  .addCommand(sweepCommand())
  .addCommand(controlsCommand())
  .showSuggestionAfterError()
  .helpCommand(true);

for (const command of [program, ...program.commands]) {
  command.exitOverride();
  command.configureOutput({ outputError: (text, write) => write(text.replace(/\n(?=.)/g, ' ')) });
}

// A reader that has seen enough (`| head`) closes the pipe: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.done);
  process.stderr.write(`evenkeel: standard output: ${messageOf(error)}\n`);
  process.exit(EXIT.failed);
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = statusOf(error);
}

function statusOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  const isUsage = error instanceof UsageError || error instanceof PolicyError;
  const lines = isUsage ? error.message.split('\n') : [messageOf(error)];
  for (const line of lines) process.stderr.write(`evenkeel: ${line}\n`);
  return isUsage ? EXIT.usage : EXIT.failed;
}
