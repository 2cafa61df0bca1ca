import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { startSandbox } from '../sandbox/moto.ts';
import { identityOf, isKilled, type Mutant, rangeOf, runMutants } from './mutants.ts';
import { needsLocalAccount, testsOf } from './targets.ts';

/** Runs the mutants of a source file against its nearest tests, then those that survived against the others that load it: most die early, so that few pay for many tests. Null where no test can. */
export async function mutate(root: string, source: string): Promise<readonly Mutant[] | null> {
  const { nearest, others } = testsOf(root, source, await testsThatLoad(root, source));
  if (nearest.length === 0 && others.length === 0) return null;
  const first =
    nearest.length === 0 ? [] : await withLocalAccount(root, nearest, () => runMutants(root, [source], nearest));
  const left = nearest.length === 0 ? [source] : first.filter((mutant) => !isKilled(mutant)).map(rangeOf);
  const second = left.length === 0 || others.length === 0 ? [] : await runMutants(root, left, others);
  const killed = new Map(second.filter(isKilled).map((mutant) => [identityOf(mutant), mutant]));
  return (nearest.length === 0 ? second : first).map((mutant) => killed.get(identityOf(mutant)) ?? mutant);
}

async function testsThatLoad(root: string, source: string): Promise<readonly string[]> {
  const jest = ['node_modules/jest/bin/jest.js', '--listTests', '--findRelatedTests', source];
  const { stdout } = await promisify(execFile)(process.execPath, ['--experimental-vm-modules', ...jest], { cwd: root });
  return stdout
    .split('\n')
    .filter((path) => path !== '')
    .map((path) => path.slice(root.length))
    .sort();
}

async function withLocalAccount<T>(root: string, tests: readonly string[], work: () => Promise<T>): Promise<T> {
  if (!tests.some((test) => needsLocalAccount(root, test))) return work();
  const sandbox = await startSandbox({ say: console.error });
  process.env.EVENKEEL_TEST_ENDPOINT = sandbox.endpoint;
  try {
    return await work();
  } finally {
    delete process.env.EVENKEEL_TEST_ENDPOINT;
    await sandbox.stop();
  }
}
