import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parsePolicy } from '../shared/policy/load.ts';
import { policySchema } from '../shared/policy/schema.ts';
import { loadCatalogue, ROOT } from './catalogue.ts';
import { barrel, barrelOfAll } from './generate/barrels.ts';
import { catalogueDoc, controlDoc } from './generate/docs.ts';
import { functionYml, watchYml } from './generate/function-yml.ts';

/** Writes all that follows from the controls and policy.yml; with `--check` it only says what is stale, and exits with 1. */
const checkOnly = process.argv.includes('--check');
const catalogue = await loadCatalogue();
const controls = [...catalogue.values()].flat();
const policy = parsePolicy(readFileSync(`${ROOT}policy.yml`, 'utf8'), 'policy.yml', controls);

const files = new Map<string, string>();
files.set('shared/controls/index.ts', barrelOfAll([...catalogue.keys()]));
files.set('docs/controls/README.md', catalogueDoc(controls));
files.set('docs/policy.schema.json', `${JSON.stringify(policySchema(controls), null, 2)}\n`);
files.set('functions/watch/function.yml', watchYml());
for (const [service, own] of catalogue) {
  files.set(`shared/controls/${service}/index.ts`, barrel(own));
  files.set(`functions/${service}/function.yml`, functionYml(service, own, policy));
  for (const control of own) files.set(`docs/controls/${control.id}.md`, controlDoc(control));
}

const current = (file: string) => (existsSync(ROOT + file) ? readFileSync(ROOT + file, 'utf8') : null);
const stale = [...files].filter(([file, content]) => current(file) !== content).map(([file]) => file);
const orphans = readdirSync(`${ROOT}docs/controls`)
  .map((name) => `docs/controls/${name}`)
  .filter((file) => !files.has(file));

if (!checkOnly) {
  for (const file of stale) {
    mkdirSync(dirname(ROOT + file), { recursive: true });
    writeFileSync(ROOT + file, files.get(file) ?? '');
  }
  for (const file of orphans) rmSync(ROOT + file);
}
for (const file of [...stale, ...orphans]) console.log(`${checkOnly ? 'stale' : 'wrote'}  ${file}`);
if (checkOnly && stale.length + orphans.length > 0) {
  console.error('Run: npm run generate');
  process.exitCode = 1;
}
