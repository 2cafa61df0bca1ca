import {
  AutoScalingClient,
  type AutoScalingGroup,
  DescribeAutoScalingGroupsCommand,
  paginateDescribeAutoScalingGroups,
} from '@aws-sdk/client-auto-scaling';
import { carried, sole } from '../../aws/answer.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { pagesOf } from '../../aws/pages.ts';
import { serviceOfTags } from '../../aws/service-managed.ts';
import { tagsByKey } from '../../aws/tags.ts';
import { strings } from '../../event.ts';
import {
  type Aws,
  type ConfigName,
  call,
  defineResource,
  onEverything,
  partitionOf,
  type ResourceRef,
} from '../../resource.ts';
import autoscaling from './service.ts';

const describeGroups = onEverything('autoscaling:DescribeAutoScalingGroups');

async function describeGroup(aws: Aws, { resourceId }: ResourceRef): Promise<AutoScalingGroup> {
  const asked = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [resourceId] });
  const answer = await aws(AutoScalingClient).send(asked);
  return sole('Auto Scaling', answer.AutoScalingGroups, 'AutoScalingGroupName', resourceId);
}

const groupOf = (group: AutoScalingGroup) => ({
  /** Set while it is being deleted. */
  status: group.Status ?? null,
  availabilityZones: carried('DescribeAutoScalingGroups', 'AvailabilityZones', group.AvailabilityZones).toSorted(),
  vpcZoneIdentifier: group.VPCZoneIdentifier || null,
  placementGroup: group.PlacementGroup || null,
  isBehindLoadBalancer: [group.LoadBalancerNames, group.TargetGroupARNs, group.TrafficSources].some(
    (names) => names !== undefined && names.length > 0,
  ),
});

/** The subnets of the VPC that the group launches into. */
async function readSubnets(aws: Aws, ref: ResourceRef) {
  const { VPCZoneIdentifier = '' } = await describeGroup(aws, ref);
  const [first] = VPCZoneIdentifier.split(',');
  if (!first) return [];
  // Loaded here, since few events get as far as this question.
  const { subnetsBeside } = await import('../../aws/ec2/vpc-subnets.ts');
  return subnetsBeside(aws, first);
}

async function readOwnership(aws: Aws, ref: ResourceRef) {
  const { Tags = [] } = await describeGroup(aws, ref);
  const tags = tagsByKey(Tags);
  return { tags, service: serviceOfTags(tags) };
}

/** AWS Config says the ARN, `…:autoScalingGroup:UUID:autoScalingGroupName/web`. */
const identify = async (_aws: Aws, { resourceId, resourceName }: ConfigName): Promise<string | null> =>
  resourceName ?? /:autoScalingGroupName\/(.+)$/.exec(resourceId)?.[1] ?? null;

const configIdOf = async (aws: Aws, ref: ResourceRef): Promise<string> =>
  carried('DescribeAutoScalingGroups', 'AutoScalingGroupARN', (await describeGroup(aws, ref)).AutoScalingGroupARN);

/** An Auto Scaling group by its name: the zones and subnets that it launches into. */
export const autoScalingGroup = defineResource({
  service: autoscaling,
  type: 'AWS::AutoScaling::AutoScalingGroup',
  triggers: [
    call('autoscaling.amazonaws.com', ['CreateAutoScalingGroup', 'UpdateAutoScalingGroup', 'DeleteAutoScalingGroup'], {
      ids: ({ request }) => strings(request, 'autoScalingGroupName'),
      facets: ['group'],
    }),
    call('autoscaling.amazonaws.com', ['CreateOrUpdateTags', 'DeleteTags'], {
      ids: ({ request }) => strings(request, 'tags.resourceId'),
      facets: ['group'],
    }),
  ],
  gone: [],
  facets: {
    group: { grants: describeGroups, read: async (aws, ref) => groupOf(await describeGroup(aws, ref)) },
    subnets: { grants: { ...describeGroups, ...onEverything('ec2:DescribeSubnets') }, read: readSubnets },
  },
  grants: describeGroups,
  volatile: ['status'],
  ownership: { grants: describeGroups, read: readOwnership },
  arn: ({ resourceId, region, accountId }) =>
    `arn:${partitionOf(region)}:autoscaling:${region}:${accountId}:autoScalingGroup:*:autoScalingGroupName/${resourceId}`,
  consoleUrl: ({ resourceId, region }) =>
    consoleUrl(region, `ec2/home#AutoScalingGroupDetails:id=${encodeURIComponent(resourceId)}`),
  list: (aws, _account, from) =>
    pagesOf(
      paginateDescribeAutoScalingGroups({ client: aws(AutoScalingClient), startingToken: from }, { MaxRecords: 100 }),
      ({ NextToken }) => NextToken,
      ({ AutoScalingGroups }) =>
        carried('DescribeAutoScalingGroups', 'AutoScalingGroups', AutoScalingGroups).flatMap((group) =>
          group.AutoScalingGroupName === undefined
            ? []
            : [{ resourceId: group.AutoScalingGroupName, facets: { group: groupOf(group) } }],
        ),
    ),
  identify,
  configIdOf,
});
