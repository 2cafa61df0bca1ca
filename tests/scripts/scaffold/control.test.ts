import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ROOT } from '../../../scripts/catalogue.ts';
import { type Ended, run } from '../../support/script.ts';

let root: string;
beforeAll(() => {
  root = `${mkdtempSync(`${tmpdir()}/evenkeel-`)}/`;
  for (const name of [
    'scripts',
    'scenes',
    'shared',
    'functions',
    'docs',
    'policy.yml',
    'package.json',
    'tsconfig.json',
    'biome.json',
  ])
    cpSync(ROOT + name, root + name, { recursive: true });
  cpSync(`${ROOT}tests/support`, `${root}tests/support`, { recursive: true });
  for (const name of ['node_modules', 'events']) symlinkSync(ROOT + name, root + name);
});
afterAll(() => rmSync(root, { recursive: true }));

const newControl = (...args: string[]): Promise<Ended> => run('new-control.ts', args, { root });
const everything = () =>
  // As entries: by name alone it goes into what is linked, and that is all of node_modules.
  readdirSync(root, { recursive: true, withFileTypes: true })
    .map(({ parentPath, name }) => `${parentPath}/${name}`)
    .sort();

describe('npm run new-control', () => {
  test('writes a control, its scene and its test, which compile and lint, generate, and are not done', async () => {
    const id = 'ec2-volume-deleted-on-termination';
    const { status, stdout, stderr } = await newControl('ec2', id);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const files = [`shared/controls/ec2/${id}.ts`, `scenes/ec2/${id}.ts`, `tests/controls/ec2/${id}.test.ts`];
    for (const file of files) expect(stdout).toContain(`wrote  ${file}\n`);
    expect(stdout).toMatch(/1\. Write .*\n2\. Give its test .*\n3\. npm run generate/);
    expect(await tool('@biomejs/biome/bin/biome', 'check', '--vcs-enabled=false', ...files)).toMatchObject({
      status: 0,
    });
    expect(await tool('typescript/bin/tsc', '-p', root)).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(await run('generate.ts', [], { root })).toMatchObject({ status: 0, stderr: '' });
    expect(readFileSync(`${root}shared/controls/ec2/index.ts`, 'utf8')).toContain(id);
    const jest = await tool('jest/bin/jest.js', '--rootDir', root, '--config', JSON.stringify(JEST), id);
    expect(jest).toMatchObject({ status: 1 });
    expect(jest.stderr).toContain(`${id} is not written yet`);
    expect(jest.stderr).toMatch(/Tests: +\d+ failed/);

    const before = everything();
    expect(await newControl('ec2', id)).toEqual({
      status: 2,
      stdout: '',
      stderr: `new-control: ${files[0]} is there already\n`,
    });
    expect(everything()).toEqual(before);
  });

  test('knows a service by its service.ts, whether or not it has a control yet', async () => {
    mkdirSync(`${root}shared/resources/backup`);
    cpSync(`${ROOT}shared/resources/ec2/account.ts`, `${root}shared/resources/backup/vault.ts`);
    expect(await newControl('backup', 'backup-anything-locked')).toMatchObject({ status: 2 });
    cpSync(`${ROOT}shared/resources/ec2/service.ts`, `${root}shared/resources/backup/service.ts`);
    expect(await newControl('backup', 'backup-anything-locked')).toMatchObject({ status: 0 });
    expect(existsSync(`${root}shared/controls/backup/backup-anything-locked.ts`)).toBe(true);
    for (const folder of ['controls', 'resources']) rmSync(`${root}shared/${folder}/backup`, { recursive: true });
  });

  test.each([
    ['', 'npm run new-control <service> <id>'],
    ['ec2', 'npm run new-control <service> <id>'],
    ['ec2 ec2-volume-x volume more', 'npm run new-control <service> <id>'],
    ['s33 s33-bucket-versioned', 'did you mean s3?'],
    ['.. ..-x', 'there is no service ".."'],
    ['ec2 s3-bucket-versioned', 'does not begin with its service'],
    ['ec2 ec2-Volume-Encrypted', 'is no id'],
    ['ec2 ec2-volume--encrypted', 'is no id'],
    ['ec2 ec2-volume_encrypted', 'is no id'],
    ['ec2 ec2-../../x', 'is no id'],
    ['ec2 ec2', 'is no id'],
    ['ec2 ec2-volumes-encrypted', '"ec2-volumes-encrypted" names no resource of ec2; say which'],
    ['ec2 ec2-volume-encrypted disk', 'ec2 has no resource "disk"; say which'],
    ['ec2 ec2-volume-encrypted service', 'ec2 has no resource "service"; say which'],
  ])('refuses "%s" in one line, and writes nothing', async (args, says) => {
    const before = everything();
    const { status, stdout, stderr } = await newControl(...args.split(' ').filter(Boolean));
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^new-control: [^\n]+\n$/);
    expect(stderr).toContain(says);
    expect(everything()).toEqual(before);
  });
});

const JEST = {
  rootDir: '.',
  testMatch: ['<rootDir>/tests/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/tests/support/strip-types.mjs' },
};

/** Runs a development tool on the copy. */
const tool = (file: string, ...args: string[]): Promise<Ended> =>
  run(`../node_modules/${file}`, args, {
    root,
    env: { NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning' },
  });
