import { expect, test } from '@jest/globals';
import { closureOf, resolved } from '../../../../scripts/generate/source/modules.ts';

const CONTROL = 'shared/controls/s3/s3-bucket-tls-required.ts';
const filesOf = (...folders: string[]) => new Set(closureOf(CONTROL, ...folders).declarations.map(({ file }) => file));

test('the closure of a default export follows what it uses, within these folders', () => {
  expect(filesOf()).toEqual(new Set([CONTROL]));
  const files = filesOf('shared/aws/');
  expect(files).toContain('shared/aws/s3/bucket-policy.ts');
  expect([...files].filter((file) => file !== CONTROL && !file.startsWith('shared/aws/'))).toEqual([]);
});

test('the closure holds the names of packages that are used in it, and no types', () => {
  const { packages } = closureOf('shared/controls/ec2/ec2-image-public-access-prohibited.ts', 'shared/aws/');
  expect([...(packages.get('@aws-sdk/client-ec2') ?? [])]).toEqual(['EC2Client', 'ModifyImageAttributeCommand']);
});

test('a name is what its module declares or imports; what is neither is not known', () => {
  expect(resolved('SID', CONTROL)).toMatchObject({ file: CONTROL, node: { type: 'StringLiteral' } });
  expect(resolved('whyNotPut', CONTROL)).toMatchObject({ file: 'shared/aws/s3/bucket-policy.ts' });
  expect(resolved('nobody', CONTROL)).toBeNull();
});
