import { readFileSync, writeFileSync } from 'node:fs';
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

  test('the entry of a type stands among those of its service, and all else stays as it was', async () => {
    const file = 'tests/resources/sns/predicted-events.ts';
    const before = read(file);
    const { files } = await writeResource(tree.root, 'sns', 'platform-application', ['CreatePlatformApplication']);
    expect(files).toContain(file);
    const [entry, ...others] = read(file).match(/^.*AWS::SNS::PlatformApplication.*\n/gm) ?? [];
    expect(entry).toContain("{ id: 'example-platform-application', names: { PlatformApplicationArn: 'example");
    expect(others).toEqual([]);
    expect(read(file).replace(entry ?? '', '')).toBe(before.replace('types: { ', 'types: {\n '));
  });

  test('a service whose event source is called otherwise than its SDK says which SDK has its calls', async () => {
    const { files } = await writeService(tree.root, 'states', 'applications', 'lambda');
    expect(files).toContain('tests/resources/states/predicted-events.ts');
    expect(read('tests/resources/states/predicted-events.ts')).toContain(
      "types: {},\n  sdks: { 'states.amazonaws.com': ['lambda'] },",
    );
  });

  test('a type is refused, and nothing written, where its service has no place for its entry', async () => {
    writeFileSync(`${tree.root}tests/resources/sqs/predicted-events.ts`, 'export default events;\n');
    const before = tree.entries();
    const refused = expect(writeResource(tree.root, 'sqs', 'task', ['StartMessageMoveTask'])).rejects;
    await refused.toMatchObject({ name: 'UsageError', message: expect.stringContaining('has no `types: {`') });
    expect(tree.entries()).toEqual(before);
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
