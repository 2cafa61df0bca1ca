import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../catalogue.ts';
import { estimate, type JestRun } from './estimate.ts';

/** `npm run test:estimate [FILE]`: what `npm test` takes for each control, and what it would take with as many as the catalogue is to have. FILE is Jest's `--json` output of a whole run; without it, all tests are run. */
const CATALOGUE = 160;

function runTests(): JestRun {
  const folder = mkdtempSync(join(tmpdir(), 'evenkeel-estimate-'));
  const file = join(folder, 'run.json');
  try {
    const args = ['test', '--', '--json', '--silent', `--outputFile=${file}`];
    spawnSync('npm', args, { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'], shell: process.platform === 'win32' });
    return JSON.parse(readFileSync(file, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const [file] = process.argv.slice(2);
const run: JestRun = file === undefined ? runTests() : JSON.parse(readFileSync(file, 'utf8'));
const { controls, secondsPerControl, slowest, seconds, estimated } = estimate(run, CATALOGUE);
const whole = (value: number) => `${Math.floor(value / 60)} min ${Math.floor(value % 60)} s`;
console.log(`${controls} controls, ${secondsPerControl.toFixed(1)} s each with their resource types; the slowest:`);
for (const [id, took] of slowest) console.log(`  ${took.toFixed(1).padStart(5)} s  ${id}`);
console.log(`The run took ${whole(seconds)}; with ${CATALOGUE} controls, on this machine, about ${whole(estimated)}.`);
