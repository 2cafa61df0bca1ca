import {
  CloudFormationClient,
  DescribeStacksCommand,
  paginateListStackResources,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { parseArn } from '../aws/arn.ts';
import { type ClosedRegion, openRegions } from '../aws/regions.ts';
import type { Aws } from '../resource.ts';

/** The stack of a deployment where no other is named. */
export const DEFAULT_STACK = 'evenkeel-prod';

/** A deployment as CloudFormation describes it. */
export interface Deployment {
  /** The stack's name, the prefix of the names of all its resources. */
  readonly stack: string;
  readonly home: string;
  readonly accountId: string;
  readonly status: string;
  /** When it was first deployed, in milliseconds since 1970. */
  readonly since: number;
  readonly outputs: Readonly<Record<string, string>>;
  /** The regions that it watches, the home region first. */
  readonly regions: readonly string[];
  /** Those of its regions that are left out as a whole, and why. */
  readonly leftOut: readonly ClosedRegion[];
  readonly resources: readonly StackResource[];
}

/** A resource of the stack that has been created. */
export interface StackResource {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
}

/** Asks CloudFormation for a deployment; null where there is no such stack. Throws the SDK's own error for every other problem. */
export async function readDeployment(aws: Aws, home: string, stack: string): Promise<Deployment | null> {
  const described = await stackNamed(aws, stack);
  if (described === null) return null;
  const client = aws(CloudFormationClient);
  const outputs = outputsOf(described);
  const resources: StackResource[] = [];
  for await (const { StackResourceSummaries = [] } of paginateListStackResources({ client }, { StackName: stack }))
    for (const { LogicalResourceId = '', ResourceType = '', PhysicalResourceId } of StackResourceSummaries)
      if (PhysicalResourceId)
        resources.push({ logicalId: LogicalResourceId, type: ResourceType, physicalId: PhysicalResourceId });
  const { open, closed } = await openRegions(aws, (outputs.Regions ?? home).split(',').filter(Boolean));
  return {
    stack,
    home,
    accountId: parseArn(described.StackId)?.accountId ?? '',
    status: described.StackStatus ?? '',
    since: described.CreationTime?.getTime() ?? 0,
    outputs,
    regions: open,
    leftOut: closed,
    resources,
  };
}

/** What CloudFormation says of a stack; null where there is none of this name. Throws the SDK's own error for every other problem. */
export async function stackNamed(aws: Aws, StackName: string): Promise<Stack | null> {
  try {
    return (await aws(CloudFormationClient).send(new DescribeStacksCommand({ StackName }))).Stacks?.[0] ?? null;
  } catch (error) {
    // CloudFormation has no error type for this case.
    if (error instanceof Error && error.name === 'ValidationError' && /does not exist/.test(error.message)) return null;
    throw error;
  }
}

/** The outputs of a stack, by name; none of no stack. */
export const outputsOf = (stack: Stack | null): Readonly<Record<string, string>> =>
  Object.fromEntries((stack?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));

/** The names or ids of the stack's resources of a type. */
export const physicalIds = ({ resources }: Deployment, type: string): readonly string[] =>
  resources.filter((resource) => resource.type === type).map(({ physicalId }) => physicalId);

/** The commands that recreate what was deleted from the stack by hand, and revert what was changed. */
export function revertDrift({ stack, home }: Deployment): string {
  const set = `--stack-name ${stack} --change-set-name revert-drift --region ${home}`;
  return [
    `aws cloudformation create-change-set ${set} --use-previous-template --deployment-mode REVERT_DRIFT --capabilities CAPABILITY_IAM CAPABILITY_NAMED_IAM`,
    `aws cloudformation wait change-set-create-complete ${set}`,
    `aws cloudformation execute-change-set ${set}`,
  ].join(' && ');
}

const instances = (verb: string, { stack, home, accountId }: Deployment, region: string) =>
  `aws cloudformation ${verb}-stack-instances --stack-set-name ${stack}-forwarding --accounts ${accountId} --regions ${region} --region ${home}`;

/** The command that deploys the forwarding rules to a region that has none. */
export const deployForwarding = (deployment: Deployment, region: string): string =>
  instances('create', deployment, region);

/** How to redeploy the forwarding rules of a region where some are missing. */
export const redeployForwarding = (deployment: Deployment, region: string): string =>
  `redeploy it: ${instances('delete', deployment, region)} --no-retain-stacks; a minute after that has finished (SQS keeps the name of a deleted queue for 60 seconds): ${deployForwarding(deployment, region)}`;
