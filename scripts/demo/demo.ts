import { parseArgs } from 'node:util';
import { EXIT, UsageError } from '../../shared/cli/errors.ts';
import { openLocalAccount, reportError } from '../sandbox/local.ts';
import type { Sandbox } from '../sandbox/moto.ts';
import { driftActs, prepare } from './drift-acts.ts';
import { safetyActs } from './safety-acts.ts';
import { demoScenes, shortened } from './scenes.ts';
import { type Screen, screenOn } from './screen.ts';
import { stageAt } from './stage.ts';

const NAME = 'demo';

const introduction = (endpoint: string, played: number, all: number) =>
  `Evenkeel on a local AWS account at ${endpoint}; nothing here reaches AWS. ${played} resources drift from the policy, one after another, and each time Evenkeel gets the event that CloudTrail would send.${played < all ? ` \`npm run demo -- --all\` plays all ${all}.` : ''}`;

const NEXT = `\
Next:   npx evenkeel controls     what is watched, and in which mode
        npm run sandbox           a local account of your own to try sweep and replay on
        README.md, "Deploy"       into your AWS account; a new deployment only detects and notifies`;

/** Plays every act and gives what was not as expected. */
async function play({ endpoint }: Sandbox, screen: Screen, isWhole: boolean): Promise<readonly string[]> {
  const started = performance.now();
  const all = await demoScenes();
  const scenes = isWhole ? all : shortened(all);
  screen.say(introduction(endpoint, scenes.length, all.length));
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

/** Throws UsageError. */
function isWholeWanted(): boolean {
  try {
    return parseArgs({ options: { all: { type: 'boolean', default: false } }, allowPositionals: false }).values.all;
  } catch {
    throw new UsageError('takes --all or nothing; AWS_ENDPOINT_URL names a local account to play in, if there is one');
  }
}

async function main(): Promise<number> {
  const isWhole = isWholeWanted();
  const sandbox = await openLocalAccount({ say: (line) => process.stderr.write(`${line}\n`) });
  try {
    return (await play(sandbox, screenOn(process.stdout), isWhole)).length === 0 ? EXIT.done : EXIT.failed;
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
