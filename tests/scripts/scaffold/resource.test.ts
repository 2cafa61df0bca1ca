import { readFileSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { writeResource } from '../../../scripts/scaffold/resource.ts';
import { writeService } from '../../../scripts/scaffold/service.ts';
import { type CopiedTree, copiedTree } from '../../support/copied-tree.ts';

let tree: CopiedTree;
beforeAll(async () => {
  tree = copiedTree();
  // As if nobody had written this service yet.
  for (const folder of ['shared/resources', 'shared/controls', 'scenes', 'tests/resources', 'tests/controls', 'events'])
    rmSync(`${tree.root}${folder}/dynamodb`, { recursive: true, force: true });
  await tree.script('generate.ts');
});
afterAll(() => tree.remove());

const OPERATIONS = ['CreateTable', 'UpdateTable', 'DeleteTable'];
const read = (file: string) => readFileSync(tree.root + file, 'utf8');

describe('npm run new-service and npm run new-resource', () => {
  test('write a service, a resource, its test and its samples, which compile and lint, and are not done', async () => {
    const service = await tree.script('new-service.ts', 'dynamodb', 'data');
    expect(service).toMatchObject({ status: 0, stderr: '' });
    expect(service.stdout).toContain('wrote  shared/resources/dynamodb/service.ts\n');
    expect(read('shared/resources/dynamodb/service.ts')).toContain(
      "sdks: { dynamodb: () => import('@aws-sdk/client-dynamodb') }",
    );

    const resource = await tree.script('new-resource.ts', 'dynamodb', 'table', ...OPERATIONS);
    expect(resource).toMatchObject({ status: 0, stderr: '' });
    const sources = ['shared/resources/dynamodb/table.ts', 'tests/resources/dynamodb/table.test.ts'];
    const files = [...sources, ...OPERATIONS.map((name) => `events/dynamodb/${name}.json`)];
    for (const file of files) expect(resource.stdout).toContain(`wrote  ${file}\n`);
    const written = read('shared/resources/dynamodb/table.ts');
    expect(written).toContain("type: 'AWS::DynamoDB::Table'");
    expect(written).toContain(
      "call('dynamodb.amazonaws.com', ['CreateTable', 'UpdateTable', 'DeleteTable'], {\n      ids: ({ response }) => strings(response, 'tableDescription.tableId'),",
    );

    expect(await tree.script('new-control.ts', 'dynamodb', 'dynamodb-table-encrypted')).toMatchObject({
      status: 0,
      stderr: '',
    });
    const control = [
      'shared/controls/dynamodb/dynamodb-table-encrypted.ts',
      'scenes/dynamodb/dynamodb-table-encrypted.ts',
    ];
    const made = [...control, 'tests/controls/dynamodb/dynamodb-table-encrypted.test.ts'];
    expect(read('shared/controls/dynamodb/dynamodb-table-encrypted.ts')).toContain("needs: ['settings']");

    expect(await tree.lint('shared/resources/dynamodb', ...files)).toMatchObject({ status: 0 });
    expect(await tree.typecheck(...sources, ...made)).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(await tree.script('generate.ts')).toMatchObject({ status: 0, stderr: '' });
    expect(read('shared/resources/index.ts')).toContain('./dynamodb/service.ts');
    const jest = await tree.jest('tests/resources/dynamodb/table');
    expect(jest).toMatchObject({ status: 1 });
    expect(jest.stderr).toContain('dynamodb/table is not written yet');
    for (const name of OPERATIONS) expect(jest.stderr).toMatch(new RegExp(`✕ events/dynamodb/${name}.json names`));
  });

  test('a sample that exists is left as it is', async () => {
    const before = read('events/ec2/CreateVolume.json');
    const { files } = await writeResource(tree.root, 'ec2', 'disk', ['CreateVolume', 'CreateVpcEndpoint']);
    expect(files.filter((file) => file.startsWith('events/'))).toEqual(['events/ec2/CreateVpcEndpoint.json']);
    expect(read('events/ec2/CreateVolume.json')).toBe(before);
  });

  test.each([
    ['new-resource', ['ec2', 'address']],
    ['new-service', ['sns']],
  ])('%s says in one line how it is called, where it is called wrongly', async (name, args) => {
    const { status, stdout, stderr } = await tree.script(`${name}.ts`, ...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^${name}: npm run ${name} <service> [^\\n]+\\n$`));
  });

  test.each([
    ['ec3', 'address', 'AllocateAddress', 'did you mean ec2?'],
    ['../x', 'address', 'AllocateAddress', 'there is no service "../x"'],
    ['ec2', '../x', 'AllocateAddress', 'is no name for a resource'],
    ['ec2', 'address', 'AllocateAdress', 'did you mean AllocateAddress?'],
    ['ec2', 'volume', 'CreateVolume', 'shared/resources/ec2/volume.ts is there already'],
  ])('a resource %s %s of %s is refused, and nothing written', async (service, resource, operation, says) => {
    const before = tree.entries();
    const refused = expect(writeResource(tree.root, service, resource, [operation])).rejects;
    await refused.toMatchObject({ name: 'UsageError', message: expect.stringContaining(says) });
    expect(tree.entries()).toEqual(before);
  });

  test.each([
    ['sns', 'application', 'sns', 'there is no domain "application"; the domains are infrastructure,'],
    ['../sns', 'applications', 'sns', 'is no name for a service'],
    ['fsx', 'data', 'fsx', 'npm install @aws-sdk/client-fsx'],
    ['ec2', 'infrastructure', 'ec2', 'shared/resources/ec2/service.ts is there already'],
  ])('a service %s in %s with the client %s is refused, and nothing written', async (service, domain, client, says) => {
    const before = tree.entries();
    const refused = expect(writeService(tree.root, service, domain, client)).rejects;
    await refused.toMatchObject({ name: 'UsageError', message: expect.stringContaining(says) });
    expect(tree.entries()).toEqual(before);
  });
});
