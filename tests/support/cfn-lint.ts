import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../scripts/catalogue.ts';
import { type Finished, run } from './command.ts';
import { keep, keptFolder, sha256 } from './kept-packages.ts';

const VENV = join(ROOT, '.sandbox/venv');
/** When it was packaged, which the framework puts into the keys of the archives. */
const PACKAGED_AT = /\b\d{13}-\d{4}-\d\d-\d\dT[\d:.]+Z/g;

/** CloudFormation's linter on templates: it takes seconds for each, so what it has once found right is not given to it again. */
export async function lintTemplates(files: readonly string[], flags: readonly string[]): Promise<Finished> {
  const versions = globSync('lib/python*/site-packages/cfn_lint-*.dist-info', { cwd: VENV });
  const templates = files.map((file) => readFileSync(file, 'utf8').replaceAll(PACKAGED_AT, ''));
  const name = `linted-${sha256(...versions, ...flags, ...templates).slice(0, 32)}`;
  if (keptFolder(name) !== null) return { status: 0, stdout: '', stderr: '' };
  const finished = await run(join(VENV, 'bin/cfn-lint'), [...flags, '--template', ...files]);
  const { status, stdout, stderr } = finished;
  if (status === 0 && stdout + stderr === '') keep(name);
  return finished;
}
