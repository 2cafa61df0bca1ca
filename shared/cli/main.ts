import { Command, CommanderError } from 'commander';
import { messageOf, NotDecidableError } from '../engine/errors.ts';
import { codeVersion } from '../lambda/version.ts';
import { PolicyError } from '../policy/load.ts';
import { visible } from '../text.ts';
import { approveCommand, rejectCommand } from './approve.ts';
import { inOneLine } from './aws-problem.ts';
import { addCompletion } from './completion.ts';
import { controlsCommand } from './controls.ts';
import { doctorCommand } from './doctor.ts';
import { EXIT, UsageError } from './errors.ts';
import { exemptCommand } from './exempt.ts';
import { findingsCommand } from './findings.ts';
import { historyCommand } from './history.ts';
import { initCommand } from './init.ts';
import { handleInterrupts } from './interrupt.ts';
import { pauseCommand } from './pause.ts';
import { policyCommand } from './policy-command.ts';
import { redriveCommand } from './redrive.ts';
import { replayCommand } from './replay.ts';
import { reportCommand } from './report.ts';
import { resumeCommand } from './resume.ts';
import { refuseRepeatedOptions } from './single-options.ts';
import { sweepCommand } from './sweep.ts';
import { undoCommand } from './undo.ts';
import { verifyCommand } from './verify.ts';
import { whatIfCommand } from './what-if.ts';

const program = new Command('evenkeel')
  .description(
    'Keeps an AWS account on an even keel: detects drift, remediates it, verifies the result and notifies people.',
  )
  .version(codeVersion, '--version', 'print the version')
  .addCommand(initCommand())
  .addCommand(whatIfCommand())
  .addCommand(replayCommand())
  .addCommand(redriveCommand())
  .addCommand(sweepCommand())
  .addCommand(findingsCommand())
  .addCommand(controlsCommand())
  .addCommand(policyCommand())
  .addCommand(doctorCommand())
  .addCommand(historyCommand())
  .addCommand(verifyCommand())
  .addCommand(reportCommand())
  .addCommand(undoCommand())
  .addCommand(approveCommand())
  .addCommand(rejectCommand())
  .addCommand(exemptCommand())
  .addCommand(pauseCommand())
  .addCommand(resumeCommand())
  .showSuggestionAfterError()
  .helpCommand(true);

addCompletion(program);

for (const command of [program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)]) {
  command.exitOverride();
  refuseRepeatedOptions(command);
  command.configureOutput({ outputError: (text, write) => write(withRemedy(text.replace(/\n(?=.)/g, ' '), command)) });
}

/** An error of the arguments with where the right ones are listed, unless it says itself what is right. */
function withRemedy(line: string, command: Command): string {
  if (/Did you mean|Allowed|npx evenkeel/.test(line)) return line;
  return `${line.trimEnd().replace(/\.$/, '')}; npx ${pathOf(command)} --help lists them\n`;
}

/** Commander answers `help` for what is no subcommand with all of its help, which does not say what is wrong. Throws CommanderError. */
function assertHelpIsOfCommand(command: Command, [word, asked, ...rest]: readonly string[]): void {
  const named = (name: string | undefined) => command.commands.find((one) => one.name() === name);
  if (word !== 'help') {
    const next = named(word);
    if (next !== undefined && next.commands.length > 0 && asked !== undefined)
      assertHelpIsOfCommand(next, [asked, ...rest]);
  } else if (asked !== undefined && !asked.startsWith('-') && asked !== 'help' && named(asked) === undefined)
    command.error(`error: unknown command '${asked}'`);
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

// A reader such as `head` closes the pipe early: that is not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.done);
  process.stderr.write(`evenkeel: standard output: ${messageOf(error)}\n`);
  process.exit(EXIT.failed);
});

handleInterrupts();

/** Errors that the caller has to correct. */
const USAGE_ERRORS = [UsageError, PolicyError, NotDecidableError];

try {
  assertHelpIsOfCommand(program, process.argv.slice(2));
  await program.parseAsync();
} catch (error) {
  process.exitCode = statusOf(error);
}

function statusOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  const isUsage = USAGE_ERRORS.some((type) => error instanceof type);
  const message = isUsage && error instanceof Error ? error.message : inOneLine(error);
  const lines = error instanceof PolicyError ? error.errors : [message];
  for (const line of lines) process.stderr.write(`evenkeel: ${visible(line)}\n`);
  return isUsage ? EXIT.usage : EXIT.failed;
}
