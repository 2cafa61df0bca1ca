import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ROOT } from '../../scripts/catalogue.ts';

/** What each folder of shared/ may import beside the contracts at its root: only what stands below it. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  aws: [],
  resources: ['aws'],
  controls: ['aws', 'resources'],
  detections: ['aws', 'resources'],
  notify: ['aws'],
  ledger: ['aws', 'notify'],
  policy: ['aws', 'ledger', 'notify'],
  engine: ['aws', 'notify', 'ledger', 'policy'],
  doctor: ['aws', 'resources', 'notify', 'ledger', 'policy', 'engine'],
  lambda: ['aws', 'notify', 'ledger', 'policy', 'engine'],
  watch: ['aws', 'notify', 'ledger', 'policy', 'engine', 'doctor', 'lambda'],
  cli: ['aws', 'resources', 'controls', 'detections', 'notify', 'ledger', 'policy', 'engine', 'doctor', 'lambda'],
};
const FOLDERS = Object.keys(MAY_IMPORT);
const NO_ENVIRONMENT = FOLDERS.filter((folder) => !['lambda', 'watch', 'cli'].includes(folder));
const OUTSIDE = ['functions', 'scripts', 'tests', 'scenes', 'bench'];
/** Folders whose files stand a level deeper, `shared/controls/<service>/<id>.ts`. */
const homeOf = (folder: string) => `shared/${folder}/${['resources', 'controls'].includes(folder) ? 'probe/' : ''}`;
const up = (home: string) => '../'.repeat(home.split('/').length - 2);
const importing = (from: string) => `import { thing } from '${from}';\n\nexport const probe = thing;\n`;

const IMPORT = 'lint/style/noRestrictedImports';
const ENVIRONMENT = 'lint/style/noProcessEnv';
const CYCLE = 'lint/suspicious/noImportCycles';
const PROTOCOL = 'lint/style/useNodejsImportProtocol';
const GLOBAL = 'lint/style/noRestrictedGlobals';
const PLUGIN = 'plugin';
const RULES: readonly string[] = [IMPORT, ENVIRONMENT, CYCLE, PROTOCOL, GLOBAL, PLUGIN];

/** Texts of which the linter has to refuse each, by the name of their file, with the rule. */
const refused = new Map<string, readonly [rule: string, text: string]>();
/** Texts that it has to let pass. */
const passed = new Map<string, string>();

for (const folder of FOLDERS) {
  const home = homeOf(folder);
  const others = FOLDERS.filter((other) => other !== folder);
  for (const other of others) {
    const from = `${up(home)}${homeOf(other).slice('shared/'.length)}iam-thing-secured.ts`;
    const file = `${home}imports-${other}.ts`;
    if (MAY_IMPORT[folder]?.includes(other)) passed.set(file, importing(from));
    else refused.set(file, [IMPORT, importing(from)]);
  }
  for (const outside of OUTSIDE)
    refused.set(`${home}imports-${outside}.ts`, [IMPORT, importing(`${up(home)}../${outside}/iam-thing-secured.ts`)]);
  if (NO_ENVIRONMENT.includes(folder))
    refused.set(`${home}environment.ts`, [ENVIRONMENT, 'export const probe = process.env.HOME;\n']);
}
for (const folder of FOLDERS)
  refused.set(`shared/contract-imports-${folder}.ts`, [IMPORT, importing(`./${folder}/iam-thing-secured.ts`)]);
// From a folder of the engine, and from one of its folders' folders.
for (const [name, depth] of [
  ['reconcile/', '../../'],
  ['reconcile/gates/', '../../../'],
])
  for (const other of ['controls/ec2', 'detections', 'resources/ec2', 'doctor', 'lambda', 'watch', 'cli'])
    refused.set(`shared/engine/${name}${other.replace('/', '-')}.ts`, [
      IMPORT,
      importing(`${depth}${other}/iam-thing-secured.ts`),
    ]);
