import { type ChildProcess, fork, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from '@jest/globals';
import pLimit from 'p-limit';
import type { PolicyDocument } from '../../shared/policy/policy.ts';
import type { Result } from '../../shared/result.ts';

const BIN = fileURLToPath(new URL('../../bin/evenkeel', import.meta.url));

/** What the command goes by in tests that name no other policy: the clone's own only detects. */
export const RECOMMENDED: PolicyDocument = { defaults: { mode: 'recommended' } };
const RECOMMENDED_FILE = fileURLToPath(new URL('recommended.yml', import.meta.url));

/** How a run of a program ended, and what it said. */
export interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
  /** How many milliseconds the clock of a hosted command is ahead. */
  readonly ahead?: number;
}

/** Two cores run two programs; more at once only makes all of them late. */
const runAtOnce = pLimit(availableParallelism());

/** Runs a program as its user would, with an environment that holds nothing of ours; as many at once as there are cores. */
export const run = (
  program: string,
  args: readonly string[],
  { cwd = tmpdir(), env = {}, input = '' }: RunOptions = {},
): Promise<Finished> => runAtOnce(() => finished(program, args, { cwd, env, input }));

/** An environment that holds nothing of ours, but for where programs keep what they have compiled: so the next one starts sooner. */
const nobodys = (cwd: string) => ({
  PATH: process.env.PATH ?? '',
  HOME: cwd,
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? '',
});

function finished(program: string, args: readonly string[], { cwd, env, input }: Required<Omit<RunOptions, 'ahead'>>) {
  return new Promise<Finished>((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...nobodys(cwd), ...env },
    });
    const said = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      said.stdout += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk) => {
      said.stderr += chunk;
    });
    child.stdin.on('error', () => {}); // a program that ends without reading its input closes the pipe
    child.stdin.end(input);
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, ...said }));
  });
}

const withPolicy = (env: Readonly<Record<string, string>>, options: RunOptions): RunOptions => ({
  ...options,
  env: { EVENKEEL_POLICY: RECOMMENDED_FILE, EVENKEEL_LEDGER: ':memory:', ...env, ...options.env },
});

/** `evenkeel` as a user of this account runs it, in an empty folder unless one is named, under RECOMMENDED unless EVENKEEL_POLICY is named (empty for the clone's own), with a ledger in memory unless a table or EVENKEEL_LEDGER is (empty for the one that it finds by itself). */
export const evenkeelProcessAs =
  (env: Readonly<Record<string, string>>) =>
  (args: readonly string[], options: RunOptions = {}): Promise<Finished> =>
    run(process.execPath, [BIN, ...args], withPolicy(env, options));

/** The same in a process that runs the commands of all test files of a worker one after the other: most of a short command is the loading of its modules. */
export const evenkeelAs =
  (env: Readonly<Record<string, string>>) =>
  (args: readonly string[], options: RunOptions = {}): Promise<Finished> =>
    runAtOnce(() => hosted(args, withPolicy(env, options)));

/** The first line of a run, which says what it works with: tests/cli/run-header.test.ts. */
const HEADER = /^evenkeel: [^\n]+; (mode \w+ (at most|\(read-only\))|read-only|writes to (the ledger|queues) only)\n/;

/** What a run says beside its first line. */
export const withoutHeader = (finished: Finished): Finished => ({
  ...finished,
  stderr: finished.stderr.replace(HEADER, ''),
});

const HOST = fileURLToPath(new URL('command-host.mjs', import.meta.url));
/** Where the hosts of this worker stand while none of them runs a command: on `process`, which outlasts a test file. */
const IDLE = Symbol.for('evenkeel.idle-command-hosts');
const worker = process as typeof process & { [IDLE]?: ChildProcess[] };

/** The hosts that wait, of this test file and of those before it: one takes longer to start than most commands take to run. */
function idleHosts(): ChildProcess[] {
  worker[IDLE] ??= [];
  return worker[IDLE];
}

/** Keeps the worker from ending, or lets it end, and the host with it. */
function hold(host: ChildProcess, held: boolean): void {
  host[held ? 'ref' : 'unref']();
  host.channel?.[held ? 'ref' : 'unref']();
}

const startHost = (): ChildProcess =>
  fork(HOST, [], {
    cwd: tmpdir(),
    env: nobodys(tmpdir()),
    execArgv: [],
    serialization: 'advanced',
    stdio: 'inherit',
  });

async function hosted(args: readonly string[], { cwd = tmpdir(), env = {}, input = '', ahead = 0 }: RunOptions) {
  const host = idleHosts().pop() ?? startHost();
  hold(host, true);
  const answer = new Promise<Finished>((resolve, reject) => {
    const ended = () => reject(new Error(`evenkeel ${args.join(' ')} ended the process that runs commands`));
    host.once('exit', ended);
    host.once('message', (finished) => {
      host.off('exit', ended);
      resolve(finished as Finished);
    });
  });
  host.send({ args, env: { ...nobodys(cwd), ...env }, cwd, input, ahead });
  const finished = await answer;
  hold(host, false);
  idleHosts().push(host);
  return finished;
}

/** The lines of `--json`. Throws where a line is no JSON: nothing else may stand on stdout. */
export const linesOf = ({ stdout }: Finished): readonly Result[] =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

/** An empty folder that goes when the tests of the file are done. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'evenkeel-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A file as the command names it where tests run it: a clone may stand in the temporary folder. */
export function shownFromTests(file: string): string {
  const path = relative(tmpdir(), file);
  return path.startsWith('..') ? file : path;
}
