import { appendFileSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { loadContent, ROOT } from '../scripts/catalogue.ts';
import { byDomain, enabledIn } from '../scripts/generate/content.ts';
import { domainStatements } from '../scripts/generate/domain-statements.ts';
import { generatedFiles } from '../scripts/generate/files.ts';
import { facetsOf, patternsFor, triggersOf } from '../scripts/generate/patterns.ts';
import { type AnyControl, MODES, type Mode } from '../shared/control.ts';
import { parsePolicy, readPolicy } from '../shared/policy/load.ts';
import { policyFrom } from '../shared/policy/settings.ts';
import type { Grant, Grants, RelatedFacets } from '../shared/resource.ts';
import { run } from './support/command.ts';
import { copyOfTree } from './support/tree.ts';

const content = await loadContent();
const domains = byDomain(content);

const tree = copyOfTree();
const generate = (...flags: string[]) => run(process.execPath, [`${tree}scripts/generate.ts`, ...flags], { cwd: tree });

test('everything that is generated is up to date', async () => {
  const finished = await run(process.execPath, [`${ROOT}scripts/generate.ts`, '--check'], { cwd: ROOT });
  expect(finished).toEqual({ status: 0, stdout: '', stderr: '' });
});

const ID = 's3-bucket-encrypted';

describe('in a copy', () => {
  test('what is stale, missing or left over is named, left as it is by --check, and put in order without it', async () => {
    const stale = ['shared/controls/index.ts', 'docs/policy.schema.json', `docs/controls/${ID}.md`];
    const missing = ['shared/controls/ec2/index.ts', 'functions/data/permissions.yml', 'docs/controls/README.md'];
    const left = ['docs/controls/s3-gone.md', 'functions/gone/handler.ts', 'shared/controls/config/index.ts'];
    for (const file of stale) appendFileSync(tree + file, '\n');
    for (const file of missing) rmSync(tree + file);
    copyFileSync(`${tree}docs/controls/${ID}.md`, `${tree}docs/controls/s3-gone.md`);
    rmSync(`${tree}shared/controls/config/config-recorder-enabled.ts`);
    mkdirSync(`${tree}functions/gone`);
    copyFileSync(`${tree}functions/data/handler.ts`, `${tree}functions/gone/handler.ts`);
    writeFileSync(`${tree}docs/controls/by-hand.md`, '# Written by a person\n');
    const following = [
      ...['framework', 'mode', 'service'].map((order) => `docs/controls/by-${order}.md`),
      'docs/controls/config-recorder-enabled.md',
      'docs/permissions.md',
      'functions/config-rules/permissions.yml',
      'functions/config-rules/services.ts',
      'functions/monitoring/permissions.yml',
      'functions/monitoring/services.ts',
      'functions/watch/domains.ts',
    ];
    const troubled = [...stale, ...missing, ...left, ...following].sort();

    const checked = await generate('--check');
    expect(checked).toMatchObject({ status: 1, stderr: 'Run: npm run generate\n' });
    const named = ({ stdout }: { stdout: string }) => stdout.trimEnd().split('\n').sort();
    expect(named(checked)).toEqual(troubled.map((file) => `stale  ${file}`));
    expect(existsSync(`${tree}functions/data/permissions.yml`)).toBe(false);
    expect(existsSync(`${tree}docs/controls/s3-gone.md`)).toBe(true);

    const written = await generate();
    expect(written.status).toBe(0);
    expect(named(written)).toEqual(troubled.map((file) => `wrote  ${file}`));
    expect(left.filter((file) => existsSync(tree + file))).toEqual([]);
    expect(existsSync(`${tree}docs/controls/by-hand.md`)).toBe(true);
    expect(await generate('--check')).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  test('a policy.yml or a control with a mistake is named', async () => {
    writeFileSync(`${tree}policy.yml`, 'defaults: { mode: sometimes }\n');
    const mistaken = await generate('--check');
    copyFileSync(`${ROOT}policy.yml`, `${tree}policy.yml`);
    expect(mistaken.status).toBe(1);
    expect(mistaken.stderr).toContain('policy.yml:1:19 defaults.mode: "sometimes" is not allowed');

    const renamed = 'shared/controls/accessanalyzer/accessanalyzer-analyzer-renamed.ts';
    copyFileSync(`${tree}shared/controls/accessanalyzer/accessanalyzer-analyzer-enabled.ts`, tree + renamed);
    const refused = await generate('--check');
    rmSync(tree + renamed);
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain(`${renamed} defines "accessanalyzer-analyzer-enabled": file name and id`);
  });

  test.each([
    ['s3-bucket-renamed', `file name and id must be the same`, (text: string) => text],
    [
      'ec2-of-another',
      'it belongs into shared/controls/s3/',
      (text: string) => text.replace(`'${ID}'`, `'ec2-of-another'`),
    ],
    [
      's3-bucket-silent',
      'has no default export',
      (text: string) => text.replace('export default', 'export const it ='),
    ],
  ])('%s: %s', async (name, says, change) => {
    const { loadControl }: typeof import('../scripts/catalogue.ts') = await import(`${tree}scripts/catalogue.ts`);
    const [service = ''] = name.split('-');
    const file = `shared/controls/${service}/${name}.ts`;
    writeFileSync(tree + file, change(readFileSync(`${tree}shared/controls/s3/${ID}.ts`, 'utf8')));
    const refused = await loadControl(service, name).catch(String);
    rmSync(tree + file);
    expect(refused).toContain(says);
    expect(refused).toContain(file);
  });
});

test('a policy.yml that lets a control act makes the privileges of its function stale, and no others', async () => {
  const policy = readFileSync(`${ROOT}policy.yml`, 'utf8');
  const staleUnder = async (text: string) => {
    const files = await generatedFiles(content, parsePolicy(text, 'policy.yml', content.controls, content.detections));
    return [...files].filter(([file, made]) => readFileSync(ROOT + file, 'utf8') !== made).map(([file]) => file);
  };
  expect(await staleUnder(`${policy}controls: { ${ID}: { mode: remediate } }\n`)).toEqual([
    'functions/data/permissions.yml',
    'docs/permissions.md',
  ]);
  expect(await staleUnder('defaults: { mode: recommended }\n')).toContain('functions/data/permissions.yml');
  // Without a word of it, all is detected: as a new clone's says.
  expect(await staleUnder('')).toEqual([]);
  // And so without the file.
  expect(readPolicy(`${tree}gone.yml`, content.controls, content.detections)).toEqual({});
});

describe('the privileges of a function', () => {
  const resourcesIn = (grant: Grant) =>
    [typeof grant === 'object' && 'resources' in grant ? grant.resources : grant].flat();
  const namesIn = (all: readonly Grants[]) => [...new Set(all.flatMap(Object.keys))].sort();

  test.each(MODES.flatMap((mode) => [...domains].map(([domain, own]) => [domain, mode, own] as const)))(
    'of %s in mode %s are the reads of what is enabled and the writes of what may act, each where it may',
    async (domain, mode: Mode, own) => {
      const document = { defaults: { mode } };
      const modeOf = (control: AnyControl) => policyFrom(document).settingsFor(control, {} as never).mode;
      const statements = domainStatements(domain, own, document);
      const granted: Record<string, Set<string>> = {};
      for (const { Action, Resource } of statements.filter(({ Sid }) => Sid.startsWith('Remediate')))
        for (const action of Action)
          granted[action] = new Set([
            ...(granted[action] ?? []),
            ...[Resource as string | { 'Fn::Sub': string }]
              .flat()
              .map((on) => (typeof on === 'string' ? on : on['Fn::Sub'])),
          ]);
      const wanted: Record<string, Set<string>> = {};
      for (const { permissions } of own.controls.filter((control) => modeOf(control) === 'remediate'))
        for (const [action, on] of Object.entries(permissions))
          wanted[action] = new Set([...(wanted[action] ?? []), ...resourcesIn(on)]);
      expect(granted).toEqual(wanted);

      const enabled = own.controls.filter((control) => modeOf(control) !== 'off');
      const reads = enabled.flatMap((control): readonly Grants[] => [
        control.resource.grants,
        ...triggersOf(control).map(({ grants = {} }) => grants),
        ...(control.whenDeleted === undefined ? [] : [control.resource.lastKnown?.grants ?? {}]),
        ...facetsOf(control).map((facet) => control.resource.facets[facet].grants),
        ...Object.values((control.related ?? {}) as RelatedFacets).map(({ grants }) => grants),
        // Whose a resource is, is asked before a write.
        // Also where nothing is written: people know a resource by its tags.
        control.resource.ownership?.grants ?? {},
      ]);
      const read = statements.filter(({ Sid }) => Sid.startsWith('Read')).flatMap(({ Action }) => Action);
      expect([...new Set(read)].sort()).toEqual(namesIn(reads));

      // AWS refuses an empty list in a policy and in a pattern.
      expect(statements.filter(({ Action }) => Action.length === 0)).toEqual([]);
      const patterns = patternsFor(enabledIn(own, document));
      expect(patterns.map((pattern) => JSON.stringify(pattern)).join('\n')).not.toContain('[]');
      expect(patterns.length > 0).toBe(enabled.length + own.detections.length > 0 && mode !== 'off');
    },
  );
});
