import { expect, test } from '@jest/globals';
import { provisionedBy } from '../../shared/policy/infrastructure-as-code.ts';

test.each([
  [{ 'aws:cloudformation:stack-name': 'web' }, { tool: 'CloudFormation', tag: 'aws:cloudformation:stack-name' }],
  [{ Terraform: '' }, { tool: 'Terraform', tag: 'terraform' }],
  [{ ManagedBy: 'TERRAFORM' }, { tool: 'Terraform', tag: 'managedby' }],
  [{ managed_by: 'terraform' }, { tool: 'Terraform', tag: 'managed_by' }],
  [{ 'Managed-By': 'Pulumi' }, { tool: 'Pulumi', tag: 'managed-by' }],
])('%j names the tool and the tag that tells it', (tags, found) => {
  expect(provisionedBy(tags)).toEqual(found);
});

test.each([
  [{}],
  [{ 'managed-by': 'ann' }],
  [{ Name: 'terraform' }],
  [{ 'my-terraform': 'x' }],
  [{ managed_by: 'pulumi' }],
])('%j names none', (tags) => {
  expect(provisionedBy(tags)).toBeNull();
});

test('of several tags the first tool in our order is named', () => {
  const tags = { 'managed-by': 'pulumi', 'aws:cloudformation:stack-id': 'arn' };
  expect(provisionedBy(tags)).toEqual({ tool: 'CloudFormation', tag: 'aws:cloudformation:stack-id' });
});
