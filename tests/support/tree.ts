import { cpSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll } from '@jest/globals';
import { ROOT } from '../../scripts/catalogue.ts';

/** What packaging and generating read; installed packages are shared. */
const LEFT_OUT = ['node_modules', '.git', '.sandbox', '.serverless', '.esbuild', 'coverage', 'tests', 'bench'];

/** A copy of the tree that tests may change, gone when the tests of the file are done. Ends with a slash. */
export function copyOfTree(): string {
  const copy = realpathSync(mkdtempSync(join(tmpdir(), 'evenkeel-tree-')));
  cpSync(ROOT, copy, { recursive: true, filter: (path) => path === ROOT || !LEFT_OUT.includes(basename(path)) });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'), 'junction');
  afterAll(() => rmSync(copy, { recursive: true, force: true }));
  return `${copy}/`;
}
