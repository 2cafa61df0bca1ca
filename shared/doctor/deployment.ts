import {
  CloudFormationClient,
  DescribeStacksCommand,
  paginateListStackResources,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { parseArn } from '../aws/arn.ts';
import type { Aws } from '../resource.ts';
import { type Examination, ill, look, type Scene, type Verdict, well } from './diagnosis.ts';
import { unseen } from './run.ts';

/** The stack of a deployment where nobody names another. */
export const DEFAULT_STACK = 'evenkeel-prod';

/** What CloudFormation says of a deployment. */
export interface Deployment {
  /** The stack's name, which the names of all that it makes begin with. */
  readonly stack: string;
  readonly home: string;
  readonly accountId: string;
  readonly status: string;
  /** When it was deployed first, in milliseconds since 1970. */
  readonly since: number;
  readonly outputs: Readonly<Record<string, string>>;
  /** The regions that it watches, the home region first. */
  readonly regions: readonly string[];
  readonly resources: readonly StackResource[];
}

/** A resource of the stack that has been made. */
export interface StackResource {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
}

/** Asks CloudFormation for a deployment; null where there is no such stack. Throws the SDK's own error for every other trouble. */
export async function readDeployment(aws: Aws, home: string, stack: string): Promise<Deployment | null> {
  const described = await stackNamed(aws, stack);
  if (described === null) return null;
  const client = aws(CloudFormationClient);
  const outputs = Object.fromEntries(
    (described.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
  );
  const resources: StackResource[] = [];
  for await (const { StackResourceSummaries = [] } of paginateListStackResources({ client }, { StackName: stack }))
    for (const { LogicalResourceId = '', ResourceType = '', PhysicalResourceId } of StackResourceSummaries)
      if (PhysicalResourceId)
        resources.push({ logicalId: LogicalResourceId, type: ResourceType, physicalId: PhysicalResourceId });
  return {
    stack,
    home,
    accountId: parseArn(described.StackId)?.accountId ?? '',
    status: described.StackStatus ?? '',
    since: described.CreationTime?.getTime() ?? 0,
    outputs,
    regions: (outputs.Regions ?? home).split(',').filter(Boolean),
    resources,
  };
}

/** What CloudFormation says of a stack; null where there is none of this name. Throws the SDK's own error for every other trouble. */
export async function stackNamed(aws: Aws, StackName: string): Promise<Stack | null> {
  try {
    return (await aws(CloudFormationClient).send(new DescribeStacksCommand({ StackName }))).Stacks?.[0] ?? null;
  } catch (error) {
    // CloudFormation has no error of its own for it.
    if (error instanceof Error && error.name === 'ValidationError' && /does not exist/.test(error.message)) return null;
    throw error;
  }
}

/** The names or ids of the stack's resources of a type. */
export const physicalIds = ({ resources }: Deployment, type: string): readonly string[] =>
  resources.filter((resource) => resource.type === type).map(({ physicalId }) => physicalId);

/** The commands that make anew what was taken from the stack by hand, and set back what was changed. */
export function restore({ stack, home }: Deployment): string {
  const set = `--stack-name ${stack} --change-set-name mend --region ${home}`;
  return [
    `aws cloudformation create-change-set ${set} --use-previous-template --deployment-mode REVERT_DRIFT --capabilities CAPABILITY_IAM CAPABILITY_NAMED_IAM`,
    `aws cloudformation wait change-set-create-complete ${set}`,
    `aws cloudformation execute-change-set ${set}`,
  ].join(' && ');
}

const instances = (verb: string, { stack, home, accountId }: Deployment, region: string) =>
  `aws cloudformation ${verb}-stack-instances --stack-set-name ${stack}-forwarding --accounts ${accountId} --regions ${region} --region ${home}`;

/** The command that lays the forwarding in a region where there is none. */
export const createInstances = (deployment: Deployment, region: string): string =>
  instances('create', deployment, region);

/** How the forwarding of a region is laid anew, of which something is missing. */
export const layAnew = (deployment: Deployment, region: string): string =>
  `lay it anew: ${instances('delete', deployment, region)} --no-retain-stacks; when that has ended: ${createInstances(deployment, region)}`;

/** How the deployment was read: what it is, or why nobody can say. */
export interface DeploymentRead {
  readonly deployment: Deployment | null;
  readonly examination: Examination;
}

/** Reads the deployment, and makes an examination of how that went. Never throws. */
export async function deploymentAt(aws: Aws, home: string, stack: string): Promise<DeploymentRead> {
  const examinationOf = (verdict: (scene: Scene) => Verdict): Examination => ({
    what: 'deployment',
    mend: '',
    examine: async (scene) => verdict(scene),
  });
  try {
    const deployment = await readDeployment(aws, home, stack);
    const verdict = deployment === null ? absent(stack, home) : standingOf(deployment);
    return { deployment, examination: examinationOf(() => verdict) };
  } catch (error) {
    const verdict = unseen(error, 'see the region (--region), the stack (--stack) and your permissions on it');
    return { deployment: null, examination: examinationOf(() => verdict) };
  }
}

const absent = (stack: string, home: string): Verdict =>
  look(
    `there is no stack ${stack} in ${home}: nothing is deployed there`,
    `deploy it: npx serverless deploy --region ${home}; or say where it is: npx evenkeel doctor --stack NAME --region REGION`,
  );

/** A rolled back update leaves what was there before, and that works. */
const WORKING = ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'IMPORT_COMPLETE', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'];

function standingOf({ stack, home, status, regions }: Deployment): Verdict {
  const says = `${stack} in ${home} is ${status}`;
  const why = `aws cloudformation describe-stack-events --stack-name ${stack} --region ${home} --query 'StackEvents[?contains(ResourceStatus,\`FAILED\`)].[LogicalResourceId,ResourceStatusReason]' --output text`;
  if (WORKING.includes(status)) return well(`${says}, for ${regions.join(', ')}`);
  if (status === 'UPDATE_ROLLBACK_COMPLETE')
    return look(`${says}: the last deploy failed, what was there before goes on`, why);
  if (status.endsWith('_IN_PROGRESS')) return look(`${says}: it is being changed`, 'wait for its end, and look again');
  return ill(says, why);
}
