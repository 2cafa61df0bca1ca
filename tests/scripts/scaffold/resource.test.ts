import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { writeResource } from '../../../scripts/scaffold/resource.ts';
import { writeService } from '../../../scripts/scaffold/service.ts';
import { type CopiedTree, copiedTree } from '../../support/copied-tree.ts';

let tree: CopiedTree;
beforeAll(() => {
  tree = copiedTree();
});
afterAll(() => tree.remove());

const read = (file: string) => readFileSync(tree.root + file, 'utf8');

describe('npm run new-service and npm run new-resource', () => {
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
