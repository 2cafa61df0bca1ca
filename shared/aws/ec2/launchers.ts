import {
  AutoScalingClient,
  type AutoScalingGroup,
  type LaunchTemplateSpecification,
  paginateDescribeAutoScalingGroups,
  paginateDescribeLaunchConfigurations,
} from '@aws-sdk/client-auto-scaling';
import {
  DescribeLaunchTemplateVersionsCommand,
  EC2Client,
  type LaunchTemplateVersion,
  paginateDescribeLaunchTemplateVersions,
  paginateDescribeSubnets,
  type ResponseLaunchTemplateData,
} from '@aws-sdk/client-ec2';
import { LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import type { Aws } from '../../resource.ts';
import { carried } from '../answer.ts';
import { isDefiniteRefusal } from '../refusals.ts';
import { isThrottled } from '../throttling.ts';

/** A security group as what launches something names it. */
interface Group {
  readonly id: string;
  readonly name: string;
  readonly vpcId: string | null;
}

/** What would launch something into a security group, each in a few words, and what could not be asked for since AWS refuses it. */
export interface Launchers {
  readonly launchers: readonly string[];
  readonly refused: readonly string[];
}

/** What launches into the group although nothing of it runs now: launch templates (their latest and default versions, and those that an Auto Scaling group names), launch configurations, Auto Scaling groups that leave the choice to the VPC, Lambda functions. Throws the SDK's own error for all but a refusal. */
export async function launchersOf(aws: Aws, group: Group): Promise<Launchers> {
  const asked = await Promise.all([
    orRefused('launch templates and Auto Scaling groups', launchersOfInstances(aws, group)),
    orRefused('Lambda functions', functions(aws, group)),
  ]);
  return { launchers: asked.flatMap(({ launchers }) => launchers), refused: asked.flatMap(({ refused }) => refused) };
}

async function orRefused(what: string, read: Promise<readonly string[]>): Promise<Launchers> {
  try {
    return { launchers: [...new Set(await read)], refused: [] };
  } catch (error) {
    if (!isDefiniteRefusal(error) || isThrottled(error)) throw error;
    return { launchers: [], refused: [`${what} (${error instanceof Error ? error.message : error})`] };
  }
}

const isNamed = (names: readonly string[], { id, name }: Group) => names.includes(id) || names.includes(name);

/** The groups that a launch template names, by id or (in the default VPC) by name. */
async function launchersOfInstances(aws: Aws, group: Group): Promise<readonly string[]> {
  const [templates, configurations, scaling] = await Promise.all([
    currentVersions(aws),
    launchConfigurations(aws),
    scalingGroups(aws),
  ]);
  const found = [...templates, ...configurations].filter(({ groups }) => isNamed(groups, group));
  const inVpc = memoized(() => subnetsOf(aws, group));
  const choosing: string[] = [];
  for (const one of scaling)
    for (const launching of await launchedBy(aws, one, templates, configurations)) {
      if (isNamed(launching.groups, group)) found.push(launching);
      // Instances that nothing names a group for get the default one of their VPC.
      else if (launching.groups.length === 0 && (await launchesInto(one, inVpc)))
        choosing.push(`Auto Scaling group ${one.AutoScalingGroupName} (its ${launching.words} names no group)`);
    }
  return [...found.map(({ words }) => words), ...choosing];
}

/** What instances are launched from, in a few words, and the groups that it names. */
interface Launching {
  readonly name: string;
  readonly words: string;
  readonly groups: readonly string[];
}

interface Template extends Launching {
  readonly id: string;
  readonly version: string;
  readonly isLatest: boolean;
  readonly isDefault: boolean;
}

/** The latest and the default version of every launch template of the region. */
async function currentVersions(aws: Aws): Promise<readonly Template[]> {
  const found: LaunchTemplateVersion[] = [];
  const asked = { Versions: ['$Latest', '$Default'] };
  for await (const page of paginateDescribeLaunchTemplateVersions({ client: aws(EC2Client) }, asked))
    found.push(...carried('DescribeLaunchTemplateVersions', 'launchTemplateVersionSet', page.LaunchTemplateVersions));
  const latest = new Map<string, number>();
  for (const { LaunchTemplateId = '', VersionNumber = 0 } of found)
    latest.set(LaunchTemplateId, Math.max(VersionNumber, latest.get(LaunchTemplateId) ?? 0));
  return found.map((one) => templateOf(one, latest.get(one.LaunchTemplateId ?? '')));
}

const templateOf = (version: LaunchTemplateVersion, latest?: number): Template => ({
  id: version.LaunchTemplateId ?? '',
  name: version.LaunchTemplateName ?? '',
  words: `launch template ${version.LaunchTemplateName} (${version.LaunchTemplateId})`,
  groups: groupsIn(version.LaunchTemplateData ?? {}),
  version: String(version.VersionNumber ?? ''),
  isLatest: version.VersionNumber === latest,
  isDefault: version.DefaultVersion === true,
});

/** The groups that a launch template names, by id or (in the default VPC) by name. */
const groupsIn = ({
  SecurityGroupIds = [],
  SecurityGroups = [],
  NetworkInterfaces = [],
}: ResponseLaunchTemplateData) => [
  ...SecurityGroupIds,
  ...SecurityGroups,
  ...NetworkInterfaces.flatMap(({ Groups = [] }) => Groups),
];

async function launchConfigurations(aws: Aws): Promise<readonly Launching[]> {
  const found: Launching[] = [];
  for await (const page of paginateDescribeLaunchConfigurations({ client: aws(AutoScalingClient) }, {}))
    for (const one of carried('DescribeLaunchConfigurations', 'LaunchConfigurations', page.LaunchConfigurations)) {
      const name = one.LaunchConfigurationName ?? '';
      found.push({ name, words: `launch configuration ${name}`, groups: one.SecurityGroups ?? [] });
    }
  return found;
}

async function scalingGroups(aws: Aws): Promise<readonly AutoScalingGroup[]> {
  const found: AutoScalingGroup[] = [];
  for await (const page of paginateDescribeAutoScalingGroups({ client: aws(AutoScalingClient) }, {}))
    found.push(...carried('DescribeAutoScalingGroups', 'AutoScalingGroups', page.AutoScalingGroups));
  return found;
}

/** What an Auto Scaling group launches its instances from. */
async function launchedBy(
  aws: Aws,
  { LaunchConfigurationName, LaunchTemplate, MixedInstancesPolicy }: AutoScalingGroup,
  templates: readonly Template[],
  configurations: readonly Launching[],
): Promise<readonly Launching[]> {
  const { LaunchTemplateSpecification: mixed, Overrides = [] } = MixedInstancesPolicy?.LaunchTemplate ?? {};
  const named = [LaunchTemplate, mixed, ...Overrides.map((one) => one.LaunchTemplateSpecification)];
  const versions = named.flatMap((one) => (one === undefined ? [] : [versionOf(aws, one, templates)]));
  const found = await Promise.all(versions);
  const configured = configurations.filter(({ name }) => name === LaunchConfigurationName);
  return [...configured, ...found.filter((one) => one !== undefined)];
}

/** The version that an Auto Scaling group launches: an older one is asked for, undefined where it is gone. */
async function versionOf(
  aws: Aws,
  { LaunchTemplateId, LaunchTemplateName, Version = '$Default' }: LaunchTemplateSpecification,
  current: readonly Template[],
): Promise<Template | undefined> {
  const own = current.filter(({ id, name }) => id === LaunchTemplateId || name === LaunchTemplateName);
  const [first] = own;
  if (first === undefined) return undefined;
  if (Version === '$Latest') return own.find(({ isLatest }) => isLatest);
  if (Version === '$Default') return own.find(({ isDefault }) => isDefault);
  const known = own.find(({ version }) => version === Version);
  if (known !== undefined) return known;
  const asked = new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: first.id, Versions: [Version] });
  const { LaunchTemplateVersions } = await aws(EC2Client).send(asked);
  const [older] = carried('DescribeLaunchTemplateVersions', 'launchTemplateVersionSet', LaunchTemplateVersions);
  return older && templateOf(older);
}