/** The layers of the engine, lowest first: what a run is, what it does, who decides, who asks. */
const LAYERS = [['run'], ['execution'], ['reconcile'], ['undo', 'intake', 'sweep', 'decisions', 'detections']];
for (const [index, layer] of LAYERS.slice(0, -1).entries())
  for (const folder of layer)
    for (const [other, names] of LAYERS.entries())
      for (const name of names.filter((one) => one !== folder)) {
        const file = `shared/engine/${folder}/imports-${name}.ts`;
        if (other < index) passed.set(file, importing(`../${name}/iam-thing-secured.ts`));
        else refused.set(file, [IMPORT, importing(`../${name}/iam-thing-secured.ts`)]);
      }
refused.set('shared/engine/client.ts', [IMPORT, importing('@aws-sdk/client-ec2')]);
refused.set('shared/controls/ec2/sibling.ts', [IMPORT, importing('./other.ts')]);
refused.set('shared/controls/ec2/neighbour.ts', [IMPORT, importing('../s3/other.ts')]);
refused.set('shared/controls/ec2/crypto.ts', [IMPORT, importing('node:crypto')]);
refused.set('shared/controls/ec2/bare-crypto.ts', [PROTOCOL, importing('crypto')]);
refused.set('shared/resources/ec2/neighbour.ts', [IMPORT, importing('../s3/bucket.ts')]);
passed.set('shared/resources/ec2/sibling.ts', importing('./volume.ts'));
refused.set('shared/detections/sibling.ts', [IMPORT, importing('./other.ts')]);

/** A clock or a random number, also by another name, with the rule that refuses it. */
const IMPURE: Readonly<Record<string, readonly [rule: string, code: string]>> = {
  'date-now': [PLUGIN, 'Date.now()'],
  'date-now-if-any': [PLUGIN, 'Date.now?.()'],
  'date-now-handed-on': [PLUGIN, 'options.map(Date.now)'],
  'date-by-key': [PLUGIN, "Date['now']()"],
  'date-destructured': [PLUGIN, '(({ now }) => now())(Date)'],
  'new-date': [PLUGIN, 'new Date()'],
  date: [PLUGIN, 'Date()'],
  'date-renamed': [PLUGIN, '[Date].map((Clock) => new Clock())'],
  performance: [GLOBAL, 'performance.now()'],
  'time-origin': [GLOBAL, 'performance.timeOrigin'],
  'global-date': [GLOBAL, 'globalThis.Date.now()'],
  format: [GLOBAL, 'new Intl.DateTimeFormat().format()'],
  timer: [GLOBAL, 'setTimeout(options, 1)'],
  random: [PLUGIN, 'Math.random()'],
  'random-handed-on': [PLUGIN, 'options.map(Math.random)'],
  'random-by-key': [PLUGIN, "Math['random']()"],
  'random-destructured': [PLUGIN, '(({ random }) => random())(Math)'],
  uuid: [GLOBAL, 'crypto.randomUUID()'],
  'uuid-destructured': [GLOBAL, '(({ randomUUID }) => randomUUID())(crypto)'],
};
const CALLING: Readonly<Record<string, readonly [rule: string, code: string]>> = {
  send: [PLUGIN, 'await client.send(command)'],
  'send-new': [PLUGIN, 'client.send(new Command({ Name: 1 }), options)'],
  'send-if-any': [PLUGIN, 'client?.send(command)'],
  client: [PLUGIN, 'new EC2Client({})'],
  'client-of-another-name': [PLUGIN, 'new S3({}).listBuckets({})'],
  constructed: [GLOBAL, 'Reflect.construct(EC2Client, [])'],
  fetch: [GLOBAL, "fetch('https://example.com')"],
  variables: [GLOBAL, 'process.env'],
  'variables-destructured': [GLOBAL, '(({ env }) => env.HOME)(process)'],
  directory: [GLOBAL, 'process.cwd()'],
};
const inFunction = (code: string) =>
  `export const probe = async (client, command, Command, EC2Client, options) => ${code};\n`;
