import { readFileSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type CopiedTree, copiedTree } from '../../support/copied-tree.ts';

// What the scaffolds write, checked together: the compiler takes longer than all of them.
let tree: CopiedTree;
beforeAll(() => {
  tree = copiedTree();
  // As if nobody had written this service yet.
  for (const folder of ['shared/resources', 'shared/controls', 'scenes', 'tests/resources', 'tests/controls', 'events'])
    rmSync(`${tree.root}${folder}/dynamodb`, { recursive: true, force: true });
});
afterAll(() => tree.remove());

const read = (file: string) => readFileSync(tree.root + file, 'utf8');

const ID = 'ec2-volume-deleted-on-termination';
const OPERATIONS = ['CreateTable', 'UpdateTable', 'DeleteTable'];
const SAMPLES = OPERATIONS.map((name) => `events/dynamodb/${name}.json`);
const RESOURCE = [
  'shared/resources/dynamodb/table.ts',
  'tests/resources/dynamodb/table.test.ts',
  'tests/resources/dynamodb/predicted-events.ts',
];
const filesOf = (service: string, id: string) => [
  `shared/controls/${service}/${id}.ts`,
  `scenes/${service}/${id}.ts`,
  `tests/controls/${service}/${id}.test.ts`,
];

/** What npm run of a scaffold wrote. */
async function written(script: string, ...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await tree.script(script, ...args);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

test('npm run new-control writes a control, its scene and its test, and none where there is one', async () => {
  const said = await written('new-control.ts', 'ec2', ID);
  for (const file of filesOf('ec2', ID)) expect(said).toContain(`wrote  ${file}\n`);
  expect(said).toMatch(/1\. Write .*\n2\. Give its test .*\n3\. npm run generate/);

  const before = tree.entries();
  expect(await tree.script('new-control.ts', 'ec2', ID)).toEqual({
    status: 2,
    stdout: '',
    stderr: `new-control: shared/controls/ec2/${ID}.ts is there already\n`,
  });
  expect(tree.entries()).toEqual(before);
});

test('npm run new-service and npm run new-resource write a service, a resource, its test and its samples', async () => {
  const service = await written('new-service.ts', 'dynamodb', 'data');
  expect(service).toContain('wrote  shared/resources/dynamodb/service.ts\n');
  expect(read('shared/resources/dynamodb/service.ts')).toContain(
    "sdks: { dynamodb: () => import('@aws-sdk/client-dynamodb') }",
  );

  expect(service).toContain('wrote  tests/resources/dynamodb/predicted-events.ts\n');
  expect(read('tests/resources/dynamodb/predicted-events.ts')).toContain('  types: {},\n}');

  const resource = await written('new-resource.ts', 'dynamodb', 'table', ...OPERATIONS);
  for (const file of [...RESOURCE, ...SAMPLES]) expect(resource).toContain(`wrote  ${file}\n`);
  expect(read('shared/resources/dynamodb/table.ts')).toContain("type: 'AWS::DynamoDB::Table'");
  expect(read('shared/resources/dynamodb/table.ts')).toContain(
    "call('dynamodb.amazonaws.com', ['CreateTable', 'UpdateTable', 'DeleteTable'], {\n      ids: ({ response }) => strings(response, 'tableDescription.tableId'),",
  );
  expect(read('tests/resources/dynamodb/predicted-events.ts')).toContain(
    "types: {\n    'AWS::DynamoDB::Table': { id: 'example-table', names: { ",
  );

  await written('new-control.ts', 'dynamodb', 'dynamodb-table-encrypted');
  expect(read('shared/controls/dynamodb/dynamodb-table-encrypted.ts')).toContain("needs: ['settings']");
});

test('all of it lints, generates and compiles', async () => {
  const sources = [...filesOf('ec2', ID), ...RESOURCE];
  expect(await tree.lint('shared/resources/dynamodb', ...sources, ...SAMPLES)).toMatchObject({ status: 0 });
  expect(await tree.script('generate.ts')).toMatchObject({ status: 0, stderr: '' });
  expect(read('shared/controls/ec2/index.ts')).toContain(ID);
  expect(read('shared/resources/index.ts')).toContain('./dynamodb/service.ts');
  const made = filesOf('dynamodb', 'dynamodb-table-encrypted');
  expect(await tree.typecheck(...sources, ...made)).toEqual({ status: 0, stdout: '', stderr: '' });
});

test('it is not done: its tests fail, and say so', async () => {
  const { status, stderr } = await tree.jest(`${ID}|tests/resources/dynamodb/table`);
  expect(status).toBe(1);
  expect(stderr).toContain(`${ID} is not written yet`);
  expect(stderr).toContain('dynamodb/table is not written yet');
  for (const name of OPERATIONS) expect(stderr).toMatch(new RegExp(`✕ events/dynamodb/${name}.json names`));
  expect(stderr).toMatch(/Tests: +\d+ failed/);
  expect(stderr).toMatch(/Test Suites: 2 failed, 2 total/);
});
