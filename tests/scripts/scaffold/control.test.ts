import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ROOT } from '../../../scripts/catalogue.ts';
import { writeControl } from '../../../scripts/scaffold/control.ts';
import { type CopiedTree, copiedTree } from '../../support/copied-tree.ts';

let tree: CopiedTree;
beforeAll(() => {
  tree = copiedTree();
});
afterAll(() => tree.remove());

const newControl = (...args: string[]) => tree.script('new-control.ts', ...args);

describe('npm run new-control', () => {
  test('knows a service by its service.ts, whether or not it has a control yet', async () => {
    const { root } = tree;
    mkdirSync(`${root}shared/resources/backup`);
    cpSync(`${ROOT}shared/resources/ec2/account.ts`, `${root}shared/resources/backup/vault.ts`);
    await expect(writeControl(root, 'backup', 'backup-anything-locked')).rejects.toThrow('there is no service');
    cpSync(`${ROOT}shared/resources/ec2/service.ts`, `${root}shared/resources/backup/service.ts`);
    await writeControl(root, 'backup', 'backup-anything-locked');
    expect(existsSync(`${root}shared/controls/backup/backup-anything-locked.ts`)).toBe(true);
    for (const folder of ['controls', 'resources']) rmSync(`${root}shared/${folder}/backup`, { recursive: true });
  });

  test('takes the word that ids of the service begin with already, and puts the scene where those are', async () => {
    const id = 'elbv2-listener-anything-required';
    const { files } = await writeControl(tree.root, 'elasticloadbalancing', id);
    expect(files).toEqual([
      `shared/controls/elasticloadbalancing/${id}.ts`,
      `scenes/elbv2/${id}.ts`,
      `tests/controls/elasticloadbalancing/${id}.test.ts`,
    ]);
    const [source = '', , test = ''] = files.map((file) => readFileSync(tree.root + file, 'utf8'));
    expect(source).toContain("from '../../resources/elasticloadbalancing/listener.ts'");
    expect(test).toContain(`from '../../../scenes/elbv2/${id}.ts'`);
    for (const file of files) rmSync(tree.root + file);
  });

  test('says in one line how it is called, where it is called wrongly', async () => {
    const { status, stdout, stderr } = await newControl('ec2');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^new-control: npm run new-control <service> <id> [^\n]+\n$/);
  });

  test.each([
    ['s33', 's33-bucket-versioned', undefined, 'did you mean s3?'],
    ['..', '..-x', undefined, 'there is no service ".."'],
    ['ec2', 's3-bucket-versioned', undefined, 'does not begin with its service'],
    ['ec2', 'ec2-Volume-Encrypted', undefined, 'is no id'],
    ['ec2', 'ec2-volume--encrypted', undefined, 'is no id'],
    ['ec2', 'ec2-volume_encrypted', undefined, 'is no id'],
    ['ec2', 'ec2-../../x', undefined, 'is no id'],
    ['ec2', 'ec2', undefined, 'is no id'],
    ['ec2', 'ec2-volumes-encrypted', undefined, '"ec2-volumes-encrypted" names no resource of ec2; say which'],
    ['ec2', 'ec2-volume-encrypted', 'disk', 'ec2 has no resource "disk"; say which'],
    ['ec2', 'ec2-volume-encrypted', 'service', 'ec2 has no resource "service"; say which'],
  ])('refuses %s %s %s, and writes nothing', async (service, id, resource, says) => {
    const before = tree.entries();
    const refused = expect(writeControl(tree.root, service, id, resource)).rejects;
    await refused.toMatchObject({ name: 'UsageError', message: expect.stringContaining(says) });
    expect(tree.entries()).toEqual(before);
  });
});