for (const [name, [rule, code]] of Object.entries(IMPURE))
  for (const home of ['shared/controls/ec2/', 'shared/detections/', 'shared/resources/ec2/', 'shared/aws/ec2/'])
    refused.set(`${home}${name}.ts`, [rule, inFunction(code)]);
for (const [name, [rule, code]] of Object.entries(CALLING))
  for (const home of ['shared/controls/ec2/', 'shared/detections/'])
    refused.set(`${home}${name}.ts`, [rule, inFunction(code)]);
// What has a clock, or a client, is not for those who evaluate.
for (const home of ['shared/controls/ec2/', 'shared/detections/']) {
  refused.set(`${home}system-clock.ts`, [IMPORT, importing(`${up(home)}time.ts`).replaceAll('thing', 'systemClock')]);
  passed.set(`${home}days.ts`, importing(`${up(home)}time.ts`));
  for (const module of ['retry', 'aws/clients', 'aws/caching-clients'])
    refused.set(`${home}${module.replace('/', '-')}.ts`, [IMPORT, importing(`${up(home)}${module}.ts`)]);
}
for (const [name, code] of Object.entries({
  date: 'new Date(options.now)',
  time: 'new Date(options.now).getTime()',
  parsed: 'Date.parse(options.created) - Date.UTC(2027, 0)',
  largest: 'Math.max(...options, Math.PI)',
  values: 'new Set(new Map(options).keys())',
  step: 'step(EC2Client, Command, { Name: command })',
}))
  passed.set(`shared/controls/ec2/pure-${name}.ts`, inFunction(code));
passed.set('shared/resources/ec2/reads.ts', inFunction('client.send(new Command({ Name: 1 }))'));
passed.set('shared/engine/clock.ts', inFunction('Date.now()'));

/** A circle of types. */
refused.set('shared/circle-one.ts', [
  CYCLE,
  "import type { Two } from './circle-two.ts';\n\nexport type One = Two[];\n",
]);
refused.set('shared/circle-two.ts', [
  CYCLE,
  "import type { One } from './circle-one.ts';\n\nexport type Two = One[];\n",
]);

let root: string;
let found: ReadonlyMap<string, readonly string[]>;
beforeAll(async () => {
  root = `${mkdtempSync(`${tmpdir()}/evenkeel-lint-`)}/`;
  cpSync(`${ROOT}biome.json`, `${root}biome.json`);
  cpSync(`${ROOT}scripts/lint`, `${root}scripts/lint`, { recursive: true });
  for (const [file, text] of [...passed, ...[...refused].map(([file, [, text]]) => [file, text] as const)]) {
    mkdirSync(dirname(root + file), { recursive: true });
    writeFileSync(root + file, text);
  }
  found = await lint(root);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('the linter', () => {
  test.each([...refused].map(([file, [rule]]) => [file, rule] as const))('refuses %s (%s)', (file, rule) => {
    expect(found.get(file)).toContain(rule);
  });

  test.each([...passed.keys()])('lets %s pass', (file) => {
    expect(found.get(file) ?? []).toEqual([]);
  });

  test('has a rule for every folder of shared/', () => {
    const folders = readdirSync(`${ROOT}shared`, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map(({ name }) => name).sort()).toEqual([...FOLDERS].sort());
  });
});

/** The rules of ours by which Biome refuses something, by file. */
async function lint(cwd: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const biome = `${ROOT}node_modules/@biomejs/biome/bin/biome`;
  const args = [biome, 'lint', '--vcs-enabled=false', '--reporter=json', '--max-diagnostics=none', '.'];
  const report = await new Promise<string>((resolve) => {
    execFile(process.execPath, args, { cwd, maxBuffer: 64 * 1024 * 1024 }, (_, stdout) => resolve(stdout));
  });
  const { diagnostics } = JSON.parse(report);
  const rules = new Map<string, string[]>();
  for (const { category, location } of diagnostics) {
    if (!RULES.includes(category)) continue;
    const file = typeof location.path === 'string' ? location.path : location.path.file;
    rules.set(file, [...(rules.get(file) ?? []), category]);
  }
  return rules;
}
