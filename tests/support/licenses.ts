import { readFileSync } from 'node:fs';
import { ROOT } from '../../scripts/catalogue.ts';

/** Licences that ask nothing of who runs Evenkeel or changes it: no copyleft, AGPL least of all. */
const PERMISSIVE = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'MIT-0'];

interface LockedPackage {
  readonly license?: string;
  /** Only for development. */
  readonly dev?: boolean;
}

const { packages }: { packages: Readonly<Record<string, LockedPackage>> } = JSON.parse(
  readFileSync(`${ROOT}package-lock.json`, 'utf8'),
);

/** The packages of the lock file, by their paths, that are installed without those for development. */
export const productionPackages = (): readonly string[] =>
  Object.keys(packages).filter((path) => path !== '' && packages[path]?.dev !== true);

/** The packages at these paths (`node_modules/ajv`) whose licence is not permissive, or not known. */
export const restrictedAmong = (paths: readonly string[]): readonly string[] =>
  paths
    .filter((path) => !PERMISSIVE.includes(packages[path]?.license ?? ''))
    .map((path) => `${path}: ${packages[path]?.license ?? 'unknown'}`);

/** The package that a bundled file belongs to; null for a file of ours. */
export const packageOf = (input: string): string | null =>
  /^.*?(node_modules\/(?:.*node_modules\/)?(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? null;
