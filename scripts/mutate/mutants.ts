import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';

interface Position {
  readonly line: number;
  readonly column: number;
}

/** One change to the source, and what the tests made of it; lines and columns count from 1. */
export interface Mutant {
  readonly source: string;
  readonly status: string;
  readonly mutatorName: string;
  readonly replacement: string;
  readonly location: { readonly start: Position; readonly end: Position };
}

const STRYKER = 'node_modules/@stryker-mutator/core/bin/stryker.js';
/** Copied into no sandbox: large, and of no use to a test of shared/. */
const LEFT_OUT = ['.sandbox', '.serverless', '.esbuild', 'docs/pictures'];
/** A test that waits for longer has noticed. Stryker itself ends what does not answer, well after: a slow machine is no kill. */
const TEST_TIMEOUT_MS = 10_000;

/** Runs the tests once for each mutant of `mutate` (files, or `file:line:column-line:column`). Throws where they fail on the source as it is. */
export async function runMutants(
  root: string,
  mutate: readonly string[],
  tests: readonly string[],
): Promise<readonly Mutant[]> {
  const folder = mkdtempSync(`${tmpdir()}/evenkeel-mutants-`);
  try {
    const [config, report] = [`${folder}/stryker.json`, `${folder}/report.json`];
    writeFileSync(config, JSON.stringify(options(mutate, tests, folder, report)));
    await promisify(execFile)(process.execPath, [STRYKER, 'run', config], { cwd: root });
    const { files } = JSON.parse(readFileSync(report, 'utf8')) as {
      files: Record<string, { mutants: Omit<Mutant, 'source'>[] }>;
    };
    return Object.entries(files).flatMap(([source, { mutants }]) => mutants.map((mutant) => ({ ...mutant, source })));
  } catch (error) {
    const { stdout } = error as { stdout?: string };
    throw stdout === undefined ? error : new Error(`Stryker failed:\n${stdout.trim()}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const options = (mutate: readonly string[], tests: readonly string[], folder: string, report: string) => ({
  mutate,
  testRunner: 'jest',
  plugins: ['@stryker-mutator/jest-runner'],
  testRunnerNodeArgs: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
  coverageAnalysis: 'perTest',
  jest: {
    configFile: 'jest.config.mjs',
    enableFindRelatedTests: false,
    config: {
      testEnvironment: './scripts/mutate/environment.mjs',
      testMatch: tests.map((test) => `<rootDir>/${test}`),
      // A local account is started once for all runs, not by Jest for each.
      globalSetup: null,
      globalTeardown: null,
      testTimeout: TEST_TIMEOUT_MS,
    },
  },
  timeoutMS: 3 * TEST_TIMEOUT_MS,
  ignorePatterns: LEFT_OUT,
  // Its preprocessor needs the compiler's API, which TypeScript 7 no longer has; the types are stripped, not compiled.
  tsconfigFile: 'none',
  tempDirName: folder,
  cleanTempDir: 'always',
  reporters: ['json'],
  jsonReporter: { fileName: report },
  allowConsoleColors: false,
  logLevel: 'error',
  allowEmpty: true,
});

/** Where a mutant is, as `mutate` takes it: there columns count from 0. */
export const rangeOf = ({ source, location: { start, end } }: Mutant): string =>
  `${source}:${start.line}:${start.column - 1}-${end.line}:${end.column - 1}`;

/** The same change, whichever run made it. */
export const identityOf = (mutant: Mutant): string => `${rangeOf(mutant)} ${mutant.mutatorName} ${mutant.replacement}`;

/** Whether the tests noticed. */
export const isKilled = ({ status }: Mutant): boolean => status === 'Killed' || status === 'Timeout';
