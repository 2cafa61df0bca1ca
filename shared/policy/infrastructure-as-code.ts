import { fits } from './patterns.ts';

/** Tags of infrastructure as code. CDK's stacks are CloudFormation's; Terraform sets no tag of its own, so these are the customary ones. */
const PROVISIONER_TAGS: readonly (readonly [tag: string, value: string, tool: string])[] = [
  ['aws:cloudformation:stack-name', '*', 'CloudFormation'],
  ['aws:cloudformation:stack-id', '*', 'CloudFormation'],
  ['terraform', '*', 'Terraform'],
  ['managed-by', 'terraform', 'Terraform'],
  ['managedby', 'terraform', 'Terraform'],
  ['managed_by', 'terraform', 'Terraform'],
  ['managed-by', 'pulumi', 'Pulumi'],
  ['managedby', 'pulumi', 'Pulumi'],
];

/** The tool that provisioned a resource with these tags, and the tag that tells it; null where none does. */
export function provisionedBy(
  tags: Readonly<Record<string, string>>,
): { readonly tool: string; readonly tag: string } | null {
  const lower = Object.entries(tags).map(([key, value]) => [key.toLowerCase(), value.toLowerCase()] as const);
  const found = PROVISIONER_TAGS.find(([tag, pattern]) =>
    lower.some(([key, value]) => key === tag && fits(pattern, value)),
  );
  return found === undefined ? null : { tool: found[2], tag: found[0] };
}