/** True where instances of the Auto Scaling group come to be in the VPC; one that names no subnet launches into the default VPC, which this may be. */
async function launchesInto(
  { VPCZoneIdentifier = '' }: AutoScalingGroup,
  inVpc: () => Promise<ReadonlySet<string>>,
): Promise<boolean> {
  const subnets = VPCZoneIdentifier.split(',').filter(Boolean);
  if (subnets.length === 0) return true;
  const own = await inVpc();
  return subnets.some((id) => own.has(id.trim()));
}

async function subnetsOf(aws: Aws, { vpcId }: Group): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const asked = { Filters: [{ Name: 'vpc-id', Values: [vpcId ?? ''] }] };
  for await (const page of paginateDescribeSubnets({ client: aws(EC2Client) }, asked))
    for (const { SubnetId } of carried('DescribeSubnets', 'subnetSet', page.Subnets)) found.add(SubnetId ?? '');
  return found;
}

async function functions(aws: Aws, { id }: Group): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const page of paginateListFunctions({ client: aws(LambdaClient) }, {}))
    for (const { FunctionName, VpcConfig } of carried('ListFunctions', 'Functions', page.Functions))
      if (VpcConfig?.SecurityGroupIds?.includes(id)) found.push(`Lambda function ${FunctionName}`);
  return found;
}

const memoized = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
};
