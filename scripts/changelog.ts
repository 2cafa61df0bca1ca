import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { EXIT, UsageError } from '../shared/cli/errors.ts';
import { ROOT } from './catalogue.ts';
import { assertForm, parseFragment, released, sections } from './changelog/fragments.ts';

/** `npm run changelog`: checks the fragments of changelog.d/ and prints what the next release will say. `npm run changelog -- 1.2.3` moves them into CHANGELOG.md. */
const FOLDER = `${ROOT}changelog.d/`;
const CHANGELOG = `${ROOT}CHANGELOG.md`;

try {
  const [version, ...rest] = process.argv.slice(2);
  if (rest.length > 0) throw new UsageError('npm run changelog [-- <version>]');
  const names = readdirSync(FOLDER).filter((name) => name !== 'README.md');
  const fragments = names.sort().map((name) => parseFragment(name, readFileSync(FOLDER + name, 'utf8')));
  const changelog = readFileSync(CHANGELOG, 'utf8');
  if (version === undefined) {
    assertForm(changelog);
    console.log(sections(fragments) || 'Nothing has changed since the last release.');
  } else {
    const today = new Date().toISOString().slice(0, 10);
    writeFileSync(CHANGELOG, released(changelog, version, today, fragments));
    for (const { name } of fragments) rmSync(FOLDER + name);
    console.log(`CHANGELOG.md: ${version}, of ${fragments.length} fragments. Commit it and tag it v${version}.`);
  }
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`changelog: ${error.message}`);
  process.exitCode = EXIT.usage;
}
