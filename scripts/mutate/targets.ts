import { existsSync, globSync, readFileSync } from 'node:fs';
import { isAbsolute, relative, resolve } from 'node:path';
import { UsageError } from '../../shared/cli/errors.ts';

/** The source files that the given files and folders name, from the root. Throws a UsageError for what is no file or folder of shared/. */
export function targets(root: string, paths: readonly string[]): readonly string[] {
  const files = paths.flatMap((given) => {
    const path = relative(root, resolve(root, given));
    if (!existsSync(resolve(root, path))) throw new UsageError(`there is no ${given}`);
    if (isAbsolute(path) || !`${path}/`.startsWith('shared/')) throw new UsageError(`${given} is not under shared/`);
    const found = path.endsWith('.ts') ? [path] : globSync(`${path}/**/*.ts`, { cwd: root });
    if (found.length === 0) throw new UsageError(`there is no source in ${given}`);
    return found;
  });
  return [...new Set(files)].sort();
}

/** The tests that are asked about a source file, from the root: none that explores interleavings, or runs processes, for a minute. */
export interface Tests {
  /** Those at its mirrored path. */
  readonly nearest: readonly string[];
  /** Others of its part (engine, ledger, aws) that load it, in memory. */
  readonly others: readonly string[];
}

/** Chooses from `related`, the tests that load the source. */
export function testsOf(root: string, source: string, related: readonly string[]): Tests {
  const [, part = ''] = source.split('/');
  const stem = `${source.replace(/^shared/, 'tests').replace(/\.ts$/, '')}.`;
  const quick = related.filter((test) => !/interleavings|processes/.test(test));
  const nearest = quick.filter((test) => test.startsWith(stem));
  const others = quick.filter(
    (test) => test.startsWith(`tests/${part}/`) && !nearest.includes(test) && !needsLocalAccount(root, test),
  );
  return { nearest, others };
}

/** Whether a test file works on an account of the local server. */
export const needsLocalAccount = (root: string, test: string): boolean =>
  /\b(testAccount|ledgerAccount|testOnSandbox)\b/.test(readFileSync(resolve(root, test), 'utf8'));
