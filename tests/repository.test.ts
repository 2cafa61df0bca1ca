import { globSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { ROOT } from '../scripts/catalogue.ts';
import { productionPackages, restrictedAmong } from './support/licenses.ts';

const read = (file: string) => readFileSync(ROOT + file, 'utf8');

test('one Node everywhere: .nvmrc, the pinned package, Renovate and the runtime of the functions', () => {
  const major = read('.nvmrc').trim();
  expect(JSON.parse(read('package.json')).devDependencies.node).toMatch(new RegExp(`^\\^${major}\\.`));
  expect(parse(read('serverless.yml'), { logLevel: 'error' }).provider.runtime).toBe(`nodejs${major}.x`);
  const { packageRules } = JSON.parse(read('renovate.json'));
  expect(packageRules).toContainEqual(expect.objectContaining({ allowedVersions: `${major}.x` }));
});

test('the workflow runs what a person runs, with no right to write', () => {
  const { jobs, permissions, on } = parse(read('.github/workflows/ci.yml'));
  expect(permissions).toEqual({ contents: 'read' });
  expect(on.schedule).toHaveLength(1);
  expect(jobs.check.steps.at(-1)).toEqual({ run: '.ci/run' });
});

test.each(globSync('.github/ISSUE_TEMPLATE/*.yml', { cwd: ROOT }))('%s is a form of GitHub', (file) => {
  const { name, description, body } = parse(read(file));
  expect(name).toEqual(expect.any(String));
  expect(description).toEqual(expect.any(String));
  for (const { type, id, attributes } of body) {
    expect(['markdown', 'input', 'textarea', 'checkboxes']).toContain(type);
    if (type === 'markdown') expect(attributes.value).toEqual(expect.any(String));
    else expect({ id, label: attributes.label }).toEqual({ id: expect.any(String), label: expect.any(String) });
  }
});

test('no package under AGPL or another copyleft licence is among the dependencies, however deep', () => {
  expect(productionPackages().length).toBeGreaterThan(50);
  expect(restrictedAmong(productionPackages())).toEqual([]);
  // The simulator that the tests of the roles ask is one: it stays among those for development.
  expect(restrictedAmong(['node_modules/@cloud-copilot/iam-simulate'])).toEqual([
    'node_modules/@cloud-copilot/iam-simulate: AGPL-3.0-or-later',
  ]);
});
