import {
  type Cluster,
  DescribeClustersCommand,
  DescribeLoggingStatusCommand,
  paginateDescribeClusterParameters,
  paginateDescribeClusters,
  RedshiftClient,
} from '@aws-sdk/client-redshift';
import { carried, sole } from '../../aws/answer.ts';
import { parseArn } from '../../aws/arn.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { pagesOf } from '../../aws/pages.ts';
import { serviceOfTags } from '../../aws/service-managed.ts';
import { tagsByKey } from '../../aws/tags.ts';
import { type CallRecord, strings } from '../../event.ts';
import {
  type Aws,
  call,
  defineResource,
  onEverything,
  onResources,
  partitionOf,
  type ResourceRef,
} from '../../resource.ts';
import redshift from './service.ts';

const describeClusters = onEverything('redshift:DescribeClusters');
const USER_ACTIVITY = 'enable_user_activity_logging';

async function describeCluster(aws: Aws, { resourceId: ClusterIdentifier }: ResourceRef): Promise<Cluster> {
  const { Clusters } = await aws(RedshiftClient).send(new DescribeClustersCommand({ ClusterIdentifier }));
  return sole('Redshift', Clusters, 'ClusterIdentifier', ClusterIdentifier);
}

const accessOf = ({ ClusterStatus, PubliclyAccessible }: Cluster) => ({
  ClusterStatus: ClusterStatus ?? null,
  PubliclyAccessible: PubliclyAccessible ?? false,
});

/** Whether a cluster writes audit logs, and where. What it last delivered, which changes with every file, is left out. */
async function readLogging(aws: Aws, ref: ResourceRef) {
  const asked = new DescribeLoggingStatusCommand({ ClusterIdentifier: ref.resourceId });
  const [{ ClusterStatus }, status] = await Promise.all([describeCluster(aws, ref), aws(RedshiftClient).send(asked)]);
  return {
    ClusterStatus: ClusterStatus ?? null,
    LoggingEnabled: carried('DescribeLoggingStatus', 'LoggingEnabled', status.LoggingEnabled),
    BucketName: status.BucketName || null,
    S3KeyPrefix: status.S3KeyPrefix || null,
    LogDestinationType: status.LogDestinationType ?? null,
    LogExports: status.LogExports ?? [],
  };
}

/** Whether the parameter groups of a cluster let it log what its users run. */
async function readUserActivity(aws: Aws, ref: ResourceRef) {
  const { ClusterParameterGroups = [] } = await describeCluster(aws, ref);
  const values: string[] = [];
  for (const { ParameterGroupName } of ClusterParameterGroups) {
    const pages = paginateDescribeClusterParameters({ client: aws(RedshiftClient) }, { ParameterGroupName });
    for await (const page of pages)
      for (const { ParameterName, ParameterValue = '' } of carried(
        'DescribeClusterParameters',
        'Parameters',
        page.Parameters,
      ))
        if (ParameterName === USER_ACTIVITY) values.push(ParameterValue);
  }
  const groups = ClusterParameterGroups.map(({ ParameterGroupName = '' }) => ParameterGroupName);
  return { groups, isLogged: values.some((value) => value.toLowerCase() === 'true') };
}

/** What the answer calls the cluster, else what the request does; one that is being renamed is looked at under both names. */
const ids = ({ request, response }: CallRecord): readonly string[] => {
  const named = [strings(response, 'clusterIdentifier'), strings(request, 'clusterIdentifier')].find(
    (names) => names.length > 0,
  );
  const all = [...(named ?? []), ...strings(request, 'newClusterIdentifier')];
  return [...new Set(all.map((name) => name.toLowerCase()))];
};

/** Redshift tags snapshots and more by the same calls. */
const tagged = ({ request }: CallRecord): readonly string[] =>
  strings(request, 'resourceName').flatMap((arn) => /^cluster:(.+)$/.exec(parseArn(arn)?.resource ?? '')?.[1] ?? []);

/** The clusters with the parameter group that a call names. */
async function findWithGroup(aws: Aws, { request }: CallRecord): Promise<readonly string[]> {
  const groups = strings(request, 'parameterGroupName');
  const found: string[] = [];
  for await (const page of paginateDescribeClusters({ client: aws(RedshiftClient) }, {}))
    for (const { ClusterIdentifier, ClusterParameterGroups = [] } of carried(
      'DescribeClusters',
      'Clusters',
      page.Clusters,
    ))
      if (
        ClusterIdentifier &&
        ClusterParameterGroups.some(({ ParameterGroupName = '' }) => groups.includes(ParameterGroupName))
      )
        found.push(ClusterIdentifier);
  return found;
}

const EVERY_FACET = ['access', 'logging', 'userActivity'] as const;

/** A Redshift cluster by its identifier: whether it is public, and what it logs. */
export const redshiftCluster = defineResource({
  service: redshift,
  type: 'AWS::Redshift::Cluster',
  triggers: [
    call(
      'redshift.amazonaws.com',
      ['CreateCluster', 'ModifyCluster', 'RestoreFromClusterSnapshot', 'ResumeCluster', 'DeleteCluster'],
      { ids, facets: EVERY_FACET },
    ),
    call('redshift.amazonaws.com', ['EnableLogging', 'DisableLogging'], { ids, facets: ['logging'] }),
    call('redshift.amazonaws.com', ['ModifyClusterParameterGroup', 'ResetClusterParameterGroup'], {
      find: findWithGroup,
      grants: describeClusters,
      facets: ['userActivity'],
    }),
    call('redshift.amazonaws.com', ['CreateTags', 'DeleteTags'], {
      ids: tagged,
      find: async () => [],
      facets: EVERY_FACET,
    }),
  ],
  gone: ['ClusterNotFoundFault', 'ClusterNotFound'],
  facets: {
    access: { grants: describeClusters, read: async (aws, ref) => accessOf(await describeCluster(aws, ref)) },
    logging: {
      grants: {
        ...describeClusters,
        ...onResources(
          'arn:${AWS::Partition}:redshift:*:${AWS::AccountId}:cluster:*',
          'redshift:DescribeLoggingStatus',
        ),
      },
      read: readLogging,
    },
    userActivity: {
      grants: {
        ...describeClusters,
        ...onResources(
          'arn:${AWS::Partition}:redshift:*:${AWS::AccountId}:parametergroup:*',
          'redshift:DescribeClusterParameters',
        ),
      },
      read: readUserActivity,
    },
  },
  grants: describeClusters,
  volatile: ['ClusterStatus'],
  ownership: {
    grants: describeClusters,
    async read(aws, ref) {
      const tags = tagsByKey((await describeCluster(aws, ref)).Tags ?? []);
      return { tags, service: serviceOfTags(tags) };
    },
  },
  arn: ({ resourceId, region, accountId }) =>
    `arn:${partitionOf(region)}:redshift:${region}:${accountId}:cluster:${resourceId}`,
  consoleUrl: ({ resourceId, region }) => consoleUrl(region, `redshiftv2/home#cluster-details?cluster=${resourceId}`),
  list: (aws, _account, from) =>
    pagesOf(
      paginateDescribeClusters({ client: aws(RedshiftClient), startingToken: from }, { MaxRecords: 100 }),
      ({ Marker }) => Marker,
      ({ Clusters }) =>
        carried('DescribeClusters', 'Clusters', Clusters).flatMap((found) =>
          found.ClusterIdentifier === undefined
            ? []
            : [{ resourceId: found.ClusterIdentifier, facets: { access: accessOf(found) } }],
        ),
    ),
});
