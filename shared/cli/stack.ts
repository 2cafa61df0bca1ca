import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import type { Aws } from '../resource.ts';
import { UsageError } from './errors.ts';

/** An output of a stack in the client's region. Throws UsageError where there is no such stack or output; else the SDK's own error. */
export async function outputOf(stack: string, name: string, aws: Aws): Promise<string> {
  const asked = aws(CloudFormationClient).send(new DescribeStacksCommand({ StackName: stack }));
  const { Stacks = [] } = await asked.catch((error: unknown) => {
    // CloudFormation has no error of its own for this.
    if (error instanceof Error && /does not exist/.test(error.message))
      throw new UsageError(`there is no stack ${stack} in this region: name another with --stack or --region`);
    throw error;
  });
  const value = Stacks[0]?.Outputs?.find(({ OutputKey }) => OutputKey === name)?.OutputValue;
  if (value === undefined) throw new UsageError(`the stack ${stack} has no output ${name}`);
  return value;
}
