import type { Aws } from '../resource.ts';
import { type Deployment, readDeployment } from './deployment.ts';
import { type Check, type CheckResult, fail, ok, unreadable, warn } from './diagnosis.ts';

/** A deployment and the check of its stack. `deployment`: null where there is none, or where it could not be read. */
export interface DeploymentRead {
  readonly deployment: Deployment | null;
  readonly check: Check;
}

/** Reads the deployment, and makes a check of the result. Never throws. */
export async function deploymentAt(aws: Aws, home: string, stack: string): Promise<DeploymentRead> {
  try {
    const deployment = await readDeployment(aws, home, stack);
    return { deployment, check: checkOf(deployment === null ? notDeployed(stack, home) : statusOf(deployment)) };
  } catch (error) {
    const remedy = 'check the region (--region), the stack (--stack) and your permissions on it';
    return { deployment: null, check: checkOf(unreadable(error, remedy)) };
  }
}

const checkOf = (result: CheckResult): Check => ({ name: 'deployment', remedy: '', run: async () => result });

const notDeployed = (stack: string, home: string): CheckResult =>
  warn(
    `there is no stack ${stack} in ${home}: nothing is deployed there`,
    `deploy it: npx serverless deploy --region ${home}; or name the one to check: npx evenkeel doctor --stack NAME --region REGION`,
  );

/** Statuses in which the stack is complete; an update that was rolled back is not among them: see statusOf. */
const COMPLETE = ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'IMPORT_COMPLETE', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'];

function statusOf({ stack, home, status, regions }: Deployment): CheckResult {
  const message = `${stack} in ${home} is ${status}`;
  const failures = `aws cloudformation describe-stack-events --stack-name ${stack} --region ${home} --query 'StackEvents[?contains(ResourceStatus,\`FAILED\`)].[LogicalResourceId,ResourceStatusReason]' --output text`;
  if (COMPLETE.includes(status)) return ok(`${message}, watching ${regions.join(', ')}`);
  if (status === 'UPDATE_ROLLBACK_COMPLETE')
    return warn(`${message}: the last deploy failed, the version before it is still running`, failures);
  if (status.endsWith('_IN_PROGRESS'))
    return warn(`${message}: a deploy is under way`, 'wait until it has finished, then run doctor again');
  return fail(message, failures);
}
