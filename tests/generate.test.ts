import { appendFileSync, copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { loadCatalogue, ROOT } from '../scripts/catalogue.ts';
import { functionYml, serviceFunction } from '../scripts/generate/function-yml.ts';
import { type AnyControl, type Grant, MODES, type Mode } from '../shared/control.ts';
import { policyFrom } from '../shared/policy/settings.ts';
import { run } from './support/command.ts';
import { copyOfTree } from './support/tree.ts';

const catalogue = await loadCatalogue();

const tree = copyOfTree();
const generate = (...flags: string[]) => run(process.execPath, [`${tree}scripts/generate.ts`, ...flags], { cwd: tree });

test('everything that is generated is up to date', async () => {
  const finished = await run(process.execPath, [`${ROOT}scripts/generate.ts`, '--check'], { cwd: ROOT });
  expect(finished).toEqual({ status: 0, stdout: '', stderr: '' });
});

describe('in a copy', () => {
  const ID = 's3-bucket-encrypted';
  beforeAll(async () => {
    expect((await generate()).status).toBe(0);
  });

  test('what is stale, missing or left over is named, left as it is by --check, and put in order without it', async () => {
    expect(await generate('--check')).toEqual({ status: 0, stdout: '', stderr: '' });
    const stale = ['shared/controls/index.ts', 'docs/policy.schema.json', `docs/controls/${ID}.md`];
    const missing = ['shared/controls/ec2/index.ts', 'functions/s3/function.yml', 'docs/controls/README.md'];
    const left = ['docs/controls/s3-gone.md', 'functions/config/function.yml', 'shared/controls/config/index.ts'];
    for (const file of stale) appendFileSync(tree + file, '\n');
    for (const file of missing) rmSync(tree + file);
    copyFileSync(`${tree}docs/controls/${ID}.md`, `${tree}docs/controls/s3-gone.md`);
    rmSync(`${tree}shared/controls/config/config-recorder-enabled.ts`);
    writeFileSync(`${tree}docs/controls/by-hand.md`, '# Written by a person\n');
    // What a control wants to hear of is forwarded by every region.
    const following = [
      'docs/controls/config-recorder-enabled.md',
      'docs/permissions.md',
      'functions/rules/function.yml',
      'functions/watch/services.ts',
      'resources/region.template',
    ];
    const troubled = [...stale, ...missing, ...left, ...following].sort();

    const checked = await generate('--check');
    expect(checked).toMatchObject({ status: 1, stderr: 'Run: npm run generate\n' });
    const named = ({ stdout }: { stdout: string }) => stdout.trimEnd().split('\n').sort();
    expect(named(checked)).toEqual(troubled.map((file) => `stale  ${file}`));
    expect(existsSync(`${tree}functions/s3/function.yml`)).toBe(false);
    expect(existsSync(`${tree}docs/controls/s3-gone.md`)).toBe(true);

    const written = await generate();
    expect(written.status).toBe(0);
    expect(named(written)).toEqual(troubled.map((file) => `wrote  ${file}`));
    expect(left.filter((file) => existsSync(tree + file))).toEqual([]);
    expect(existsSync(`${tree}docs/controls/by-hand.md`)).toBe(true);
    expect(await generate('--check')).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  test('a policy.yml that lets a control act makes the privileges of its function stale, and no others', async () => {
    const policy = readFileSync(`${tree}policy.yml`, 'utf8');
    writeFileSync(`${tree}policy.yml`, `${policy}controls: { ${ID}: { mode: remediate } }\n`);
    expect(await generate('--check')).toMatchObject({
      status: 1,
      stdout: 'stale  docs/permissions.md\nstale  functions/s3/function.yml\n',
    });
    writeFileSync(`${tree}policy.yml`, 'defaults: { mode: sometimes }\n');
    const mistaken = await generate('--check');
    expect(mistaken.status).toBe(1);
    expect(mistaken.stderr).toContain('policy.yml:1:19 defaults.mode: "sometimes" is not allowed');
    writeFileSync(`${tree}policy.yml`, policy);
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
    const [service = ''] = name.split('-');
    const file = `${tree}shared/controls/${service}/${name}.ts`;
    const source = readFileSync(`${tree}shared/controls/s3/${ID}.ts`, 'utf8');
    writeFileSync(file, change(source));
    const finished = await generate('--check');
    rmSync(file);
    expect(finished.status).toBe(1);
    expect(finished.stderr).toContain(says);
    expect(finished.stderr).toContain(`shared/controls/${service}/${name}.ts`);
  });
});

describe('the privileges of a function', () => {
  interface Statement {
    readonly Sid: string;
    readonly Action: readonly string[];
    readonly Resource: string | readonly (string | { readonly 'Fn::Sub': string })[];
  }
  type Waking = { readonly Type: string; readonly Properties: { readonly EventPattern: object } };
  const statementsOf = (yml: string): readonly Statement[] => {
    const [role] = Object.values(parse(yml).resources.Resources) as {
      Properties: { Policies: { PolicyDocument: { Statement: Statement[] } }[] };
    }[];
    return role?.Properties.Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement) ?? [];
  };
  const permissionsOf = ({ permissions }: AnyControl) =>
    Object.entries(permissions as Readonly<Record<string, Grant>>).map(
      ([action, on]) => [action, [typeof on === 'object' && 'resources' in on ? on.resources : on].flat()] as const,
    );

  test.each(MODES.flatMap((mode) => ['cloudtrail', 'config', 'ec2', 's3'].map((service) => [service, mode] as const)))(
    'of %s in mode %s are the reads of what is enabled and the writes of what may act, each where it may',
    async (service, mode: Mode) => {
      const controls = catalogue.get(service) ?? [];
      const document = { defaults: { mode } };
      const modeOf = (control: AnyControl) => policyFrom(document).settingsFor(control, {} as never).mode;
      const yml = functionYml(serviceFunction(service, controls, document));
      const statements = statementsOf(yml);
      const granted: Record<string, string[]> = {};
      for (const { Action, Resource } of statements.filter(({ Sid }) => Sid.startsWith('Remediate')))
        for (const action of Action)
          granted[action] = [Resource]
            .flat()
            .map((on) => (typeof on === 'string' ? on : on['Fn::Sub']))
            .sort();
      const wanted: Record<string, Set<string>> = {};
      for (const control of controls.filter((control) => modeOf(control) === 'remediate'))
        for (const [action, on] of permissionsOf(control)) wanted[action] = new Set([...(wanted[action] ?? []), ...on]);
      expect(granted).toEqual(
        Object.fromEntries(Object.entries(wanted).map(([action, on]) => [action, [...on].sort()])),
      );

      const enabled = controls.filter((control) => modeOf(control) !== 'off');
      const reads = enabled.flatMap(({ needs, resource, whenDeleted }) => [
        ...resource.actions,
        ...(resource.lookups ?? []),
        ...(whenDeleted === undefined ? [] : (resource.lastKnown?.actions ?? [])),
        ...needs.flatMap((facet: string) => resource.facets[facet].actions),
        // Whose a resource is, is asked before a write.
        ...(['approve', 'remediate'].includes(mode) ? (resource.ownership?.actions ?? []) : []),
      ]);
      const read = statements.filter(({ Sid }) => Sid.startsWith('Read')).flatMap(({ Action }) => Action);
      expect(read.toSorted()).toEqual([...new Set(reads)].sort());

      // AWS refuses an empty list in a policy and in a pattern.
      expect(statements.filter(({ Action }) => Action.length === 0)).toEqual([]);
      const resources: readonly Waking[] = Object.values(parse(yml).resources.Resources);
      const wakings = resources.filter(({ Type }) => Type === 'AWS::Events::Rule');
      expect(wakings.map((waking) => JSON.stringify(waking)).join('\n')).not.toContain('[]');
      expect(wakings.length > 0).toBe(enabled.length > 0);
    },
  );
});
