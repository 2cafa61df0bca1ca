import { fits } from './patterns.ts';

/** Tags that a tool puts on what it makes. CDK's stacks are CloudFormation's; Terraform has no tag of its own, so these are the usual ones. */
const MADE_BY: readonly (readonly [tag: string, value: string, tool: string])[] = [
  ['aws:cloudformation:stack-name', '*', 'CloudFormation'],
  ['aws:cloudformation:stack-id', '*', 'CloudFormation'],
  ['terraform', '*', 'Terraform'],
  ['managed-by', 'terraform', 'Terraform'],
  ['managedby', 'terraform', 'Terraform'],
  ['managed_by', 'terraform', 'Terraform'],
  ['managed-by', 'pulumi', 'Pulumi'],
  ['managedby', 'pulumi', 'Pulumi'],
];

/** The tool that made a resource with these tags, and the tag that says so; null where none does. */
export function madeBy(tags: Readonly<Record<string, string>>): { readonly tool: string; readonly tag: string } | null {
  const lower = Object.entries(tags).map(([key, value]) => [key.toLowerCase(), value.toLowerCase()] as const);
  const made = MADE_BY.find(([tag, pattern]) => lower.some(([key, value]) => key === tag && fits(pattern, value)));
  return made === undefined ? null : { tool: made[2], tag: made[0] };
}
