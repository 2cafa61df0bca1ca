import { outputsOf, stackNamed } from '../doctor/deployment.ts';
import type { Aws } from '../resource.ts';
import { UsageError } from './errors.ts';

/** An output of a stack in the client's region. Throws UsageError where there is no such stack or output, otherwise the SDK's error. */
export async function outputOf(stack: string, name: string, aws: Aws): Promise<string> {
  const found = await stackNamed(aws, stack);
  if (found === null) throw new UsageError(`there is no stack ${stack} in this region: use --stack or --region`);
  const value = outputsOf(found)[name];
  if (value === undefined) throw new UsageError(`the stack ${stack} has no output ${name}`);
  return value;
}
