import { parseArgs } from 'node:util';
import { EXIT, UsageError } from '../../shared/cli/errors.ts';
import { openLocalAccount, reportTrouble } from '../sandbox/local.ts';
import type { Sandbox } from '../sandbox/moto.ts';
import { openActs, prepared } from './acts.ts';
import { safeActs } from './safe-acts.ts';
import { scenes } from './scenes/all.ts';
import { type Screen, screenOn } from './screen.ts';
import { stageAt } from './stage.ts';

const NAME = 'demo';

const introduction = (endpoint: string) =>
  `Evenkeel on a local AWS account at ${endpoint}; nothing here reaches AWS. Somebody drifts the account in ${scenes.length} ways, and each time Evenkeel gets the event that CloudTrail would send.`;

const NEXT = `\
Next:   npx evenkeel controls     what is watched, and in which mode
        npm run sandbox           a local account of your own to try sweep and replay on
        README.md, "Deploy"       into your AWS account; a new deployment only looks and tells`;

/** Plays every act and gives what was not as it has to be. */
async function play({ endpoint }: Sandbox, screen: Screen): Promise<readonly string[]> {
  const started = performance.now();
  screen.say(introduction(endpoint));
  const performed = await prepared(await stageAt(endpoint), screen, scenes);
  const reports = [];
  for (const act of [...openActs, ...safeActs]) {
    screen.heading(act.title);
    reports.push(await act.play(performed));
  }
  const troubles = reports.flatMap((report) => report.troubles);
  const seconds = `${((performance.now() - started) / 1000).toFixed(1)} s`;
  const summary = [...reports.map((report) => report.summary), seconds].join(' · ');
  screen.heading(troubles.length === 0 ? 'All went as it has to' : 'NOT all went as it has to');
  for (const trouble of troubles) screen.say(screen.colors.red(trouble), '   ✗ ');
  screen.say(summary, '   ');
  screen.say('');
  screen.say(NEXT);
  return troubles;
}

async function main(): Promise<number> {
  try {
    parseArgs({ options: {}, allowPositionals: false });
  } catch {
    throw new UsageError('takes no arguments; AWS_ENDPOINT_URL names a local account to play in, if there is one');
  }
  const sandbox = await openLocalAccount({ say: (line) => process.stderr.write(`${line}\n`) });
  try {
    return (await play(sandbox, screenOn(process.stdout))).length === 0 ? EXIT.done : EXIT.failed;
  } finally {
    await sandbox.stop();
  }
}

// A reader that has seen enough (`| head`) closes the pipe: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.done);
  throw error;
});

try {
  process.exitCode = await main();
} catch (error) {
  process.exitCode = reportTrouble(NAME, error);
}
