import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { ROOT } from '../../scripts/catalogue.ts';
import { LEFT_OUT } from '../../scripts/sandbox/configured-tree.ts';
import { DAY_MS } from '../../shared/time.ts';

/** Where packages and bundles stand that later runs find again, each by what went into it, and the names of what was found right. */
const KEPT = join(ROOT, '.sandbox/packages');
const KEPT_FOR_MS = 7 * DAY_MS;

export function sha256(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length} `).update(part);
  return hash.digest('hex');
}

/** A hash of all that a package is made of: the tree, what tests change of it, the packages that are installed, and Node. */
export const inputs = (): string => inputsOf(ROOT, ['tests/support']);

/** The same of a copy of the tree, as it is now. */
export const inputsOfCopy = (tree: string): string => inputsOf(tree, []);

function inputsOf(tree: string, more: readonly string[]): string {
  const tops = readdirSync(tree).filter((name) => !LEFT_OUT.includes(name));
  const files = [...tops, ...more, 'node_modules/.package-lock.json'].flatMap((path) => filesIn(tree, path)).sort();
  return sha256(process.version, ...files.flatMap((file) => [file, readFileSync(join(tree, file))]));
}

const filesIn = (tree: string, path: string): readonly string[] =>
  statSync(join(tree, path)).isFile()
    ? [path]
    : readdirSync(join(tree, path), { recursive: true, withFileTypes: true })
        // What the local account's Python compiles beside its sources comes during a run.
        .filter((entry) => entry.isFile() && !entry.parentPath.endsWith('__pycache__'))
        .map(({ parentPath, name }) => relative(tree, join(parentPath, name)));

/** The framework's folder of a package that an earlier run has made, or null. */
export function keptFolder(name: string): string | null {
  const folder = join(KEPT, name);
  if (!existsSync(folder)) return null;
  const now = new Date();
  utimesSync(folder, now, now);
  return folder;
}

/** Keeps a package's folder for later runs, and drops what none has asked for in a week. Without a folder only the name is kept. */
export function keep(name: string, folder?: string): void {
  mkdirSync(KEPT, { recursive: true });
  for (const old of readdirSync(KEPT))
    if (Date.now() - statSync(join(KEPT, old)).mtimeMs > KEPT_FOR_MS) rmSync(join(KEPT, old), { recursive: true });
  const unfinished = join(KEPT, `${name}.${process.pid}`);
  if (folder === undefined) mkdirSync(unfinished, { recursive: true });
  else cpSync(folder, unfinished, { recursive: true });
  if (existsSync(join(KEPT, name))) rmSync(unfinished, { recursive: true });
  else renameSync(unfinished, join(KEPT, name));
}
