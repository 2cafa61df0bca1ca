import { parseArgs } from 'node:util';
import { EXIT, UsageError } from '../../shared/cli/errors.ts';
import { openLocalAccount, reportError } from '../sandbox/local.ts';
import type { Sandbox } from '../sandbox/moto.ts';
import { driftActs, prepare } from './drift-acts.ts';
import { safetyActs } from './safety-acts.ts';
import { demoScenes } from './scenes.ts';
import { type Screen, screenOn } from './screen.ts';
import { stageAt } from './stage.ts';

const NAME = 'demo';

const introduction = (endpoint: string, drifts: number) =>
  `Evenkeel on a local AWS account at ${endpoint}; nothing here reaches AWS. ${drifts} resources drift from the policy, one after another, and each time Evenkeel gets the event that CloudTrail would send.`;

const NEXT = `\
Next:   npx evenkeel controls     what is watched, and in which mode
        npm run sandbox           a local account of your own to try sweep and replay on
        README.md, "Deploy"       into your AWS account; a new deployment only detects and notifies`;

/** Plays every act and gives what was not as expected. */
async function play({ endpoint }: Sandbox, screen: Screen): Promise<readonly string[]> {
  const started = performance.now();
  const scenes = await demoScenes();
  screen.say(introduction(endpoint, scenes.length));
  const performed = await prepare(await stageAt(endpoint), screen, scenes);
  const reports = [];
  for (const act of [...driftActs, ...safetyActs]) {
    screen.heading(act.title);
    reports.push(await act.play(performed));
  }
  const problems = reports.flatMap((report) => report.problems);
  const seconds = `${((performance.now() - started) / 1000).toFixed(1)} s`;
  const summary = [...reports.map((report) => report.summary), seconds].join(' · ');
  screen.heading(problems.length === 0 ? 'All as expected' : 'NOT all as expected');
  for (const problem of problems) screen.say(screen.colors.red(problem), '   ✗ ');
  screen.say(summary, '   ');
  screen.say('');
  screen.say(NEXT);
  return problems;
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
  process.exitCode = reportError(NAME, error);
}
